"""Undoing an import: created contacts go, updated values come back.

Its rows are undone from the last to the first. A contact is judged once, at the last row that
touched it: where its version is not the one the import left, or somebody has called it since, it
stays as it is and is listed.
"""

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from contacts.imports.models import WRITTEN, Import, ImportRow, Outcome, Status, Undone
from contacts.imports.undoing.companies import undo_companies
from contacts.imports.undoing.contacts import undo_contacts
from crm.jobs.operations import release, renew

CHUNK = 250
KEPT = (Undone.CHANGED, Undone.CALLED, Undone.STUCK)


def undo(run: Import) -> None:
    """Take back every row that is not taken back yet."""
    while rows := _next_rows(run):
        with transaction.atomic():
            renew(run)
            undo_contacts(run, [row for row in rows if not row.undone])
            undo_companies(run, rows)
            renew(run, done=rows[-1].number - 1)
    every = run.rows.filter(team=run.team_id)
    done = every.filter(undone__in=(Undone.DONE, Undone.PARTLY))
    removed = done.filter(outcome=Outcome.CREATED).count()
    release(
        run,
        status=Status.UNDONE,
        done=0,
        removed=removed,
        restored=_count_people(done) - removed,
        kept=_count_people(every.filter(undone__in=KEPT)),
        ended_at=timezone.now(),
    )


def _count_people(rows: QuerySet[ImportRow]) -> int:
    count: int = rows.aggregate(n=Count("contact_id", distinct=True))["n"]
    return count


def _next_rows(run: Import) -> list[ImportRow]:
    rows = run.rows.filter(team=run.team_id, number__lte=run.done, outcome__in=WRITTEN)
    return list(rows.order_by("-number")[:CHUNK])
