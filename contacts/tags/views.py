"""The pages of a team's tags: the list, one tag, merging it, deleting it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from contacts.models import Tag
from contacts.tags.forms import MergeForm, TagForm
from contacts.tags.operations import delete_tag, merge_tags
from crm.history.recording import Author
from crm.teams.access import Right, TeamMixin


class TagsPage(TeamMixin, View):
    """What every page of tags shares."""

    needs = Right.WRITE

    @property
    def by(self) -> Author:
        """Who changes something here."""
        return Author.person(self.request.user)

    def get_tag(self) -> Tag:
        """Return the team's tag with its `contacts_count`; raises Http404 where there is none."""
        tag = get_object_or_404(self.team.tags.with_counts(), pk=self.kwargs["pk"])
        tag.team = self.team
        return tag

    def show(self, template: str, **context: Any) -> HttpResponse:
        """Render one of the pages."""
        return render(self.request, f"contacts/tags/{template}.html", context)

    def to_list(self, done: str) -> HttpResponse:
        """Say what was done, and lead to the list."""
        messages.success(self.request, done)
        return redirect("tags:list", self.team.slug)

    def refuse(self, error: ValidationError) -> HttpResponse:
        """Say why nothing was changed, and lead to the list."""
        messages.error(self.request, " ".join(error.messages))
        return redirect("tags:list", self.team.slug)


class TagList(TagsPage):
    """The tags and how many contacts have each."""

    needs = Right.READ
    http_method_names = ["get"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show them."""
        return self.show("list", tags=list(self.team.tags.with_counts()))


class TagCreate(TagsPage):
    """Adds a tag."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the empty form."""
        return self.show("form", form=TagForm(instance=Tag(team=self.team)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Add the tag."""
        form = TagForm(request.POST, instance=Tag(team=self.team))
        if not form.save(self.by):
            return self.show("form", form=form)
        return self.to_list(f"{form.instance.name} was added.")


class TagEdit(TagsPage):
    """Renames and colours a tag; to one whose new name is taken, it offers to merge the two."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the tag."""
        tag = self.get_tag()
        return self.show("form", tag=tag, form=TagForm(instance=tag))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Write what was typed."""
        form = TagForm(request.POST, instance=self.get_tag())
        if not form.save(self.by):
            return self.show("form", tag=self.get_tag(), form=form, rival=form.get_rival())
        return self.to_list(f"{form.instance.name} was saved.")


class TagMerge(TagsPage):
    """Asks which tag takes this one's place, and merges; the address may name it (`into`)."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Say what will happen."""
        tag = self.get_tag()
        form = MergeForm(initial={"into": request.GET.get("into")}, tag=tag)
        return self.show("merge", tag=tag, form=form)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Merge them."""
        tag = self.get_tag()
        form = MergeForm(request.POST, tag=tag)
        if not form.is_valid():
            return self.show("merge", tag=tag, form=form)
        into = form.cleaned_data["into"]
        try:
            merge_tags([tag], into, by=self.by)
        except ValidationError as error:
            return self.refuse(error)
        return self.to_list(f"{tag.name} was merged into {into.name}.")


class TagDelete(TagsPage):
    """Asks, naming the tag, and deletes it; its contacts stay."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Say what will be deleted."""
        return self.show("delete", tag=self.get_tag())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Delete it."""
        tag = self.get_tag()
        try:
            delete_tag(tag, by=self.by)
        except ValidationError as error:
            return self.refuse(error)
        return self.to_list(f"{tag.name} was deleted.")
