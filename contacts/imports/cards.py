"""What the pages show of an import: its counts, its rows, and what is open."""

import dataclasses
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from contacts.imports.files import problems
from contacts.imports.models import Import, ImportRow, Outcome, Status
from crm.records.catalog import RecordField, fields_of
from crm.teams.models import Team

PAGE = 50
CHOICES_SHOWN = 30
SURE, LIKELY = 0.95, 0.8
WARNINGS = "warnings"
_WIDTH = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Tab:
    """One of the counts over the rows, and where its share of the ribbon begins and ends."""

    name: str
    label: str
    count: int
    start: float = 0.0
    width: float = 0.0


def tabs(run: Import) -> list[Tab]:
    """Return the counts; together they are all rows that are done."""
    found, start = [], 0.0
    for name, label in (*Outcome.choices, ("blank", "Blank")):
        count = getattr(run, name)
        width = _WIDTH * count / run.total if run.total else 0.0
        found.append(Tab(name, label, count, round(start, 1), round(width, 1)))
        start += width
    return found


HEADINGS = {
    Status.MAPPING: "The columns are not chosen yet.",
    Status.PLANNING: "Every row is being checked. Nothing is written yet.",
    Status.REVIEWING: "All rows are checked. Nothing is written yet.",
    Status.RUNNING: "Importing. You can leave this page.",
    Status.FINISHED: "The import is finished.",
    Status.CANCELLED: "The import was cancelled. What was written until then stays.",
    Status.FAILED: "The import has failed. What was written until then stays.",
    Status.UNDOING: "Undoing the import. You can leave this page.",
    Status.UNDONE: "The import was undone.",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One cell that changes; the first of a row also says the row."""

    number: int | None
    name: str
    field: str
    old: str
    new: str
    is_last: bool


def choose_rows(run: Import, asked: str) -> tuple[str, Any]:
    """Return which rows are shown, and these rows; rejected ones first."""
    rows = run.rows.filter(team=run.team_id).order_by("number")
    counts = {name: getattr(run, name) for name in Outcome.values}
    if asked == WARNINGS:
        return asked, rows.filter(has_warnings=True)
    if asked not in counts:
        order = ("rejected", "updated", "created", "skipped")
        asked = next((name for name in order if counts[name]), "created")
    return asked, rows.filter(outcome=asked)


def change_lines(team: Team, rows: Sequence[ImportRow]) -> list[Line]:
    """Return the changes of the rows, cell by cell."""
    fields = {kind: fields_of(team, kind) for kind in ("contact", "company")}
    names = _names(team, [row.contact_id for row in rows if row.contact_id])
    lines: list[Line] = []
    for row in rows:
        name = names.get(row.contact_id) or row.detail("name") or _name_in(row)
        changes = [
            *_changes(row.detail("fields") or {}, fields["contact"], "", team),
            *_changes(row.detail("companyFields") or {}, fields["company"], "Company ", team),
        ] or [("", "", "")]
        for place, (label, old, new) in enumerate(changes):
            number = row.number if place == 0 else None
            shown = name if place == 0 else ""
            lines.append(Line(number, shown, label, old, new, place + 1 == len(changes)))
    return lines


def _names(team: Team, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID | None, str]:
    people = team.contacts.filter(pk__in=list(ids)).values_list("pk", "first_name", "last_name")
    return {pk: f"{first} {last}" for pk, first, last in people}


def _name_in(row: ImportRow) -> str:
    fields = row.detail("fields") or {}
    parts = (fields.get(name, ["", ""])[1] for name in ("first_name", "last_name"))
    return " ".join(str(part) for part in parts if part)


def _changes(
    changed: Mapping[str, Sequence[Any]], fields: Mapping[str, RecordField], of: str, team: Team
) -> Iterator[tuple[str, str, str]]:
    # A database keeps the keys of JSON in its own order.
    order = {name: place for place, name in enumerate(fields)}
    for name in sorted(changed, key=lambda each: order.get(each, len(order))):
        old, new = changed[name]
        field = fields.get(name)
        label = field.label if field else name
        label = f"{of}{label.lower()}" if of else label
        yield label, _shown(field, old, team), _shown(field, new, team)


def _shown(field: RecordField | None, value: Any, team: Team) -> str:
    if isinstance(value, dict):
        return str(value.get("name", ""))
    if field is None:
        return "" if value is None else str(value)
    return field.show(value, team.region)


def problem_rows(rows: Iterable[ImportRow]) -> list[dict[str, Any]]:
    """Return rows with what is wrong with them, and with their first cells."""
    return [
        {
            "number": row.number,
            "line": row.line,
            "problem": problems(row) or (row.detail("reason") or {}).get("detail", ""),
            "cells": ", ".join(cell for cell in (row.detail("cells") or ()) if cell)[:200],
        }
        for row in rows
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is none of a field's, how often it stands there, and what it could be."""

    field: str
    label: str
    value: str
    count: int
    options: Sequence[tuple[str, str]]
    chosen: str


def match_words(column: Mapping[str, Any]) -> tuple[str, int]:
    """Return how sure a column's field is, in words, and how many of three bars say it."""
    confidence = column["confidence"]
    if not column["field"]:
        return "Left out", 0
    if confidence == 1.0:
        return "Your choice", 3
    if confidence >= SURE:
        return "Sure", 3
    return ("Likely", 2) if confidence >= LIKELY else ("Check this", 1)


def count_unknown(rows: Iterable[ImportRow]) -> Counter[tuple[str, str]]:
    """Return the values that are no status or option, by field, with how often they stand there."""
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for warning in row.detail("warnings") or ():
            if warning["code"] == "invalid_choice":
                found[warning["field"], " ".join(warning["value"].split())] += 1
    return found
