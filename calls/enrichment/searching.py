"""Which calls are to be read: completed, with a transcript, of a known contact, and no run yet.

Nobody who takes in a call needs to know of enrichment: the worker looks by itself. Mostly it looks
at what was touched lately, which an index knows; once in a while at everything.
"""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from calls.enrichment.extractors import get_extractor
from calls.enrichment.models import EnrichmentRun, RunStatus
from calls.enrichment.operations import start_runs
from calls.models import Call, CallStatus, TranscriptStatus

MOST_AT_ONCE = 100
LATELY = dt.timedelta(minutes=10)
EVERYTHING_EVERY = dt.timedelta(hours=1)


class Search:
    """Finds calls to be read; remembers when it last looked at all of them."""

    def __init__(self) -> None:
        self.looked_at_everything: dt.datetime | None = None

    def __call__(self) -> int:
        """Start runs for calls that have none; return for how many."""
        now = timezone.now()
        calls = unread_calls()
        # What waits already is done first, so that a call of just now is not the last of thousands.
        is_due = not _is_busy() and (
            self.looked_at_everything is None or now - self.looked_at_everything > EVERYTHING_EVERY
        )
        if not is_due:
            calls = calls.filter(updated_at__gte=now - LATELY)
        found = list(calls.only("id", "team_id")[:MOST_AT_ONCE])
        if is_due and len(found) < MOST_AT_ONCE:
            self.looked_at_everything = now
        return len(start_runs(found, get_extractor().version)) if found else 0


def _is_busy() -> bool:
    """Return whether enough calls wait to be read."""
    waiting = EnrichmentRun.objects.filter(status=RunStatus.WAITING).order_by()
    return waiting[:MOST_AT_ONCE].count() >= MOST_AT_ONCE


def unread_calls() -> QuerySet[Call]:
    """Return the calls of all teams that are to be read."""
    runs = EnrichmentRun.objects.filter(team=OuterRef("team"), call=OuterRef("pk"))
    talked = Call.objects.filter(
        status=CallStatus.COMPLETED,
        transcript_status=TranscriptStatus.READY,
        contact__isnull=False,
    )
    return talked.filter(~Exists(runs)).order_by("updated_at")


find_calls = Search()
