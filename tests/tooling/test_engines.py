"""The plugin that runs the tests on SQLite and PostgreSQL."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
NO_SERVER = "postgres://callbook@127.0.0.1:1/callbook"

FAILS_ON_SQLITE = """
import os
import pytest

@pytest.fixture(autouse=True)
def db():
    pass

def test_engine():
    assert "sqlite" not in os.environ["DATABASE_URL"]

def test_passes():
    pass
"""

START_AND_DIE = """
import os, signal
from tests.engines.postgres import ThrowawayPostgres

server = ThrowawayPostgres()
server.start()
print(server.url, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


# Other plugins take seconds to load and have no part in what is tested here.
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def run_pytest(
    directory: Path, source: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    (directory / "test_given.py").write_text(source)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "pyproject.toml", directory, "-pno:cacheprovider"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **ALONE, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.django_db
def test_sqlite_is_a_file() -> None:
    if connection.vendor == "sqlite":
        assert Path(connection.settings_dict["NAME"]).is_file()


@pytest.mark.once
def test_failure_on_one_database_fails_both(tmp_path: Path) -> None:
    # The server that these tests have is as good as one of its own, and is there already.
    server = {name: os.environ[name] for name in ("TEST_POSTGRES_URL",) if name in os.environ}
    done = run_pytest(tmp_path, FAILS_ON_SQLITE, **server)

    *_, sqlite, postgres, last = done.stdout.splitlines()
    assert done.returncode == 1
    assert sqlite.split() == ["SQLite", "1", "failed,", "1", "passed"]
    assert postgres.split() == ["PostgreSQL", "2", "passed"]
    assert last.startswith("2 passed in")


@pytest.mark.once
def test_missing_postgres_is_said_and_fails_unless_excused(tmp_path: Path) -> None:
    passes = "def test_passes():\n    pass\n"

    done = run_pytest(tmp_path, passes, TEST_POSTGRES_URL=NO_SERVER)
    excused = run_pytest(tmp_path, passes, TEST_POSTGRES_URL=NO_SERVER, ALLOW_NO_POSTGRES="1")

    assert "PostgreSQL WAS NOT TESTED" in done.stdout.splitlines()[-4]
    assert done.stdout.splitlines()[-1].startswith("1 passed in")
    assert (done.returncode, excused.returncode) == (1, 0)


@pytest.mark.once
def test_server_does_not_outlive_the_tests(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START_AND_DIE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    home = Path(done.stdout.strip().partition("host=")[2])

    assert done.returncode == -signal.SIGKILL
    assert home.name.startswith("callbook-pg-")
    deadline = time.monotonic() + 10
    while home.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not home.exists()
