"""What the settings read while tests run: the tests' own values, and nothing of the developer's."""

import os
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTING_READ = re.compile(r'(?:env\.\w+|_required)\(\s*"([A-Z0-9_]+)"')


def variables() -> set[str]:
    """The names of the environment variables that the settings read."""
    return set(SETTING_READ.findall((ROOT / "crm/settings.py").read_text()))


def isolate(database_url: str, files: Path) -> None:
    """Point the settings at `database_url`, and at `files` for what they write.

    As in production (DEBUG off), save that the address is http: the tests' server speaks no TLS.
    """
    for name in variables():
        os.environ.pop(name, None)
    os.environ |= {
        "ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "SECRET_KEY": "only-for-tests",
        "ENCRYPTION_KEYS": "b25seS1mb3ItdGVzdHMtMDEyMzQ1Njc4OS1hYmNkZWY=",
        "DEBUG": "0",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "PUBLIC_BASE_URL": "http://testserver",
        "DATABASE_URL": database_url,
        # A connection kept by a finished request would keep the database from being dropped.
        "CONN_MAX_AGE": "0",
        "MEDIA_ROOT": str(files / "media"),
        # Playwright's synchronous API runs inside an event loop, where Django refuses to query.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }


def sqlite_url(files: Path) -> str:
    """A SQLite file: in memory one connection would serve all of live_server's threads."""
    return f"sqlite:///{files / 'callbook.sqlite3'}"


def scratch_directory() -> Path:
    """A directory for a run's files, in memory where the system has such a place."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a directory of our own in it
    base = memory if sys.platform == "linux" and os.access(memory, os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix="callbook-tests-", dir=base))
