"""Running the tests on one database after the other, and saying so before the last line."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engines.postgres import PostgresUnavailableError

# Between the process that runs both and its two children: where a child leaves its counts, what
# the first child's were, and why there is no second.
COUNTS_FILE = "CALLBOOK_TEST_COUNTS_FILE"
FIRST_RUN = "CALLBOOK_TEST_FIRST_RUN"
NO_POSTGRES = "CALLBOOK_TEST_NO_POSTGRES"
EXCUSED = "ALLOW_NO_POSTGRES"

NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
WORTH_A_SECOND = (
    pytest.ExitCode.OK,
    pytest.ExitCode.TESTS_FAILED,
    pytest.ExitCode.NO_TESTS_COLLECTED,
)
OUTCOMES = ("failed", "error", "passed", "skipped", "xfailed", "xpassed")


def run_both(config: pytest.Config, postgres_url: Callable[[], str]) -> int:
    """Run pytest on SQLite, then on PostgreSQL; the exit status of the first that failed.

    Without PostgreSQL the whole fails, unless ALLOW_NO_POSTGRES is set.
    """
    try:
        os.environ["TEST_POSTGRES_URL"] = postgres_url()
    except PostgresUnavailableError as error:
        os.environ[NO_POSTGRES] = str(error)
        status = _run(config, "sqlite")[0]
        return status or (0 if os.environ.get(EXCUSED) else 1)
    first, os.environ[FIRST_RUN] = _run(config, "sqlite")
    if first not in WORTH_A_SECOND or (first and config.option.maxfail):
        return first
    second, _ = _run(config, "postgres")
    only_once = second == pytest.ExitCode.NO_TESTS_COLLECTED and not first
    return first or (0 if only_once else second)


def _run(config: pytest.Config, engine: str) -> tuple[int, str]:
    print(f"\n{NAMES[engine]}", flush=True)  # noqa: T201 - the heading of what follows
    with tempfile.NamedTemporaryFile("r", prefix="callbook-counts-") as counts:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *config.invocation_params.args, f"--db={engine}"],
            cwd=config.invocation_params.dir,
            env=os.environ | {COUNTS_FILE: counts.name},
            check=False,
        )
        said = counts.read() or f"did not finish (exit status {done.returncode})"
    return done.returncode, said


def is_second_run() -> bool:
    """Whether this is the run on PostgreSQL that follows the one on SQLite."""
    return FIRST_RUN in os.environ


def report(reporter: pytest.TerminalReporter) -> None:
    """Leave this run's counts for the process that asked; say what the other database said."""
    here = _counts(reporter)
    if path := os.environ.get(COUNTS_FILE):
        Path(path).write_text(here)
    if FIRST_RUN in os.environ:
        reporter.section("databases")
        for name, said in (("SQLite", os.environ[FIRST_RUN]), ("PostgreSQL", here)):
            reporter.write_line(f"{name:11} {said}", **_colour(said))
    if NO_POSTGRES in os.environ:
        reporter.section("PostgreSQL WAS NOT TESTED", red=True, bold=True)
        reporter.write_line(os.environ[NO_POSTGRES], red=True)
        reporter.write_line(
            f"Set TEST_POSTGRES_URL to a server to use, or {EXCUSED}=1 to do without.", red=True
        )


def _counts(reporter: pytest.TerminalReporter) -> str:
    found = ((len(reporter.stats.get(outcome, [])), outcome) for outcome in OUTCOMES)
    return ", ".join(f"{number} {outcome}" for number, outcome in found if number) or "no tests"


def _colour(said: str) -> dict[str, bool]:
    bad = any(word in said for word in ("failed", "error", "not finish"))
    return {"red": True} if bad else {"green": True}
