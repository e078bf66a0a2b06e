"""`make run` in one terminal: what stops it before it starts, and that its end ends everything."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from tests.factories import TeamFactory

pytestmark = pytest.mark.once


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def run_local(database: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run_local"],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "ENV_FILE": os.devnull,
            "DEBUG": "1",
            "SECRET_KEY": "only-for-tests",
            "DATABASE_URL": f"sqlite:///{database}",
            "PORT": str(port),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def copy_test_database(path: Path) -> None:
    """A team of its own keeps the command from seeding, a migrated database from migrating."""
    TeamFactory()
    with contextlib.closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)


def children_of(pid: int) -> list[int]:
    table = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    rows = (line.split() for line in table.stdout.splitlines())
    return [int(child) for child, parent in rows if int(parent) == pid]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="copies the test database as a file")
def test_runs_web_and_worker_until_interrupted(tmp_path: Path) -> None:
    copy_test_database(tmp_path / "copy.sqlite3")
    port = free_port()

    with run_local(tmp_path / "copy.sqlite3", port) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        with urlopen(f"http://localhost:{port}/healthz", timeout=10) as answer:
            status = answer.status
        children = children_of(process.pid)
        process.send_signal(signal.SIGINT)
        exit_status = process.wait(timeout=20)

    assert first == f"Callbook is at http://localhost:{port} (Ctrl-C ends it).\n"
    assert status == 200
    assert len(children) == 2
    assert exit_status == 0
    assert not any(is_alive(child) for child in children)


def test_port_in_use_is_said_before_anything_starts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEBUG = True
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))

        with pytest.raises(CommandError, match=f"Port {port} cannot be used"):
            call_command("run_local")


@pytest.mark.parametrize("port", ["abc", "0", "65536"])
def test_port_that_is_none_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    settings.DEBUG = True
    monkeypatch.setenv("PORT", port)

    with pytest.raises(CommandError, match=f"and not {port}"):
        call_command("run_local")


def test_a_server_is_run_otherwise() -> None:
    with pytest.raises(CommandError, match="for a laptop"):
        call_command("run_local")
