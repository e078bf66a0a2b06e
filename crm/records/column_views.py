"""The page where a person chooses a table's columns, alone or in the panel over the table."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.generic.base import TemplateResponseMixin, View

from crm.records.catalog import active_custom_fields
from crm.records.columns import TableColumns
from crm.records.lists import CustomizedList
from crm.teams.access import TeamMixin
from crm.teams.models import Right
from crm.teams.operations import remember_columns
from crm.web import htmx, links, querystrings
from crm.web.lists import Column
from crm.web.panels import PanelMixin

FORM = "columns-form"
MOVES = {"up": -1, "down": 1}


class ColumnsView(TeamMixin, PanelMixin, TemplateResponseMixin, View):
    """GET shows the columns; POST shows, hides or moves some, and is everybody's own matter.

    The query is the table's, for the way back. With scripts every choice is sent at once, and the
    form alone comes back.
    """

    needs_to_send = Right.READ
    template_name = "records/columns.html"
    panel_template_name = "records/_columns.html"
    list_view: ClassVar[type[CustomizedList[Any]]]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show which columns there are."""
        return self.render_to_response(self._context())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the choice."""
        names = [] if "reset" in request.POST else self._sent()
        remember_columns(self.membership, self._table, names)
        if htmx.target(request) == FORM:
            return render(request, "records/_columns_form.html", self._context())
        return redirect(request.get_full_path())

    def _sent(self) -> list[str]:
        """Return the names that are checked in the order in which they were sent, one moved."""
        first, sent = self.list_view.columns[0].name, self.request.POST.getlist("show")
        chosen = [column.name for column in self.columns.choose([first, *sent])]
        for move, step in MOVES.items():
            name = self.request.POST.get(move, "")
            if name in chosen[1:]:
                place = chosen.index(name)
                chosen.insert(max(place + step, 1), chosen.pop(place))
        return chosen

    @property
    def _table(self) -> str:
        return self.list_view.model._meta.model_name or ""

    @cached_property
    def columns(self) -> TableColumns:
        """Every column there is."""
        fields = active_custom_fields(self.team.pk, self._table)
        return TableColumns(self.list_view.columns, fields)

    def _context(self) -> dict[str, Any]:
        chosen = self.membership.columns.get(self._table, ())
        first, *shown = self.columns.choose(chosen)
        list_url = links.link(f"{self.list_view.namespace}:list", self.team.slug)
        return {
            "first": first,
            "shown": shown,
            "hidden": self._hidden(shown),
            "is_chosen": bool(chosen),
            "has_fields": bool(self.columns.fields),
            "things": str(self.list_view.model._meta.verbose_name_plural),
            "list_url": list_url + querystrings.changed(self.request.GET),
            "form_url": self.request.get_full_path(),
        }

    def _hidden(self, shown: Sequence[Column]) -> list[Column]:
        names = {column.name for column in shown}
        others = list(self.columns.known.values())[1:]
        return [column for column in others if column.name not in names]
