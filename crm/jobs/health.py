"""`/healthz`: whether the database and the queue answer."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Case, Count, F, Min, When
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult, get_date_max

log = structlog.get_logger("callbook.health")

PATH = "/healthz"
OK, FAILING = "ok", "failing"
#: A queue whose oldest task has waited longer has nobody who works on it.
LONGEST_WAIT = dt.timedelta(minutes=5)


class HealthMiddleware:
    """Answer `/healthz` before anything else looks at the request.

    A probe asks the machine by its number, not by a name in ALLOWED_HOSTS, over plain HTTP, every
    few seconds; it is no line in the log.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return healthz(request) if request.path_info == PATH else self.get_response(request)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200, or 503 where the database or the queue does not answer."""
    said: dict[str, Any] = {"status": FAILING, "database": FAILING, "queue": FAILING}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        said["database"] = OK
        said |= ask_queue()
        said["status"] = said["queue"]
    except (DatabaseError, InterfaceError) as error:
        log.warning("no answer", **said, error=type(error).__name__)
    return JsonResponse(said, status=200 if said["status"] == OK else 503)


def ask_queue() -> dict[str, Any]:
    """Return how many tasks wait to be run now, and how many seconds the oldest has waited."""
    # A task that names no time to run after has the last day of time there.
    since = Case(When(run_after=get_date_max(), then=F("enqueued_at")), default=F("run_after"))
    waiting = DBTaskResult.objects.ready().order_by().aggregate(n=Count("pk"), oldest=Min(since))
    waited = timezone.now() - (waiting["oldest"] or timezone.now())
    return {
        "queue": OK if waited <= LONGEST_WAIT else FAILING,
        "waiting": waiting["n"],
        "oldest_waiting_seconds": max(round(waited.total_seconds()), 0),
    }
