"""Deliveries that were read are not kept for ever."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from calls.providers.models import EventStatus, ProviderConnection, ProviderEvent
from calls.providers.operations import forget_events
from crm.jobs.housekeeping import tidy_up
from crm.teams.db import first_id_at
from tests.calls.providers.kit import row, tell
from tests.calls.providers.scripts import SCRIPTS
from tests.calls.providers.signing import SECRETS
from tests.factories import ConnectionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection() -> ProviderConnection:
    return ConnectionFactory.create(provider="vapi", secret=SECRETS["vapi"])


def event(connection: ProviderConnection, days: float, status: EventStatus) -> str:
    """Make an event received so many days ago, and return what it is known by."""
    received = timezone.now() - dt.timedelta(days=days)
    kept = ProviderEvent.objects.create(
        id=first_id_at(received),
        team=connection.team,
        connection=connection,
        dedupe_key=f"{days} {status}",
        event_type="status-update",
        received_at=received,
        status=status,
        body=b"{}",
    )
    return kept.dedupe_key


def test_those_that_were_read_go_after_so_many_days(
    connection: ProviderConnection, settings: Any
) -> None:
    settings.VOICE_EVENT_DAYS = 10
    # Days apart, for ids made of one millisecond would be the same.
    event(connection, 11, EventStatus.PROCESSED)
    event(connection, 12, EventStatus.IGNORED)
    kept = [
        event(connection, 9.9, EventStatus.PROCESSED),
        event(connection, 99, EventStatus.FAILED),
        event(connection, 98, EventStatus.WAITING),
    ]
    tidy_up()
    found = ProviderEvent.objects.values_list("dedupe_key", flat=True)
    assert sorted(found) == sorted(kept)


def test_what_comes_later_still_finds_its_call(connection: ProviderConnection) -> None:
    first, *rest = SCRIPTS["vapi"]("vapi-1")
    before = row(tell(connection, *rest))
    ProviderEvent.objects.update(status=EventStatus.PROCESSED)
    assert forget_events(timezone.now() + dt.timedelta(minutes=1)) == len(rest)
    # "Ringing" comes last, and again what was read long ago.
    assert row(tell(connection, first, rest[-1])) == before
    assert connection.team.calls.count() == 1
