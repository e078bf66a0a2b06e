"""Copying a recording from its platform: the work, and why it did not succeed."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q

from calls.models import Recording
from crm.jobs.models import Leased
from crm.teams.db import TeamForeignKey, TeamReference, unique_in_team

FIRST_DELAY = dt.timedelta(seconds=10)
LONGEST_DELAY = dt.timedelta(hours=1)


class CopyStatus(models.TextChoices):
    """How far a copy has come."""

    WAITING = "waiting", "Being fetched"
    DONE = "done", "Fetched"
    FAILED = "failed", "Could not be fetched"


class RecordingCopy(Leased):
    """A recording that is fetched from its address, for some hours if need be."""

    TO_DO: ClassVar[frozenset[str]] = frozenset({CopyStatus.WAITING})
    GIVEN_UP: ClassVar[str] = CopyStatus.FAILED

    recording = TeamForeignKey(Recording, models.CASCADE, related_name="copies")
    status = models.CharField(
        max_length=20, choices=CopyStatus, default=CopyStatus.WAITING, editable=False
    )
    #: Where the file is being stored: what lies there is nobody's until the recording names it.
    path = models.CharField(max_length=300, blank=True, editable=False)
    #: Why it was given up, in words for people.
    reason = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "recording copies"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["status", "knocked_at"],
                name="recordingcopy_to_do",
                condition=Q(status="waiting"),
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_in_team("recordings_recordingcopy"),
            models.UniqueConstraint(
                fields=["team", "recording"], name="recordings_recordingcopy_once"
            ),
            TeamReference(
                field="recording", name="recordings_copy_recording_fk", on_delete="CASCADE"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recording} ({self.get_status_display()})"

    def delay(self) -> dt.timedelta:
        """Return how long to wait after this failed attempt: links die within minutes, or not."""
        return min(FIRST_DELAY * 2 ** min(self.attempts, 20), LONGEST_DELAY)
