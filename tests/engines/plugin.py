"""The pytest plugin that chooses the database: --db=both (the default), sqlite or postgres.

It stands in addopts, because the choice is made before pytest-django reads the settings. `both`
runs pytest twice and ends in the second run's own summary line. --soak takes the long counts.
"""

import atexit
import os
import random
import shutil
from collections.abc import Collection, Generator

import pytest

from tests.counts import SOAK
from tests.engines import runs
from tests.engines.environment import isolate, scratch_directory, sqlite_url
from tests.engines.postgres import (
    THROWAWAY,
    PostgresUnavailableError,
    ThrowawayPostgres,
    check_reachable,
)

SEED = "CALLBOOK_HYPOTHESIS_SEED"
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "module_db"}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("callbook")
    group.addoption(
        "--db",
        choices=["both", "sqlite", "postgres"],
        default="both",
        help="the database to test on",
    )
    group.addoption("--soak", action="store_true", help="take the long counts")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    # xdist's workers inherit what their controller has set.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        options = early_config.known_args_namespace
        if options.soak:
            os.environ[SOAK] = "1"
            os.environ.setdefault(SEED, str(random.randrange(2**32)))  # noqa: S311 - no secret
        _prepare_database(options.db)
    return (yield)


def _prepare_database(engine: str) -> None:
    files = scratch_directory()
    atexit.register(shutil.rmtree, files, ignore_errors=True)
    if engine == "postgres":
        try:
            isolate(postgres_url(), files)
        except PostgresUnavailableError as error:
            raise pytest.UsageError(f"PostgreSQL could not be started: {error}") from error
    else:
        isolate(sqlite_url(files), files)


def postgres_url() -> str:
    """TEST_POSTGRES_URL, or the address of a server that lives until this process ends."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        check_reachable(given)
        return given
    server = ThrowawayPostgres()
    server.start()
    atexit.register(server.stop)
    os.environ[THROWAWAY] = "1"
    return server.url


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    options = config.option
    single = options.db != "both" or options.collectonly or options.help or options.version
    if single or options.showfixtures or options.markers or "PYTEST_XDIST_WORKER" in os.environ:
        return None
    return runs.run_both(config, postgres_url)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "once: independent of the database, so left out of the run on PostgreSQL, as every test is "
        "that may not ask it",
    )
    if SEED in os.environ and config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = os.environ[SEED]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the run on SQLite before this one has answered for PostgreSQL too."""
    if not runs.is_second_run():
        return
    repeated = {
        item for item in items if item.get_closest_marker("once") or not _may_ask_the_database(item)
    }
    config.hook.pytest_deselected(items=list(repeated))
    items[:] = [item for item in items if item not in repeated]


def _may_ask_the_database(item: pytest.Item) -> bool:
    """Return whether pytest-django lets the test query at all."""
    named: Collection[str] = getattr(item, "fixturenames", ())
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES.intersection(named))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Generator[None]:
    # After all of pytest's own words but the last line.
    yield
    if config.option.soak:
        seed = config.option.hypothesis_seed
        terminalreporter.write_line(f"soak: repeat it with --hypothesis-seed={seed}")
    runs.report(terminalreporter)
