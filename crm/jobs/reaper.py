"""Knocking: once when there is work, and again for rows that were left lying.

A lost, doubled or late knock does no harm: whoever comes looks at the row first.
"""

from collections.abc import Callable
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from crm.jobs.models import Leased
from crm.jobs.operations import lease_length, mark_knocked

log = structlog.get_logger("callbook.worker")

MOST_AT_ONCE = 100

_tasks: dict[type[Leased], Any] = {}
_searches: list[Callable[[], int]] = []


def register(model: type[Leased], task: Any) -> None:
    """Say which task works on rows of the model; it is given the ids of the team and the row."""
    _tasks[model] = task


def register_search(search: Callable[[], int]) -> None:
    """Let the worker look every few seconds for work that nobody has asked for.

    `search` makes rows of what it finds, knocks at them, and says how many they are.
    """
    _searches.append(search)


def search() -> int:
    """Look for work once; return how much was found."""
    return sum(look() for look in _searches)


def knock(row: Leased) -> None:
    """Ask the workers to come to the row, once it is committed."""
    task, ids = _tasks[type(row)], (str(row.team_id), str(row.pk))
    transaction.on_commit(lambda: task.enqueue(*ids), robust=True)


def knock_again() -> int:
    """Knock for rows that are due while nobody is on the way; return for how many."""
    now = timezone.now()
    knocked = 0
    for model in _tasks:
        rows = model._base_manager.filter(model.overlooked(now, lease_length()))
        for row in rows.order_by("knocked_at")[:MOST_AT_ONCE]:
            if mark_knocked(model, row, now):
                knock(row)
                knocked += 1
    if knocked:
        log.info("knocked again", rows=knocked)
    return knocked
