"""Workers that are killed at any moment while events arrive, and the calls that are there."""

import os
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calls.providers.models import EventStatus, ProviderConnection
from tests.calls.providers.kit import post, row, tell
from tests.calls.providers.scripts import SCRIPTS, Message
from tests.calls.providers.signing import SECRETS
from tests.counts import counts
from tests.factories import ConnectionFactory, TeamFactory
from tests.processes import Workers

pytestmark = pytest.mark.django_db(transaction=True)

EVENTS = counts(60, 2000)
KILLS = counts(5, 200)
PATIENCE = counts(120, 1200)
#: What a planned call is called, wherever its platform writes it.
CALL_ID = re.compile(rf"(?:{'|'.join(SCRIPTS)})-[0-9]+")


@pytest.fixture
def workers(settings: Any, tmp_path: Path) -> Iterator[Workers]:
    settings.MEDIA_ROOT = tmp_path
    settings.LEASE_SECONDS = 1.0
    workers = Workers(tmp_path)
    yield workers
    workers.kill()


def plan(chance: random.Random) -> list[tuple[str, Message]]:
    """So many events of calls on all platforms, 30 % of them twice, in any order."""
    planned: list[tuple[str, Message]] = []
    while len(planned) < EVENTS:
        provider = chance.choice(list(SCRIPTS))
        call_id = f"{provider}-{len(planned)}"
        planned += [(provider, message) for message in SCRIPTS[provider](call_id)]
    planned += chance.sample(planned, len(planned) * 3 // 10)
    return chance.sample(planned, len(planned))


def expected_rows() -> dict[str, dict[str, Any]]:
    rows = {}
    for provider, script in SCRIPTS.items():
        connection = ConnectionFactory.create(provider=provider, secret=SECRETS[provider])
        rows[provider] = row(tell(connection, *script()))
    return rows


def same_but_for_the_call(told: dict[str, Any]) -> dict[str, Any]:
    return told | {"provider_call_id": "", "source_url": bool(told["source_url"])}


def test_killed_and_doubled_workers_take_in_each_call_once_and_whole(workers: Workers) -> None:
    chance = random.Random(os.environ.get("CALLBOOK_HYPOTHESIS_SEED", "1"))  # noqa: S311
    expected = expected_rows()
    team = TeamFactory.create()
    connections = {
        provider: ConnectionFactory.create(team=team, provider=provider, secret=SECRETS[provider])
        for provider in SCRIPTS
    }
    planned = plan(chance)
    each_time = -(-len(planned) // KILLS)
    for start in range(0, len(planned), each_time):
        workers.start()
        workers.start()
        for provider, message in planned[start : start + each_time]:
            assert post(connections[provider], message).status_code == 200
        time.sleep(chance.uniform(0.8, 2.5))
        workers.kill()
    workers.start()
    wait_for(connections.values())
    told = [row(call) for call in team.calls.all()]
    assert len(told) == len({(each["provider"], each["provider_call_id"]) for each in told})
    assert len(told) == len({message_key(*each) for each in planned})
    for each in told:
        assert same_but_for_the_call(each) == same_but_for_the_call(expected[each["provider"]])


def message_key(provider: str, message: Message) -> tuple[str, str]:
    """Which call the message is of."""
    return provider, CALL_ID.search(message.body.decode())[0]


def wait_for(connections: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    for connection in connections:
        while left := unread(connection):
            assert time.monotonic() < deadline, left
            time.sleep(0.1)


def unread(connection: ProviderConnection) -> list[Any]:
    left = connection.events.exclude(status=EventStatus.PROCESSED)
    return list(left.values_list("event_type", "status", "attempts", "last_error")[:5])
