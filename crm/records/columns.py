"""Which columns a table can have, and which of them a person has chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models.expressions import OrderBy

from crm.records.catalog import RecordField
from crm.records.custom_filters import parameter
from crm.records.custom_queries import in_order
from crm.records.models import CustomField
from crm.records.values import FieldType
from crm.web.lists import Column, Ordering

#: A cell shows so much of a long text; the panel shows all of it.
LONGEST_CELL = 200
WIDTHS = {
    FieldType.TEXT: 160,
    FieldType.NUMBER: 120,
    FieldType.DATE: 120,
    FieldType.BOOLEAN: 100,
    FieldType.SELECT: 140,
    FieldType.TEXTAREA: 220,
}
_ORDERS = {
    FieldType.NUMBER: ("lowest first", "highest first"),
    FieldType.DATE: ("earliest first", "latest first"),
    FieldType.BOOLEAN: ("no first", "yes first"),
    FieldType.SELECT: ("first option first", "last option first"),
}


@dataclass(frozen=True, slots=True)
class CustomOrdering(Ordering):
    """By a field of the team's own, then by its other fields."""

    custom: CustomField | None = None

    def expressions(self, *, descending: bool) -> list[OrderBy | str]:
        """Return what `order_by` takes."""
        assert self.custom
        head = in_order(self.custom, descending=descending)
        return [head, *self._plain(self.fields, descending=descending)]


def custom_ordering(field: CustomField) -> CustomOrdering:
    """Return the order by a team's own field, then by age."""
    up, down = _ORDERS.get(FieldType(field.field_type), ("A–Z", "Z–A"))
    return CustomOrdering(f"{field.label}, {up}", ("id",), f"{field.label}, {down}", custom=field)


def custom_column(field: CustomField) -> Column:
    """Return the column of a team's own field."""
    css_class = "is-number" if field.field_type == FieldType.NUMBER else ""
    return Column(
        field.label,
        css_class,
        sort=parameter(field),
        name=field.name,
        cell=field.name,
        cell_class=css_class,
        width=WIDTHS[FieldType(field.field_type)],
        fields=(field.name,),
    )


class TableColumns:
    """The columns of a table: those that every team has, then one for each field of the team's."""

    def __init__(self, built_in: Sequence[Column], fields: Iterable[CustomField]) -> None:
        self.built_in = built_in
        self.fields = {field.name: field for field in fields}

    @cached_property
    def known(self) -> Mapping[str, Column]:
        """Every column by its name; the first one always stands first."""
        columns = [*self.built_in, *map(custom_column, self.fields.values())]
        return {column.name: column for column in columns}

    def choose(self, names: Iterable[str]) -> list[Column]:
        """Return the columns of these names, in order; without any, those of every team.

        A name that is no column, such as an archived field's, is left out.
        """
        first, *others = self.built_in
        known = dict.fromkeys(name for name in names if name in self.known and name != first.name)
        return [first, *(self.known[name] for name in known)] if names else [first, *others]

    def custom_cells(self, columns: Iterable[Column], values: Mapping[str, Any]) -> dict[str, str]:
        """Return the cells of a record's own values under these columns."""
        shown = (self.fields[column.name] for column in columns if column.name in self.fields)
        return {field.name: show_cell(field, values.get(field.key)) for field in shown}


def show_cell(field: CustomField, value: Any) -> str:
    """Return a value as it stands in a row: on one line, and no longer than anybody could read."""
    shown = RecordField(field.name, field.label, custom=field).show(value)
    if field.field_type != FieldType.TEXTAREA:
        return shown
    line = " ".join(shown[: LONGEST_CELL + 1].split())
    return f"{line[:LONGEST_CELL]}…" if len(shown) > LONGEST_CELL else line
