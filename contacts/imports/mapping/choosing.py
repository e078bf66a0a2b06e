"""The mapping as somebody says it, put over what was guessed."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from contacts.imports.mapping.fields import Target
from contacts.imports.mapping.guess import Column
from crm.normalize.text import quote


class NoSuchColumn(Exception):
    """The mapping names a column or a field that there is not; the text says which, to people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def choose(
    guessed: Sequence[Column], said: Mapping[str, Any], targets: Mapping[str, Target]
) -> list[Column]:
    """Return the columns with those that `said` names by header or number; raises NoSuchColumn.

    A field that is said to be one column's is no other's by a guess.
    """
    chosen: dict[int, str | None] = {}
    for name, field in said.items():
        number = _find(guessed, name)
        if field is not None and (not isinstance(field, str) or field not in targets):
            message = (
                f"There is no field {quote(str(field))}. The fields are: {', '.join(targets)}."
            )
            raise NoSuchColumn("unknown_field", message)
        if field is not None and field in chosen.values():
            raise NoSuchColumn("repeated_field", f"Two columns are said to be {field}.")
        chosen[number] = field
    taken = {field for field in chosen.values() if field}
    return [_chosen(column, chosen, taken) for column in guessed]


def _find(columns: Sequence[Column], name: str) -> int:
    for column in columns:
        if column.header == name:
            return column.number
    if name.isascii() and name.isdigit() and 0 < int(name[:9]) <= len(columns):
        return int(name[:9])
    message = f"The file has no column {quote(name)}."
    raise NoSuchColumn("unknown_column", message)


def _chosen(column: Column, chosen: Mapping[int, str | None], taken: set[str]) -> Column:
    if column.number in chosen:
        field = chosen[column.number]
        return dataclasses.replace(column, field=field, confidence=1.0 if field else 0.0)
    if column.field in taken:
        return dataclasses.replace(column, field=None, confidence=0.0)
    return column
