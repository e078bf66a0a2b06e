"""Callbook in processes of its own, with an environment of the test's own."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]

#: What a server's environment says at the least.
PRODUCTION = {
    "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG",
    "ENCRYPTION_KEYS": "b25seS1mb3ItdGVzdHMtMDEyMzQ1Njc4OS1hYmNkZWY=",
    "ALLOWED_HOSTS": "crm.example.com",
    "DATABASE_URL": "sqlite://:memory:",
}


def environment(**variables: str) -> dict[str, str]:
    """An environment with these variables, and nothing of the tests' or the developer's own."""
    system = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**system, "ENV_FILE": os.devnull, **variables}


def python(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What Python did with these arguments, in the checkout; it may fail."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def database_url() -> str:
    """DATABASE_URL for a process that works on this test's database."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


class Workers:
    """Worker processes on the test's database and files, with short leases."""

    def __init__(self, media: Path) -> None:
        variables = {
            "DATABASE_URL": database_url(),
            "MEDIA_ROOT": str(media),
            "LEASE_SECONDS": "1",
            "REAPER_SECONDS": "0.2",
        }
        self.environment = environment(**PRODUCTION | variables)
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start one more."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # With the process that each has beside it.
            start_new_session=True,
        )
        self.running.append(process)

    def kill(self) -> None:
        """Kill them all at once."""
        for process in self.running:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()
