"""Kept connections to PostgreSQL, and what becomes of them when the server goes away.

Django's own check (CONN_HEALTH_CHECKS) asks the server a question before each request. But a server
that ends a connection says so, and what it has said can be seen here without asking.
"""

import select
from collections.abc import Callable

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse


class LostConnectionsMiddleware:
    """Let no request meet a connection that the server has ended since the last one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        close_lost_connections()
        return self.get_response(request)


def close_lost_connections() -> None:
    """Close this thread's kept connections that the server has ended."""
    for connection in connections.all(initialized_only=True):
        close_if_lost(connection)


def close_if_lost(connection: BaseDatabaseWrapper) -> None:
    """Close the connection if the server has ended it; inside a transaction it is left alone."""
    if connection.vendor != "postgresql" or connection.connection is None:
        return
    if connection.in_atomic_block or not _has_news(connection.connection.fileno()):
        return
    if not connection.is_usable():
        connection.close()


def _has_news(descriptor: int) -> bool:
    """Return whether the server has said something unasked: rarely anything but its farewell."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
