"""A team's settings of what calls fill: fields, facts without one, merging, reading calls again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from calls.enrichment.extractors import get_extractor
from calls.enrichment.merging import merge_field, preview_merge
from calls.enrichment.models import Fill, NewFields
from calls.enrichment.operations import Choice, read_many, set_policies
from calls.enrichment.policy import Fillable, fillable_fields, new_fields
from calls.enrichment.rereading import Selection
from calls.filters import Period
from crm.history.recording import Author
from crm.records.models import CustomField, EntityType, FieldCreator
from crm.records.writing import StaleRecord
from crm.teams.access import TeamMixin
from crm.teams.models import Right
from crm.web.lists import COUNT_CAP, count_text


class SettingsPage(TeamMixin, View):
    """What every page of these settings shares."""

    needs = Right.ADMINISTER
    needs_to_send = Right.ADMINISTER

    @property
    def by(self) -> Author:
        """Who changes something here."""
        return Author.person(self.request.user)


class Policies(SettingsPage):
    """What calls may fill."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show every field, and what becomes of facts without one."""
        fields = fillable_fields(self.team)
        created = self.team.custom_fields.filter(created_by=FieldCreator.EXTRACTOR)
        context = {
            "kinds": [
                (kind.label, [_row(each) for each in fields if each.entity_type == kind])
                for kind in EntityType
            ],
            "new_fields": new_fields(self.team),
            "new_fields_choices": NewFields.choices,
            "created": list(created.order_by("-active", "label")),
            "periods": [*Period.choices, ("", "All calls")],
        }
        return render(request, "enrichment/settings.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Write what was chosen."""
        choices = [
            Choice(each.entity_type, each.field.name, request.POST[_input(each)])
            for each in fillable_fields(self.team)
            if _input(each) in request.POST
        ]
        facts = request.POST.get("new_fields", "")
        try:
            if set_policies(self.team, choices, by=self.by, facts=facts):
                messages.success(request, "Saved.")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("enrichment:settings", self.team.slug)


def _input(target: Fillable) -> str:
    return f"{target.entity_type}.{target.field.name}"


def _row(target: Fillable) -> dict[str, Any]:
    """Return a field as the page shows it."""
    labels = {choice: Fill(choice).label for choice in target.choices}
    if Fill.OVERWRITE not in labels:
        labels[Fill.EMPTY] = "Set when asked for"
    return {
        "name": _input(target),
        "label": target.field.label,
        "field": target.field.custom,
        "fill": target.fill,
        "choices": list(labels.items()),
    }


class MergeFieldForm(forms.Form):
    """The field that takes another one's place."""

    into = forms.ModelChoiceField(
        CustomField.objects.none(), label="Merge into", empty_label="Choose a field"
    )

    def __init__(self, *args: Any, field: CustomField, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = field.team.custom_fields.filter(entity_type=field.entity_type, active=True)
        into: forms.ModelChoiceField[CustomField] = self.fields["into"]  # type: ignore[assignment]
        into.queryset = others.exclude(pk=field.pk)


class FieldMerge(SettingsPage):
    """Merges a field into another: first what it would do, then it."""

    def get_field(self) -> CustomField:
        """Return the team's field; raises Http404."""
        field = get_object_or_404(self.team.custom_fields, pk=self.kwargs["pk"], active=True)
        field.team = self.team
        return field

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask for the other field, or say what would become of the values."""
        field = self.get_field()
        form = MergeFieldForm(request.GET if "into" in request.GET else None, field=field)
        context: dict[str, Any] = {"field": field, "form": form}
        if form.is_bound and form.is_valid():
            into = form.cleaned_data["into"]
            context |= {"into": into, "preview": preview_merge(field, into)}
        return render(request, "enrichment/merge.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Move the values."""
        field = self.get_field()
        form = MergeFieldForm(request.POST, field=field)
        if not form.is_valid():
            return render(request, "enrichment/merge.html", {"field": field, "form": form})
        into = form.cleaned_data["into"]
        into.team = self.team
        try:
            done = merge_field(field, into, by=self.by)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        except StaleRecord as error:
            messages.error(request, f"{error} Nothing was merged. Try again.")
        else:
            stayed = f" {done.stayed} stayed in the archived field." if done.stayed else ""
            values = "1 value was" if done.moved == 1 else f"{done.moved} values were"
            messages.success(request, f"{values} moved to {into.label}.{stayed}")
        return redirect("enrichment:settings", self.team.slug)


class ReadAgain(SettingsPage):
    """Lets the calls that a filter names be read once more: first what that would do, then it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Say how many calls of how many contacts would be read, and what the rules find there."""
        selection = Selection(self.team, request.GET)
        calls = selection.calls.order_by()
        context = {
            "chips": selection.chips,
            "is_good": selection.is_good,
            "count": count_text(calls[: COUNT_CAP + 1].count()),
            "people": calls.values("contact").distinct().count(),
            "foreseen": selection.foresee(),
        }
        return render(request, "enrichment/read_again.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Leave them to the workers."""
        selection = Selection(self.team, request.GET)
        if not selection.is_good:
            return redirect(request.get_full_path())
        count = read_many(selection.calls, self.team, get_extractor().version)
        words = "1 call is" if count == 1 else f"{count:,} calls are"
        messages.success(request, f"{words} being read again in the background.")
        return redirect("enrichment:settings", self.team.slug)
