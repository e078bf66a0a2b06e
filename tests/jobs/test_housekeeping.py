import datetime as dt

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from crm.jobs.housekeeping import tidy_up
from crm.jobs.worker import Worker
from tests.jobs import tasks

pytestmark = pytest.mark.django_db


def ago(**kwargs: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(**kwargs)


def test_expired_sessions_go() -> None:
    for name, moment in (("old", ago(minutes=1)), ("live", ago(minutes=-1))):
        Session.objects.create(session_key=name, session_data="", expire_date=moment)
    tidy_up()
    assert [session.session_key for session in Session.objects.all()] == ["live"]


def test_results_of_tasks_finished_long_ago_go() -> None:
    for days, status in (
        (8, TaskResultStatus.SUCCESSFUL),
        (8, TaskResultStatus.FAILED),
        (6, TaskResultStatus.SUCCESSFUL),
        (8, TaskResultStatus.RUNNING),
    ):
        result = tasks.add.enqueue(1, days)
        DBTaskResult.objects.filter(pk=result.id).update(status=status, finished_at=ago(days=days))
    waiting = tasks.add.enqueue(1, 1)
    tidy_up()
    left = DBTaskResult.objects.values_list("status", flat=True)
    assert sorted(left) == ["READY", "RUNNING", "SUCCESSFUL"]
    assert DBTaskResult.objects.filter(pk=waiting.id).exists()


@pytest.mark.parametrize(("model", "days"), [(AccessAttempt, 7), (AccessLog, 90)])
def test_old_records_of_sign_ins_go(model: type[AccessAttempt | AccessLog], days: int) -> None:
    extra = {"failures_since_start": 1} if model is AccessAttempt else {}
    for name, age in (("old", days + 1), ("new", days - 1)):
        row = model.objects.create(username=name, **extra)
        model.objects.filter(pk=row.pk).update(attempt_time=ago(days=age))
    tidy_up()
    assert [row.username for row in model.objects.all()] == ["new"]


def test_the_worker_tidies_up_at_once_and_then_every_hour() -> None:
    worker = Worker()
    Session.objects.create(session_key="old", session_data="", expire_date=ago(minutes=1))
    before = worker.next_tidying
    worker.tidy()
    assert not Session.objects.exists()
    assert worker.next_tidying == pytest.approx(before + 3600, abs=5)
