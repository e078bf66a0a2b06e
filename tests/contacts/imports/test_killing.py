"""A worker that is killed at any moment, and what is there at the end all the same."""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contacts.imports.models import Import, Status
from contacts.imports.operations import NotNow, start_running
from crm.history.models import Change
from crm.jobs import reaper
from crm.teams.models import Team
from tests.counts import counts
from tests.factories import ImportFactory, TeamFactory
from tests.processes import Workers

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = counts(500, 10_000)
KILLS = counts(3, 50)
PATIENCE = 120


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


def outcome(run: Import) -> tuple[Any, ...]:
    """What the import has left, but for ids and times."""
    columns = ("first_name", "last_name", "email", "phone", "company__name", "version")
    team: Team = run.team
    rows = run.rows.order_by("number").values_list("number", "outcome", "details")
    return (
        [getattr(run, name) for name in ("created", "updated", "skipped", "rejected", "done")],
        list(rows),
        sorted(team.contacts.values_list(*columns)),
        sorted(team.contacts.values_list("email", "tag_links__tag__name")),
        sorted(team.companies.values_list("name", "version")),
        Change.objects.filter(team=team, record_type__in=("contact", "company")).count(),
    )


def start(team: Team) -> Import:
    run = ImportFactory.create(team=team, text=people(), on_duplicate="update")
    start_running(run, from_=(Status.MAPPING,))
    return run


def finish(run: Import) -> Import:
    deadline = time.monotonic() + PATIENCE
    while run.status == Status.RUNNING:
        assert time.monotonic() < deadline, run.last_error
        time.sleep(0.1)
        run.refresh_from_db()
    return run


def test_killed_and_doubled_workers_leave_what_an_undisturbed_one_does(workers: Workers) -> None:
    chance = random.Random(os.environ.get("CALLBOOK_HYPOTHESIS_SEED", "1"))  # noqa: S311
    undisturbed = start(TeamFactory.create())
    workers.start()
    expected = outcome(finish(undisturbed))
    workers.kill()
    assert undisturbed.status == Status.FINISHED, undisturbed.last_error
    assert expected[0][0] > 0
    assert sum(expected[0][:4]) == ROWS
    run = start(TeamFactory.create())
    for _ in range(KILLS):
        # Two of them, a knock too many, and somebody who submits it once more.
        workers.start()
        workers.start()
        reaper.knock(run)
        with pytest.raises(NotNow):
            start_running(Import.objects.get(pk=run.pk), from_=(Status.MAPPING, Status.REVIEWING))
        time.sleep(chance.uniform(0.8, 2.5))
        workers.kill()
    workers.start()
    run = finish(run)
    assert run.status == Status.FINISHED, run.last_error
    assert outcome(run) == expected
