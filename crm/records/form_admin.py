"""Forms in the admin for what a team owns, written by operations.

Whose it is, is chosen before the form opens and never changes; what the form refers to is
suggested, and accepted, from that team only. What an operation refuses stands beside the field.
"""

from functools import partial
from typing import Any, ClassVar, Protocol

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode

from crm.history.recording import Author
from crm.teams.db import TeamForeignKey, does_not_exist
from crm.teams.models import Team
from crm.teams.owned_admin import TEAM, TeamOwnedAdmin, as_uuid, team_field
from crm.web.admin import Suggest


class WritingForm(Protocol):
    """A form that an operation writes; `team` is whose a new row becomes."""

    team: ClassVar[Team | None]

    def save(self, by: Author) -> bool:
        """Write what was typed; False means that it was not, and the form says why."""


class RefusedForm(Exception):
    """The operation refused what the form says; the form says why."""

    def __init__(self, form: Any) -> None:
        super().__init__(form.errors)
        self.form = form


class TeamFormAdmin(TeamOwnedAdmin):
    """Adds and edits what a team owns, by a WritingForm."""

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """Return the row as the form fills it; the operation writes it."""
        return form.instance

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write the row by its form, which knows the operation."""
        if not form.save(Author.person(request.user)):
            raise RefusedForm(form)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write nothing more: the operation wrote all of it."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show the form, or write what it says; a refused one is shown again with its errors."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except RefusedForm as refused:
            request.refused_form = refused.form  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Ask for the team first, then show the form for a row of that team."""
        if asked_team(request) is None:
            return self._choose_team(request)
        return super().add_view(request, form_url, extra_context)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> Any:
        """Lead on; whoever adds another one adds it to the same team."""
        response = super().response_add(request, obj, post_url_continue)
        if "_addanother" not in request.POST:
            return response
        return HttpResponseRedirect(f"{request.path}?{urlencode({TEAM: obj.team_id})}")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Return the form for a row of its team."""
        if refused := getattr(request, "refused_form", None):
            return lambda *args, **kwargs: refused
        team = obj.team if obj else asked_team(request)
        names = kwargs.pop("fields", None) or flatten_fieldsets(self.get_fieldsets(request, obj))
        editable = {field.name for field in self.opts.fields if field.editable}
        form: Any = super().get_form(
            request,
            obj,
            change,
            fields=[name for name in names if name in editable],
            formfield_callback=partial(self._field_in_team, request=request, team=team),
            **kwargs,
        )
        form.team = team
        return form

    def _field_in_team(
        self, db_field: Any, *, request: HttpRequest, team: Any, **kwargs: Any
    ) -> forms.Field | None:
        field: Any = self.formfield_for_dbfield(db_field, request, **kwargs)
        if not isinstance(db_field, TeamForeignKey):
            return field
        target: Any = db_field.related_model
        field.queryset = target._default_manager.filter(team=team)
        field.error_messages["invalid_choice"] = does_not_exist(target._meta.verbose_name).message
        suggest = Suggest(db_field, self.admin_site, within={TEAM: team.pk})
        suggest.choices, suggest.is_required = field.choices, field.required
        rights = {
            name: getattr(field.widget, name)
            for name in ("can_add_related", "can_change_related", "can_view_related")
        }
        field.widget = _InTeam(suggest, db_field.remote_field, self.admin_site, **rights)
        return field

    def _choose_team(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_add_permission(request):
            raise PermissionDenied
        kept = request.GET.dict()
        teams = list(Team.objects.all()[:2])
        if len(teams) == 1:
            kept[TEAM] = str(teams[0].pk)
            return HttpResponseRedirect(f"{request.path}?{urlencode(kept)}")
        form = TeamChoice(request.GET if TEAM in kept else None, site=self.admin_site)
        kept.pop(TEAM, None)
        context = self.admin_site.each_context(request) | {
            "title": f"Add {self.opts.verbose_name}",
            "opts": self.opts,
            "form": form,
            "kept": kept,
            "media": self.media + form.media,
            "is_popup": "_popup" in kept,
        }
        return render(request, "admin/choose_team.html", context)


class TeamChoice(forms.Form):
    """Asks whose a new row shall be."""

    def __init__(self, *args: Any, site: admin.AdminSite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[TEAM] = team_field(site)


class _InTeam(RelatedFieldWidgetWrapper):
    """The signs beside a field that add and open what it names; what is added is of its team."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["url_params"] += f"&{urlencode(self.widget.within)}"  # type: ignore[attr-defined]
        return context


def asked_team(request: HttpRequest) -> Team | None:
    """Return the team that the address names, if it names one."""
    team_id = as_uuid(request.GET.get(TEAM, ""))
    return Team.objects.filter(pk=team_id).first() if team_id else None
