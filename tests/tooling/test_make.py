"""What `make setup` writes, and who wins."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crm.encryption import is_key

ROOT = Path(__file__).resolve().parents[2]
PRINT_SETTINGS = "from crm import settings; print(settings.SECRET_KEY, settings.DEBUG)"

pytestmark = pytest.mark.once


def make_dotenv(directory: Path) -> str:
    shutil.copy(ROOT / "Makefile", directory)
    subprocess.run(["make", ".env"], cwd=directory, check=True, capture_output=True)
    return (directory / ".env").read_text()


def read_settings(dotenv: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PRINT_SETTINGS],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ENV_FILE": str(dotenv), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_dotenv_has_debug_and_a_key_of_its_own(tmp_path: Path) -> None:
    directories = [tmp_path / "one", tmp_path / "two"]
    for directory in directories:
        directory.mkdir()

    one, two = (
        dict(line.split("=", 1) for line in make_dotenv(each).split()) for each in directories
    )

    assert one["DEBUG"] == two["DEBUG"] == "1"
    assert len(one["SECRET_KEY"]) == 64
    assert one["SECRET_KEY"] != two["SECRET_KEY"]
    assert is_key(one["ENCRYPTION_KEYS"])
    assert one["ENCRYPTION_KEYS"] != two["ENCRYPTION_KEYS"]
    assert (directories[0] / ".env").stat().st_mode & 0o077 == 0


def test_dotenv_that_exists_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DEBUG=0\n")

    assert make_dotenv(tmp_path) == "DEBUG=0\n"


def test_environment_wins_over_dotenv(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("DEBUG=1\nSECRET_KEY=from-the-file\n")

    assert read_settings(dotenv).stdout == "from-the-file True\n"
    assert read_settings(dotenv, SECRET_KEY="given", DEBUG="1").stdout == "given True\n"
    production = {
        "DEBUG": "0",
        "ALLOWED_HOSTS": "crm.example.com",
        "ENCRYPTION_KEYS": "k" * 43 + "=",
    }
    without_debug = read_settings(dotenv, **production)
    assert without_debug.stdout == "from-the-file False\n"
