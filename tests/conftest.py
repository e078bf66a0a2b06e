"""Fixtures and guards for every test."""

import gc
import os
import socket
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from tests.browser import NO_BROWSER
from tests.counts import counts
from tests.engines.postgres import THROWAWAY

type Unblock = Callable[[], AbstractContextManager[None]]

LOCAL_ADDRESSES = ("127.0.0.1", "::1", "localhost")


def pytest_configure() -> None:
    # The same examples in every `make test`; in `make soak` new ones, from the seed it prints.
    settings.register_profile(
        "callbook",
        max_examples=counts(20, 1000),
        derandomize=not counts(False, True),
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    settings.load_profile("callbook")
    sys.addaudithook(_refuse_network)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Search for garbage rarely: some hundred MB of code and tests would be walked each time.

    It takes a sixth of the time the tests take.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect" or arguments[0].family == socket.AF_UNIX:
        return
    host = arguments[1][0]
    if host not in LOCAL_ADDRESSES:
        raise RuntimeError(f"A test tried to reach {host}: tests stay on this machine.")


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Databases need no tearing down where they end with their directory or server."""
    return connection.vendor == "sqlite" or THROWAWAY in os.environ


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Generator[Unblock]:
    """Lets a module's fixtures write, inside `with module_db():`, what all its tests then read.

    A test's own writes are taken back at its end, as ever; these at the end of the module's. It
    saves building a world that no test changes once for each of a hundred tests.
    """
    around = transaction.atomic()
    with django_db_blocker.unblock():
        around.__enter__()
    yield django_db_blocker.unblock
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Counters kept in the cache (rate limits, lockouts) are a test's own."""
    cache.clear()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None]:
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    number = sum(NO_BROWSER in str(report.longrepr) for report in skipped)
    if number:
        terminalreporter.section(f"{number} browser tests were skipped", yellow=True)
        terminalreporter.write_line(NO_BROWSER, yellow=True)
