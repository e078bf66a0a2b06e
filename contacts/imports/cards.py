"""What the pages show of an import: its counts and its rows."""

import dataclasses
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef

from contacts.imports import undoing
from contacts.imports.files import first_own_column, problems
from contacts.imports.mapping.fields import new_fields
from contacts.imports.models import Import, ImportRow, Outcome, Status, Undone
from crm.records.catalog import RecordField, custom_fields, fields_of
from crm.teams.models import Team

PAGE = 50
#: Of a long text, so many characters.
LONGEST_SHOWN = 300
WARNINGS, KEPT, PARTLY = "warnings", "kept", "partly"
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
    """Return the counts: of rows, all that are done together; of contacts, once it is undone."""
    if run.status == Status.UNDONE:
        rows = run.rows.filter(team=run.team_id, undone=Undone.PARTLY)
        partly = rows.aggregate(count=Count("contact_id", distinct=True))["count"]
        counts = [
            ("removed", "Removed", run.removed),
            ("restored", "Put back", run.restored - partly),
            *([(PARTLY, "Put back in part", partly)] if partly else []),
            (KEPT, "Kept", run.kept),
        ]
        return _spread(counts, run.removed + run.restored + run.kept)
    names = (*Outcome.choices, ("blank", "Blank"))
    return _spread([(name, label, getattr(run, name)) for name, label in names], run.total)


def _spread(counts: Sequence[tuple[str, str, int]], total: int) -> list[Tab]:
    found, start = [], 0.0
    for name, label, count in counts:
        width = _WIDTH * count / total if total else 0.0
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
UNDO_FAILED = (
    "Undoing has failed. Some of the contacts may be back already; it can be undone again."
)


def heading(run: Import) -> str:
    """Return where the import stands, in a sentence."""
    return UNDO_FAILED if run.undo_failed else HEADINGS[Status(run.status)]


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One cell that changes; the first of a row also says the row, and whose it is."""

    number: int | None
    name: str
    contact_id: uuid.UUID | None
    field: str
    old: str
    new: str
    is_last: bool


def choose_rows(run: Import, asked: str) -> tuple[str, Any]:
    """Return which rows are shown, and these rows; rejected ones first."""
    rows = run.rows.filter(team=run.team_id).order_by("number")
    if run.status == Status.UNDONE:
        # Each contact once, at the last row that touched it.
        later = rows.filter(contact_id=OuterRef("contact_id"), number__gt=OuterRef("number"))
        listed = rows.filter(~Exists(later))
        if asked == PARTLY or not run.kept:
            partly = listed.filter(undone=Undone.PARTLY)
            if partly.exists():
                return PARTLY, partly
        return KEPT, listed.filter(undone__in=undoing.KEPT)
    counts = {name: getattr(run, name) for name in Outcome.values}
    if asked == WARNINGS:
        return asked, rows.filter(has_warnings=True)
    if asked not in counts:
        order = ("rejected", "updated", "created", "skipped")
        asked = next((name for name in order if counts[name]), "created")
    return asked, rows.filter(outcome=asked)


def change_lines(run: Import, rows: Sequence[ImportRow]) -> list[Line]:
    """Return the changes of the rows, cell by cell."""
    team = run.team
    fields = {kind: fields_of(team, kind) for kind in ("contact", "company")}
    for field in new_fields(team, run.mapping):
        fields["contact"].setdefault(field.name, RecordField(field.name, field.label, custom=field))
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
            known = row.contact_id if row.contact_id in names and place == 0 else None
            is_last = place + 1 == len(changes)
            lines.append(Line(number, shown, known, label, old, new, is_last))
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
        text = str(value.get("name", ""))
    elif field is None:
        text = "" if value is None else str(value)
    else:
        text = field.show(value, team.region)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def problem_rows(run: Import, rows: Iterable[ImportRow]) -> list[dict[str, Any]]:
    """Return rows with what is wrong with them, whom that is about, and with their first cells."""
    start = first_own_column(run)
    return [
        {
            "number": row.number,
            "line": row.line,
            "name": row.detail("name") or "",
            "problem": _why(row),
            "contact_id": (row.detail("reason") or {}).get("contactId"),
            "cells": ", ".join(cell for cell in (row.detail("cells") or ())[start:] if cell)[:200],
        }
        for row in rows
    ]


def _why(row: ImportRow) -> str:
    """Return why a row was skipped, and what else is wrong with it."""
    reason = (row.detail("reason") or {}).get("detail", "")
    said = problems(row)
    return said if reason in said else f"{reason} {said}".strip()


def kept_rows(team: Team, rows: Sequence[ImportRow]) -> list[dict[str, Any]]:
    """Return the contacts that undoing has left as they were, or in part, each with why."""
    labels = {name: field.label for name, field in fields_of(team, "contact").items()}
    labels |= {field.name: field.label for field in custom_fields(team.pk, "contact")}
    names = _names(team, [row.contact_id for row in rows if row.contact_id])
    return [
        {
            "number": row.number,
            "name": names.get(row.contact_id) or "Deleted",
            "problem": _why_kept(row, labels),
            "contact_id": row.contact_id if row.contact_id in names else None,
        }
        for row in rows
    ]


def _why_kept(row: ImportRow, labels: Mapping[str, str]) -> str:
    left = ", ".join(labels.get(name, name) for name in row.detail("left") or ())
    return f"{row.get_undone_display()}: {left}" if left else row.get_undone_display()
