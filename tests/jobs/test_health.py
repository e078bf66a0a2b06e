import datetime as dt
import json
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries

from tests.jobs import tasks
from tests.processes import PRODUCTION, python

ASK = """
import django
from django.test import Client

django.setup()
answer = Client().get("/healthz")
print(answer.status_code, answer.content.decode())
"""


@pytest.mark.django_db
def test_all_is_well(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "queue": "ok",
        "waiting": 0,
        "oldest_waiting_seconds": 0,
    }
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_queue_that_nobody_works_on_is_not_well(client: Client) -> None:
    tasks.add.enqueue(1, 1)
    tasks.add.using(run_after=timezone.now() + dt.timedelta(hours=1)).enqueue(1, 1)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["waiting"]) == (200, 1)
    DBTaskResult.objects.update(enqueued_at=timezone.now() - dt.timedelta(minutes=6))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["oldest_waiting_seconds"] == pytest.approx(360, abs=5)
    assert (answer.json()["queue"], answer.json()["database"]) == ("failing", "ok")


@pytest.mark.django_db
def test_a_task_that_was_to_wait_has_waited_since_its_time(client: Client) -> None:
    now = timezone.now()
    tasks.add.using(run_after=now + dt.timedelta(hours=1)).enqueue(1, 1)
    DBTaskResult.objects.update(
        enqueued_at=now - dt.timedelta(hours=1), run_after=now - dt.timedelta(seconds=30)
    )
    assert client.get("/healthz").json()["oldest_waiting_seconds"] == pytest.approx(30, abs=5)


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["10.0.0.7", "10.0.0.7:8000", "not a host"])
def test_a_probe_may_ask_by_any_name(client: Client, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.django_db
def test_it_only_answers(client: Client) -> None:
    assert client.head("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405


@pytest.mark.once
def test_no_database_is_said_without_its_words(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/missing/callbook.sqlite3"
    done = ask(url)
    assert done == (503, {"status": "failing", "database": "failing", "queue": "failing"})


@pytest.mark.once
def test_a_database_without_a_queue_is_not_well(tmp_path: Path) -> None:
    done = ask(f"sqlite:///{tmp_path}/empty.sqlite3")
    assert done == (503, {"status": "failing", "database": "ok", "queue": "failing"})


def ask(url: str) -> tuple[int, dict[str, str]]:
    """What a process on that database answers."""
    variables = PRODUCTION | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "crm.settings"}
    said = python("-c", ASK, **variables)
    code, _, body = said.stdout.partition(" ")
    return int(code), json.loads(body)
