"""What a team has chosen before goes before what we would guess."""

import dataclasses
from collections.abc import Mapping, Sequence

from contacts.imports.mapping.guess import REMEMBERED, Column
from crm.normalize import name_key

LONGEST = 200


def header_key(header: str) -> str:
    """Return by what a column's name is known again; "" where it is not remembered."""
    key = name_key(header)
    return key if len(key) <= LONGEST else ""


def apply(columns: Sequence[Column], known: Mapping[str, str]) -> list[Column]:
    """Return the columns as the team has taken them before, no field twice."""
    chosen = {
        column.number: known[key]
        for column in columns
        if (key := header_key(column.header)) in known
    }
    taken: set[str] = set()
    for number, field in chosen.items():
        if field in taken:
            chosen[number] = ""
        taken.add(field)
    return [_as_before(column, chosen, taken) for column in columns]


def _as_before(column: Column, chosen: Mapping[int, str], taken: set[str]) -> Column:
    if column.number in chosen:
        field = chosen[column.number] or None
        return dataclasses.replace(column, field=field, confidence=REMEMBERED if field else 0.0)
    if column.field in taken:
        return dataclasses.replace(column, field=None, confidence=0.0)
    return column
