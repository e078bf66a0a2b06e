"""A worker that is killed at any moment, and what is there at the end all the same."""

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from contacts.imports.models import Import, Status
from contacts.imports.operations import NotNow, start_running
from crm.history.models import Change
from crm.jobs import reaper
from crm.teams.models import Team
from tests.counts import counts
from tests.engines.postgres import ThrowawayPostgres
from tests.factories import ImportFactory, TeamFactory
from tests.processes import Workers

ROWS = counts(500, 10_000)
KILLS = counts(3, 50)
RESTARTS = counts(0, 5)
PATIENCE = counts(120, 600)
#: The longest that a worker is let alone before it is killed: a chunk of rows or two.
LONGEST_PEACE = counts(0.3, 1.5)
#: So often in a row is it killed before it has got on; soon after, the import would be given up.
MOST_IN_A_ROW = 6


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    settings.LEASE_SECONDS = 1.0
    return tmp_path


def people() -> str:
    """Rows of every outcome, some of whom are there twice."""
    lines = ["First name,Last name,Company,Email,Phone,Tags"]
    for number in range(ROWS):
        name = "" if number % 17 == 0 else f"First{number}"
        email = (
            f"p{number - number % 5}@example.com" if number % 11 == 0 else f"p{number}@example.com"
        )
        phone = f"+1415{5550000 + number}"
        lines.append(f"{name},Last{number},Company {number % 40},{email},{phone},tag{number % 7}")
    return "\n".join(lines)


@pytest.fixture
def workers(media: Path) -> Iterator[Workers]:
    workers = Workers(media)
    yield workers
    workers.kill()


@pytest.fixture
def own_server(
    media: Path, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ThrowawayPostgres]:
    """A PostgreSQL that is this test's alone, with our tables, in place of all tests' database."""
    server, ours = ThrowawayPostgres(), connections["default"]
    server.start()
    monkeypatch.setenv("DATABASE_URL", server.url)
    own = ours.copy()
    own.settings_dict |= {"NAME": "postgres", "HOST": str(server.home), "USER": "postgres"}
    connections["default"] = own
    try:
        with django_db_blocker.unblock():
            call_command("migrate", verbosity=0)
            yield server
    finally:
        own.close()
        connections["default"] = ours
        server.stop()


def outcome(run: Import) -> tuple[Any, ...]:
    """What the import has left, but for ids and times."""
    columns = ("first_name", "last_name", "email", "phone", "company__name", "version")
    team: Team = run.team
    rows = run.rows.order_by("number").values_list("number", "outcome", "details")
    return (
        [getattr(run, name) for name in ("created", "updated", "skipped", "rejected", "done")],
        [(number, outcome, _without_ids(details)) for number, outcome, details in rows],
        sorted(team.contacts.values_list(*columns)),
        sorted(team.contacts.values_list("email", "tag_links__tag__name")),
        sorted(team.companies.values_list("name", "version")),
        Change.objects.filter(team=team, record_type__in=("contact", "company")).count(),
    )


def _without_ids(details: Any) -> Any:
    reason = (details or {}).get("reason") or {}
    reason.pop("contactId", None)
    return details


def start() -> Import:
    """Start an import into a team of its own."""
    run = ImportFactory.create(team=TeamFactory.create(), text=people(), on_duplicate="update")
    start_running(run, from_=(Status.MAPPING,))
    return run


def submit_again(run: Import) -> None:
    """Knock once too often, and submit the import once more: in vain."""
    reaper.knock(run)
    with pytest.raises(NotNow):
        start_running(Import.objects.get(pk=run.pk), from_=(Status.MAPPING, Status.REVIEWING))


def wait(run: Import, until: Callable[[], bool]) -> None:
    """Wait until it is so, or the import has ended."""
    deadline = time.monotonic() + PATIENCE
    while run.status == Status.RUNNING and not until():
        assert time.monotonic() < deadline, run.last_error
        time.sleep(0.02)
        run.refresh_from_db()


def is_taken(run: Import) -> Callable[[], bool]:
    """Whether another worker has the import than now."""
    before = run.lease
    return lambda: run.lease not in (None, before)


def has_got_on(run: Import) -> Callable[[], bool]:
    """Whether more rows are done than now."""
    before = run.done
    return lambda: run.done > before


def finish(run: Import) -> tuple[Any, ...]:
    """Wait for the end, and return what is there then."""
    wait(run, lambda: False)
    assert run.status == Status.FINISHED, run.last_error
    return outcome(run)


def run_undisturbed(workers: Workers) -> tuple[Any, ...]:
    """Return what an import leaves that nobody disturbs."""
    workers.start()
    expected = finish(start())
    workers.kill()
    assert expected[0][0] > 0
    assert sum(expected[0][:4]) == ROWS
    return expected


def kill_while_it_runs(run: Import, workers: Workers, chance: random.Random, most: int) -> int:
    """Kill the workers again and again while they import; return how often."""
    kills = in_a_row = 0
    while kills < most:
        # Two of them, and somebody who submits it once more.
        workers.start()
        workers.start()
        submit_again(run)
        run.refresh_from_db()
        gets_on = has_got_on(run)
        wait(run, is_taken(run) if in_a_row < MOST_IN_A_ROW else gets_on)
        time.sleep(chance.uniform(0, LONGEST_PEACE))
        workers.kill()
        run.refresh_from_db()
        if run.status != Status.RUNNING:
            break
        kills += 1
        in_a_row = 0 if gets_on() else in_a_row + 1
    return kills


def get_chance() -> random.Random:
    return random.Random(os.environ.get("CALLBOOK_HYPOTHESIS_SEED", "1"))  # noqa: S311


@pytest.mark.django_db(transaction=True)
def test_killed_and_doubled_workers_leave_what_an_undisturbed_one_does(workers: Workers) -> None:
    chance, expected, kills = get_chance(), run_undisturbed(workers), 0
    while kills < KILLS:
        run = start()
        kills += kill_while_it_runs(run, workers, chance, KILLS - kills)
        workers.start()
        assert finish(run) == expected
        workers.kill()


@pytest.mark.skipif(connection.vendor != "postgresql" or not RESTARTS, reason="PostgreSQL, in soak")
def test_a_database_that_is_restarted_leaves_what_an_undisturbed_one_does(
    own_server: ThrowawayPostgres, workers: Workers
) -> None:
    chance, expected, restarts = get_chance(), run_undisturbed(workers), 0
    workers.start()
    while restarts < RESTARTS:
        run = start()
        while restarts < RESTARTS:
            wait(run, has_got_on(run))
            time.sleep(chance.uniform(0, LONGEST_PEACE))
            run.refresh_from_db()
            if run.status != Status.RUNNING:
                break
            own_server.restart()
            connection.close()
            restarts += 1
        assert finish(run) == expected
