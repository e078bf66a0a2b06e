"""Rows that say what is to be done in the background; a task is only the knock on their door."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from crm.teams.db import TeamOwned

LONGEST_ERROR = 500
LONGEST_DELAY = dt.timedelta(minutes=5)


class Leased(TeamOwned):
    """A row that one worker at a time works on, under a lease that it renews while it does.

    A worker may be killed at any instruction: the lease then runs out, the reaper knocks again, and
    whoever comes goes on where the row says. Only `crm.jobs.operations` writes these columns.
    """

    #: The statuses in which there is something to do.
    TO_DO: ClassVar[frozenset[str]] = frozenset()
    #: The status of a row that was tried too often without getting on.
    GIVEN_UP: ClassVar[str] = "failed"
    MOST_ATTEMPTS: ClassVar[int] = 10

    status = models.CharField(max_length=20, editable=False)
    #: How often it was taken since it last got on.
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    not_before = models.DateTimeField(null=True, blank=True, editable=False)
    lease = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    knocked_at = models.DateTimeField(default=timezone.now, editable=False)
    last_error = models.CharField(max_length=LONGEST_ERROR, blank=True, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def due(cls, now: dt.datetime) -> Q:
        """Return the condition of a row to take: there is work, its time has come, nobody at it."""
        return (
            Q(status__in=cls.TO_DO)
            & (Q(not_before=None) | Q(not_before__lte=now))
            & (Q(leased_until=None) | Q(leased_until__lte=now))
        )

    @classmethod
    def overlooked(cls, now: dt.datetime, patience: dt.timedelta) -> Q:
        """Return the condition of a row that is due while no knock is on its way.

        One is where nobody knocked since it became due; a knock that nobody answered for `patience`
        is taken for lost.
        """
        return cls.due(now) & (
            Q(knocked_at__lt=F("not_before"))
            | Q(knocked_at__lt=F("leased_until"))
            | Q(knocked_at__lt=now - patience)
        )

    def delay(self) -> dt.timedelta:
        """Return how long to wait after this failed attempt: longer each time."""
        return min(dt.timedelta(seconds=2.0 ** min(self.attempts, 20)), LONGEST_DELAY)
