"""A team's table of records: searched by hits first, read as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.views import View
from django_filters import Filter

from crm.queries.listings import Listing, list_rows, list_where
from crm.records.catalog import active_custom_fields
from crm.records.columns import TableColumns, custom_ordering
from crm.records.custom_filters import PARAMETER, CustomFilters, parameter
from crm.records.models import CUSTOM, CustomizedRecord
from crm.teams.access import TeamMixin
from crm.teams.db import TeamOwned
from crm.web import links, querystrings
from crm.web.filters import Control
from crm.web.htmx import wants_partial
from crm.web.lists import Column, ListMixin, Ordering


class RecordList[R: TeamOwned](TeamMixin, ListMixin[R], View):
    """A list page over a team's rows; `get_rows` is given rows of `value_names`.

    Building objects would cost more than the query.
    """

    model: ClassVar[type[TeamOwned]]
    value_names: ClassVar[Sequence[str]]

    def read_page(self, start: int, stop: int, most: int) -> tuple[Sequence[Any], int]:
        """Return the rows and the count, in most cases by one query."""
        listing = self.get_listing()
        is_search = self.search_param in self.asked and not self.filter_errors(self.search_param)
        found, count = (listing.search_page if is_search else listing.page)(start, stop, most)
        assert count is not None
        return found, count

    def get_listing(self) -> Listing:
        """Return the rows that pass every good filter, in the order in force."""
        names = self.get_value_names()
        if not self.asked:
            return list_where(self.model, "team", self.team.pk, self.order, names)
        has_index = self.filterset_class.has_index(self.asked, self.order)
        return list_rows(self.get_filtered(), self.order, names, is_prepared=has_index)

    def get_value_names(self) -> Sequence[str]:
        """Return what a row holds."""
        return self.value_names


@dataclass(frozen=True, slots=True)
class Tools:
    """What can be done with a table: choose its columns, export what it shows."""

    columns_url: str
    export_shown_url: str
    export_all_url: str


class CustomizedList[R: CustomizedRecord](RecordList[R]):
    """A table with columns, filters and orders for the team's own fields too.

    A person chooses among the columns, each of which has a name. `get_built_in_rows` is given rows
    of `value_names`.
    """

    #: What its addresses begin with: `contacts` for `contacts:columns`, `contacts:export`.
    namespace: ClassVar[str]

    def get_built_in_rows(self, objects: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the rows with the cells of the columns that every team has."""
        raise NotImplementedError

    def get_rows(self, objects: Sequence[Any]) -> Sequence[Any]:
        """Return the rows with the cells of all columns that are shown."""
        if not self._has_custom_columns:
            return self.get_built_in_rows(objects)
        rows = self.get_built_in_rows([values[:-1] for values in objects])
        return [
            row | self.table_columns.custom_cells(self.shown_columns, values[-1])
            for row, values in zip(rows, objects, strict=True)
        ]

    def get_value_names(self) -> Sequence[str]:
        """Return what a row holds: its own values last, where they are shown."""
        more = ("custom_fields",) if self._has_custom_columns else ()
        return (*self.value_names, *more)

    def get_context(self) -> dict[str, Any]:
        """Return where the table's columns are chosen, and where it is exported."""
        query, slug = self.request.GET, self.team.slug
        export = links.link(f"{self.namespace}:export", slug)
        return super().get_context() | {
            "tools": Tools(
                columns_url=links.link(f"{self.namespace}:columns", slug)
                + querystrings.changed(query),
                export_shown_url=export + querystrings.changed(query, fields="shown"),
                export_all_url=export + querystrings.changed(query, fields="all"),
            )
        }

    @cached_property
    def table_columns(self) -> TableColumns:
        """Every column there is: one query, and none for a fragment that shows nothing custom."""
        if wants_partial(self.request) and not self._asks_for_custom:
            return TableColumns(self.columns, ())
        return TableColumns(self.columns, active_custom_fields(self.team.pk, self._table))

    @property
    def _table(self) -> str:
        return self.model._meta.model_name or ""

    @property
    def _chosen(self) -> Sequence[str]:
        names: Sequence[str] = self.membership.columns.get(self._table, ())
        return names

    @property
    def _asks_for_custom(self) -> bool:
        query = self.request.GET
        return (
            any(name.startswith(PARAMETER) for name in query)
            or PARAMETER in query.get("sort", "")
            or any(name.startswith(CUSTOM) for name in self._chosen)
        )

    @cached_property
    def _has_custom_columns(self) -> bool:
        return any(column.name in self.table_columns.fields for column in self.shown_columns)

    @cached_property
    def shown_columns(self) -> Sequence[Column]:
        """The columns that this person has chosen, in order."""
        return self.table_columns.choose(self._chosen)

    @cached_property
    def known_orderings(self) -> Mapping[str, Ordering]:
        """The orders of every table, by each own field that is shown, and by the one asked for."""
        asked = self.request.GET.get("sort", "").removeprefix("-")
        shown = {column.name for column in self.shown_columns}
        return {**self.orderings} | {
            parameter(field): custom_ordering(field)
            for name, field in self.table_columns.fields.items()
            if name in shown or parameter(field) == asked
        }

    @cached_property
    def custom_filters(self) -> CustomFilters:
        """The filters of the team's own fields."""
        return CustomFilters(list(self.table_columns.fields.values()), self.team.region)

    @cached_property
    def more_filters(self) -> Mapping[str, Filter]:
        """Those filters by parameter."""
        return self.custom_filters.by_parameter

    def get_more_controls(self) -> Sequence[Control]:
        """Return their controls."""
        return self.custom_filters.controls(self.request.GET)
