import datetime as dt
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from crm.accounts.models import User
from crm.jobs.queues import LIVE
from crm.jobs.worker import Worker
from tests.factories import UserFactory
from tests.jobs import tasks
from tests.processes import PRODUCTION, ROOT, database_url, environment

PATIENCE = 60  # seconds: a process may start slowly on a busy machine


def status(result: object) -> TaskResultStatus:
    return TaskResultStatus[DBTaskResult.objects.get(pk=result.id).status]  # type: ignore[attr-defined]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


@pytest.fixture
def worker(transactional_db: None) -> Iterator[subprocess.Popen[str]]:
    """`manage.py worker`, as a process that works on the test's database."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=ROOT,
        env=environment(**PRODUCTION | {"DATABASE_URL": database_url()}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.once)]
)
def test_it_runs_what_waits_and_ends_when_told_to(
    worker: subprocess.Popen[str], number: signal.Signals
) -> None:
    result = tasks.add.enqueue(2, 3)
    wait_for(lambda: status(result) == TaskResultStatus.SUCCESSFUL)
    assert DBTaskResult.objects.get(pk=result.id).return_value == 5
    worker.send_signal(number)
    _out, said = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0
    assert "Traceback" not in said
    assert '"event": "task done"' in said


@pytest.mark.once
def test_it_ends_the_task_at_hand_first_and_begins_no_other(worker: subprocess.Popen[str]) -> None:
    first, second = tasks.sleep.enqueue(1), tasks.add.enqueue(2, 3)
    wait_for(lambda: status(first) == TaskResultStatus.RUNNING)
    worker.terminate()
    worker.terminate()
    assert worker.wait(timeout=PATIENCE) == 0
    assert status(first) == TaskResultStatus.SUCCESSFUL
    assert status(second) == TaskResultStatus.READY


@pytest.mark.once
def test_what_takes_long_stands_before_nothing_that_is_waited_for(
    worker: subprocess.Popen[str],
) -> None:
    long = tasks.sleep.enqueue(2 * PATIENCE)
    wait_for(lambda: status(long) == TaskResultStatus.RUNNING)
    live, other = tasks.add.using(queue_name=LIVE).enqueue(2, 3), tasks.add.enqueue(2, 3)
    wait_for(lambda: status(live) == TaskResultStatus.SUCCESSFUL)
    assert status(other) == TaskResultStatus.READY
    assert status(long) == TaskResultStatus.RUNNING


@pytest.mark.once
def test_a_second_ctrl_c_breaks_the_task_off(worker: subprocess.Popen[str]) -> None:
    result = tasks.sleep.enqueue(60)
    wait_for(lambda: status(result) == TaskResultStatus.RUNNING)
    worker.send_signal(signal.SIGINT)
    time.sleep(1)
    worker.send_signal(signal.SIGINT)
    worker.wait(timeout=PATIENCE)
    assert status(result) == TaskResultStatus.FAILED


@pytest.mark.once
def test_it_waits_for_a_writer_and_lets_one_write(worker: subprocess.Popen[str]) -> None:
    first = tasks.add.enqueue(1, 1)
    wait_for(lambda: status(first) == TaskResultStatus.SUCCESSFUL)
    with transaction.atomic():
        user = UserFactory.create()
        second = tasks.add.enqueue(2, 2)
        time.sleep(1.2)
    wait_for(lambda: status(second) == TaskResultStatus.SUCCESSFUL)
    third = tasks.sleep.enqueue(PATIENCE)
    wait_for(lambda: status(third) == TaskResultStatus.RUNNING)
    User.objects.filter(pk=user.pk).update(name="Ada")
    assert status(third) == TaskResultStatus.RUNNING
    assert worker.poll() is None


@pytest.mark.django_db(transaction=True)
def test_a_task_that_fails_stops_no_other() -> None:
    bad, good = tasks.fail.enqueue("Ada Lovelace"), tasks.add.enqueue(2, 3)
    Worker().run_waiting()
    assert (status(bad), status(good)) == (TaskResultStatus.FAILED, TaskResultStatus.SUCCESSFUL)


@pytest.mark.django_db(transaction=True)
def test_a_task_waits_for_its_time() -> None:
    later = tasks.add.using(run_after=timezone.now() + dt.timedelta(hours=1)).enqueue(2, 3)
    assert not Worker().has_work()
    DBTaskResult.objects.update(run_after=timezone.now())
    assert Worker().has_work()
    Worker().run_waiting()
    assert status(later) == TaskResultStatus.SUCCESSFUL
