"""How long the sound of calls is kept: so many days, where a team says so."""

import datetime as dt

import structlog
from django.utils import timezone

from calls.models import Recording
from calls.operations import delete_recording
from crm.history.models import Origin
from crm.history.recording import Author
from crm.records.writing import StaleRecord
from crm.teams.models import Team

log = structlog.get_logger("callbook.worker")

BY = Author(Origin.RETENTION)
#: So many at once; the next round does the rest.
MOST = 2000


def purge_expired() -> None:
    """Delete the recordings that their teams keep no longer, each by itself."""
    for team in Team.objects.filter(recording_days__isnull=False):
        if purged := sum(_purge(recording, team) for recording in find_expired(team)):
            log.info("recordings deleted", team=team.slug, recordings=purged)


def find_expired(team: Team) -> list[Recording]:
    """Return recordings of calls that were longer ago than the team keeps them, oldest first."""
    assert team.recording_days is not None
    since = timezone.now() - dt.timedelta(days=team.recording_days)
    old = Recording.objects.filter(
        team=team, deleted_at=None, call__started_or_created_at__lt=since
    )
    return list(old.select_related("call").order_by("call__started_or_created_at")[:MOST])


def _purge(recording: Recording, team: Team) -> bool:
    recording.call.team = team
    try:
        delete_recording(
            recording.call, f"Recordings are kept for {team.recording_days_text}.", by=BY
        )
    except StaleRecord:
        # Somebody writes the call at this moment: the next round finds it.
        return False
    return True
