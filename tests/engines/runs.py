"""Running the tests on both databases at once, and saying how each went before the last line."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engines.postgres import PostgresUnavailableError

# Between the process that runs both and its two children: where a child leaves its counts, which of
# them is the one on PostgreSQL, and why there is none.
COUNTS_FILE = "CALLBOOK_TEST_COUNTS_FILE"
SECOND_RUN = "CALLBOOK_TEST_SECOND_RUN"
NO_POSTGRES = "CALLBOOK_TEST_NO_POSTGRES"
EXCUSED = "ALLOW_NO_POSTGRES"

WORTH_A_SECOND = (
    pytest.ExitCode.OK,
    pytest.ExitCode.TESTS_FAILED,
    pytest.ExitCode.NO_TESTS_COLLECTED,
)
OUTCOMES = ("failed", "error", "passed", "skipped", "xfailed", "xpassed")
# The longer run, with all of the browser's tests, comes first; the other takes what it leaves idle.
NICENESS = 10


class Run:
    """A pytest on one database; what it leaves is in `home`, its words too where it is `silent`."""

    def __init__(
        self, config: pytest.Config, engine: str, home: Path, *, silent: bool = False
    ) -> None:
        self._counts, self._output = home / f"{engine}.counts", home / f"{engine}.output"
        second = {SECOND_RUN: "1"} if engine == "postgres" else {}
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pytest", *_arguments(config, engine)],
                cwd=config.invocation_params.dir,
                env=os.environ | {COUNTS_FILE: str(self._counts)} | second,
                stdout=output if silent else None,
                stderr=subprocess.STDOUT if silent else None,
            )

    def yield_to_others(self) -> None:
        """Let it have the processor only where nobody else wants it."""
        # It may have ended already.
        with contextlib.suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, NICENESS)

    def wait(self) -> int:
        """Wait for its end and return its exit status."""
        return self._process.wait()

    def stop(self) -> None:
        """End it, if it has not ended by itself."""
        self._process.terminate()
        self._process.wait()

    def counts(self) -> str:
        """Say how many tests had which outcome."""
        if self._counts.exists():
            return self._counts.read_text()
        return f"did not finish (exit status {self._process.returncode})"

    def output(self) -> str:
        """Return what a silent one has said."""
        return self._output.read_text(errors="replace")


def run_both(config: pytest.Config, postgres_url: Callable[[], str]) -> int:
    """Run pytest on SQLite and on PostgreSQL; the exit status of the first that failed.

    SQLite's words are shown as they come, PostgreSQL's after them. Without PostgreSQL the whole
    fails, unless ALLOW_NO_POSTGRES is set.
    """
    if config.option.usepdb:
        raise pytest.UsageError("A debugger wants one database: add --db=sqlite or --db=postgres.")
    try:
        os.environ["TEST_POSTGRES_URL"] = postgres_url()
    except PostgresUnavailableError as error:
        os.environ[NO_POSTGRES] = str(error)
        _head("SQLite")
        with _home() as home:
            status = Run(config, "sqlite", home).wait()
        return status or (0 if os.environ.get(EXCUSED) else 1)
    with _home() as home, _in_the_background(config, home) as second:
        _head("SQLite")
        first = Run(config, "sqlite", home)
        status = first.wait()
        if status not in WORTH_A_SECOND or (status and config.option.maxfail):
            return status
        _head("PostgreSQL")
        second_status = second.wait()
        _show(second, first.counts())
    only_once = second_status == pytest.ExitCode.NO_TESTS_COLLECTED and not status
    return status or (0 if only_once else second_status)


@contextlib.contextmanager
def _home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="callbook-runs-") as name:
        yield Path(name)


@contextlib.contextmanager
def _in_the_background(config: pytest.Config, home: Path) -> Iterator[Run]:
    run = Run(config, "postgres", home, silent=True)
    run.yield_to_others()
    try:
        yield run
    finally:
        run.stop()


def _arguments(config: pytest.Config, engine: str) -> list[str]:
    arguments = [*map(str, config.invocation_params.args), f"--db={engine}"]
    if engine == "postgres":
        if config.pluginmanager.hasplugin("cacheprovider"):
            # What failed last is remembered in one file, which the two would take from each other.
            arguments += ["-o", "cache_dir=.pytest_cache/postgres"]
        if sys.stdout.isatty():
            arguments.append("--color=yes")
    return arguments


def _head(name: str) -> None:
    print(f"\n{name}", flush=True)  # noqa: T201 - the heading of what follows


def _show(second: Run, first_counts: str) -> None:
    """Print the second run's words, and before its last line how both went."""
    *lines, last = second.output().splitlines() or [""]
    print(  # noqa: T201 - what pytest said
        *lines,
        " databases ".center(80, "="),
        f"{'SQLite':11} {first_counts}",
        f"{'PostgreSQL':11} {second.counts()}",
        last,
        sep="\n",
        flush=True,
    )


def is_second_run() -> bool:
    """Whether this is the run on PostgreSQL beside one on SQLite."""
    return SECOND_RUN in os.environ


def report(reporter: pytest.TerminalReporter) -> None:
    """Leave this run's counts for the process that asked, and say if PostgreSQL was not tested."""
    if path := os.environ.get(COUNTS_FILE):
        Path(path).write_text(_counts(reporter))
    if NO_POSTGRES in os.environ:
        reporter.section("PostgreSQL WAS NOT TESTED", red=True, bold=True)
        reporter.write_line(os.environ[NO_POSTGRES], red=True)
        reporter.write_line(
            f"Set TEST_POSTGRES_URL to a server to use, or {EXCUSED}=1 to do without.", red=True
        )


def _counts(reporter: pytest.TerminalReporter) -> str:
    found = ((len(reporter.stats.get(outcome, [])), outcome) for outcome in OUTCOMES)
    return ", ".join(f"{number} {outcome}" for number, outcome in found if number) or "no tests"
