"""Working on an import, in chunks that each leave it true: planning it, and writing it.

A chunk of rows is written with the import's progress in one transaction, under a lease. A worker
may be killed at any instruction: what is committed stays, the rest is done by whoever comes next,
and no row is lost or written twice.
"""

import dataclasses
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from companies.models import Company
from contacts.imports.dates import DateColumn, find_dates, regions_of
from contacts.imports.deciding import Batch
from contacts.imports.drafts import Recipe
from contacts.imports.fates import Fate
from contacts.imports.models import Import, Outcome, Status
from contacts.imports.noticing import notice
from contacts.imports.operations import clear_rows, discard_file, write_rows
from contacts.imports.options import Options
from contacts.imports.problems import Said
from contacts.imports.reading import Row, read_table
from contacts.imports.seen import Seen
from contacts.models import Contact
from crm.jobs.operations import release, renew
from crm.queries.statistics import analyze_grown
from crm.records.writing import StaleRecord

#: Of rows that would be created without a word, so many are kept to be shown.
SHOWN = 200
TRIES = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Pace:
    """How many rows a transaction writes, and how long the others may write after it."""

    rows: int
    pause: float


#: SQLite has one writer at a time, and people are waiting.
PACES = {"sqlite": Pace(250, 0.05)}
PACE = Pace(1000, 0.0)


def _recipe(run: Import) -> tuple[Recipe, list[DateColumn]]:
    """Return how the import's rows are understood, and how its dates are written."""
    options = Options.from_json(run.options)
    dates = find_dates(run, options)
    return Recipe(run.team, run.mapping, options, regions_of(dates)), dates


def plan(run: Import) -> None:
    """Look at every row and keep what would become of it; nothing else is written.

    Begun anew after a crash: who was seen before is known only while it runs.
    """
    clear_rows(run)
    renew(run, **_counts(Counter()), done=0)
    recipe, dates = _recipe(run)
    notices: list[Said] | None = None
    totals, shown = Counter[str](), 0
    with Seen() as seen:
        for rows in _chunks(run, PACE.rows):
            drafts = recipe.draft_all(rows)
            if notices is None:
                notices = notice(recipe, dates, drafts)
            fates = Batch(run, recipe, drafts, seen).plan(run.author)
            totals += _tally(fates)
            kept = []
            for fate in fates:
                is_plain = fate.outcome == Outcome.CREATED and not fate.draft.warnings
                if not is_plain or shown < SHOWN:
                    shown += is_plain
                    kept.append(fate.as_row(run, keeps_new_values=True))
            with transaction.atomic():
                renew(run, done=rows[-1].number, **_counts(totals))
                write_rows(kept)
    found = {"dates": regions_of(dates), "choices": recipe.used_choices()}
    release(run, status=Status.REVIEWING, notices=notices or [], found=found)


def execute(run: Import) -> None:
    """Write every row that is not written yet."""
    if run.done == 0:
        clear_rows(run)
    pace = PACES.get(connection.vendor, PACE)
    recipe, dates = _recipe(run)
    renew(run, found={**run.found, "dates": regions_of(dates)})
    for rows in _chunks(run, pace.rows):
        _write(run, recipe, rows)
        analyze_grown(Company, Contact)
        time.sleep(pace.pause)
    release(run, status=Status.FINISHED, ended_at=timezone.now())
    discard_file(run)


def _write(run: Import, recipe: Recipe, rows: Sequence[Row]) -> None:
    """Write one chunk with the progress; where somebody else writes the same, once more."""
    for attempt in range(TRIES):
        batch = Batch(run, recipe, recipe.draft_all(rows))
        try:
            with transaction.atomic():
                renew(run)
                fates = batch.write(run.author)
                write_rows([fate.as_row(run, keeps_new_values=False) for fate in fates])
                totals = Counter({name: getattr(run, name) for name in _COUNTED}) + _tally(fates)
                renew(run, done=rows[-1].number, **_counts(totals))
        except (StaleRecord, IntegrityError):
            # A failed transaction leaves the counts as they were in the database, not on `run`.
            run.refresh_from_db(fields=["done", *_COUNTED])
            if attempt + 1 == TRIES:
                raise
        else:
            return


_COUNTED = ("created", "updated", "skipped", "rejected", "warned")


def _counts(totals: Counter[str]) -> dict[str, Any]:
    return {name: totals[name] for name in _COUNTED}


def _tally(fates: Sequence[Fate]) -> Counter[str]:
    tally = Counter(str(fate.outcome) for fate in fates)
    tally["warned"] = sum(bool(fate.draft.warnings) for fate in fates)
    return tally


def _chunks(run: Import, size: int) -> Iterator[list[Row]]:
    """Yield the rows that are not done yet, `size` at a time."""
    with default_storage.open(run.file_path, "rb") as file:
        chunk: list[Row] = []
        source: Any = file
        for row in read_table(source, run.get_layout())[1]:
            if row.is_blank or row.number <= run.done:
                continue
            chunk.append(row)
            if len(chunk) == size:
                yield chunk
                chunk = []
        if chunk:
            yield chunk
