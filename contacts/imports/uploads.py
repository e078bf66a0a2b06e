"""Taking a file in: reading it through once, so that what is kept can be read to its end."""

import dataclasses
import itertools
from collections.abc import Mapping
from typing import Any

from django.core.files import File

from contacts.imports.before import Before
from contacts.imports.mapping import Column, guess_columns, is_known, remembering
from contacts.imports.mapping.fields import Target, own_names
from contacts.imports.models import Import
from contacts.imports.operations import create_import, recall
from contacts.imports.options import Options, Taken
from contacts.imports.reading import Layout, Unreadable, find_layout, read_table
from contacts.imports.reading.rows import MOST_ROWS
from crm.history.recording import Author
from crm.teams.models import Team

MOST_BYTES = 100 * 2**20
SAMPLED = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """What a file holds: its layout, header, how many rows, and the first values of each column."""

    layout: Layout
    headers: list[str]
    rows: int
    blank: int
    samples: list[list[str]]


def look_through(file: File[bytes], said: Mapping[str, Any] | None = None) -> Found:
    """Read the whole file; raises Unreadable. `said` is what somebody knows better."""
    layout = find_layout(file, is_known, said)  # type: ignore[arg-type]
    headers, rows = read_table(file, layout)  # type: ignore[arg-type]
    first: list[list[str]] = []
    number = blank = 0
    for row in rows:
        if row.is_blank:
            blank += 1
            continue
        number = row.number
        if number > MOST_ROWS:
            raise Unreadable(f"The file has more than {MOST_ROWS:,} rows. Split it into several.")
        if number <= SAMPLED:
            first.append(row.cells)
    if not number:
        raise Unreadable("The file has a header, but no rows below it.")
    samples = [
        [row[place] if place < len(row) else "" for row in first] for place in range(len(headers))
    ]
    return Found(layout, headers, number, blank, samples)


def guess(
    team: Team,
    found: Found,
    options: Options,
    targets: Mapping[str, Target],
    before: Before | None = None,
) -> list[Column]:
    """Return what each column is taken for: as the team did before, else as it looks."""
    columns = guess_columns(
        found.headers,
        found.samples,
        more_names=own_names(targets),
        splits_names=options.split_names,
    )
    if before:
        return before.apply(columns, targets)
    known = recall(team.pk, found.headers)
    allowed = {key: field for key, field in known.items() if not field or field in targets}
    return remembering.apply(columns, allowed)


def keep(team: Team, file: File[bytes], found: Found, taken: Taken, *, by: Author) -> Import:
    """Keep the file as an import that nothing is done with yet."""
    rows = (found.rows + found.blank, found.blank)
    return create_import(team, file, by=by, layout=found.layout, rows=rows, taken=taken)


def as_json(column: Column) -> dict[str, Any]:
    """Return the column as it is kept, and as the API says it."""
    return {
        "column": column.number,
        "header": column.header,
        "field": column.field,
        "confidence": column.confidence,
        "new": column.new,
    }


def first_values(run: Import) -> list[list[str]]:
    """Return the first values of each column of a file that is kept."""
    width = len(run.mapping)
    values: list[list[str]] = [[] for _ in range(width)]
    with run.open() as file:
        rows = read_table(file, run.get_layout())[1]
        for row in itertools.islice((row for row in rows if not row.is_blank), SAMPLED):
            for place, cell in enumerate(row.cells[:width]):
                values[place].append(cell)
    return values
