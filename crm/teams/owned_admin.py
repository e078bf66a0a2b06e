"""The admin of rows that belong to teams: which team stands in every list and beside every name."""

import uuid
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from crm.teams.models import Membership, Team
from crm.web.admin import Admin, Suggest, SuggestFilter

TEAM = "team"


class InTeamSuggestFilter(SuggestFilter):
    """A filter by a row of a team; where the list is of one team, by that team's rows only."""

    narrowed_by = (TEAM,)


class TeamOwnedAdmin(Admin):
    """Rows of teams: lists say and filter by the team, suggestions stay within one."""

    list_filter: ClassVar[tuple[Any, ...]] = ((TEAM, SuggestFilter),)
    list_select_related: ClassVar[tuple[str, ...]] = (TEAM,)
    #: The order of one team's rows: the columns that follow the team in an index of the table. By
    #: the primary key alone, a small team would be looked for among the rows of all the others.
    team_ordering: ClassVar[tuple[str, ...]] = ("-id",)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the order that an index has, for one team and for all of them."""
        return self.team_ordering if TEAM in request.GET else self.ordering

    def narrow_suggestions(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep to the team that the asking field is of, where it is of one."""
        if TEAM not in request.GET:
            return queryset.select_related(TEAM)
        team_id = as_uuid(request.GET[TEAM])
        return queryset.filter(team=team_id) if team_id else queryset.none()

    def suggestion_label(self, request: HttpRequest, row: Any) -> str:
        """Return the row's name, with its team's where rows of all teams are suggested."""
        return str(row) if TEAM in request.GET else f"{row} ({row.team})"

    @admin.display(description="created", ordering="id")
    def created(self, row: Any) -> Any:
        """Return when the row was made; ids rise with time, so lists sort by them."""
        return row.created_at


def team_field(site: admin.AdminSite, **kwargs: Any) -> forms.ModelChoiceField[Team]:
    """Return a form field for a team that is found by typing."""
    widget = Suggest(Membership._meta.get_field(TEAM), site)
    return forms.ModelChoiceField(Team.objects.all(), widget=widget, **kwargs)


def as_uuid(text: str) -> uuid.UUID | None:
    """Return the id that `text` spells, or None."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
