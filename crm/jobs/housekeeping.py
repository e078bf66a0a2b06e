"""Throwing away what is of no use any more, most of it about people."""

import datetime as dt
from collections.abc import Callable
from importlib import import_module

import structlog
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

log = structlog.get_logger("callbook.worker")

KEEP_FINISHED_TASKS = dt.timedelta(days=7)
KEEP_FAILED_SIGN_INS = dt.timedelta(days=7)
KEEP_SIGN_INS = dt.timedelta(days=90)


_chores: list[Callable[[], None]] = []


def register(chore: Callable[[], None]) -> None:
    """Have a room of its own tidied up, too; the chore may be broken off and comes again."""
    _chores.append(chore)


def tidy_up() -> None:
    """Delete expired sessions, results of finished tasks, old records of sign-ins, and so on."""
    now = timezone.now()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    done = DBTaskResult.objects.finished().filter(finished_at__lt=now - KEEP_FINISHED_TASKS)
    failures = AccessAttempt.objects.filter(attempt_time__lt=now - KEEP_FAILED_SIGN_INS)
    sign_ins = AccessLog.objects.filter(attempt_time__lt=now - KEEP_SIGN_INS)
    log.info(
        "tidied up",
        tasks=done.delete()[0],
        failed_sign_ins=failures.delete()[0],
        sign_ins=sign_ins.delete()[0],
    )
    for chore in _chores:
        chore()
