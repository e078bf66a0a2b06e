"""Taking, keeping and giving back the lease of a row: each one conditional UPDATE."""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.conf import settings
from django.utils import timezone

from crm.jobs.models import LONGEST_ERROR, Leased

log = structlog.get_logger("callbook.worker")


class LeaseLost(Exception):
    """Somebody else has the row now, or there is nothing left to do: stop, and write nothing."""


def lease_length() -> dt.timedelta:
    """Return how long a worker has a row without a sign of life."""
    return dt.timedelta(seconds=settings.LEASE_SECONDS)


@contextmanager
def leased[Row: Leased](
    model: type[Row], team_id: uuid.UUID | str, pk: uuid.UUID | str
) -> Iterator[Row | None]:
    """Take the row for the time of the block; None where it is not to be had.

    What fails is put off, and raised again; a lease lost meanwhile ends the block in peace.
    """
    row = claim(model, team_id, pk)
    if row is None:
        yield None
        return
    try:
        yield row
    except LeaseLost:
        log.info("lease lost", row=model._meta.label_lower, id=str(row.pk))
    except Exception as error:
        put_off(row, error)
        raise
    else:
        if row.lease:
            release(row)


def claim[Row: Leased](
    model: type[Row], team_id: uuid.UUID | str, pk: uuid.UUID | str
) -> Row | None:
    """Take the row and return it, or None: nothing to do, too early, or somebody is at it.

    One that was taken too often without getting on is given up.
    """
    now = timezone.now()
    lease = uuid.uuid4()
    rows = model._base_manager.filter(team=team_id, pk=pk)
    row = rows.filter(model.due(now)).first()
    if row is None:
        return None
    taken = rows.filter(model.due(now), attempts=row.attempts).update(
        lease=lease, leased_until=now + lease_length(), attempts=row.attempts + 1
    )
    if not taken:
        return None
    row = rows.get()
    if row.attempts > model.MOST_ATTEMPTS:
        release(row, status=model.GIVEN_UP)
        log.error("given up", row=model._meta.label_lower, id=str(row.pk))
        return None
    return row


def renew(row: Leased, **values: Any) -> None:
    """Keep the row for another lease, and write how far one has come.

    In the transaction that writes the work itself, the two are true together or not at all.
    Raises LeaseLost.
    """
    _write(row, leased_until=timezone.now() + lease_length(), attempts=0, **values)


def hold(row: Leased, **values: Any) -> None:
    """Keep the row for another lease while one step of it takes long; nothing was got on with.

    Raises LeaseLost.
    """
    _write(row, leased_until=timezone.now() + lease_length(), **values)


def release(row: Leased, **values: Any) -> None:
    """Give the row back, and write what it has become; it may be someone else's already."""
    try:
        _write(row, lease=None, leased_until=None, **values)
    except LeaseLost:
        log.info("lease lost", row=row._meta.label_lower, id=str(row.pk))


def finish(row: Leased, **values: Any) -> None:
    """Give the row back in the transaction that writes the work, and write what it has become.

    The two are true together or not at all. Raises LeaseLost.
    """
    _write(row, lease=None, leased_until=None, **values)


def put_off(row: Leased, error: Exception) -> None:
    """Give the row back after an attempt that failed, to be tried again a little later."""
    said = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    release(row, not_before=timezone.now() + row.delay(), last_error=said)


def mark_knocked(model: type[Leased], row: Leased, now: dt.datetime) -> bool:
    """Note that one knocks at the row now; False where another reaper has just done so."""
    same = model._base_manager.filter(pk=row.pk, team=row.team_id, knocked_at=row.knocked_at)
    return bool(same.update(knocked_at=now))


def _write(row: Leased, **values: Any) -> None:
    mine = type(row)._base_manager.filter(
        pk=row.pk, team=row.team_id, lease=row.lease, status__in=row.TO_DO
    )
    if row.lease is None or not mine.update(**values):
        raise LeaseLost
    for name, value in values.items():
        setattr(row, name, value)
