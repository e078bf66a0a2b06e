import os
import time
from pathlib import Path
from typing import Any

import pytest

from crm.records.uploads import WaitingFile


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_a_file_waits_until_it_is_removed(media: Path) -> None:
    waiting = WaitingFile()
    waiting.save(b"a,b")
    assert WaitingFile(waiting.name).exists()
    assert WaitingFile(waiting.name).read() == b"a,b"
    WaitingFile(waiting.name).remove()
    assert not WaitingFile(waiting.name).exists()


def test_what_nobody_came_back_for_goes_after_a_day(media: Path) -> None:
    forgotten, waiting = WaitingFile(), WaitingFile()
    for file in (forgotten, waiting):
        file.save(b"a,b")
    yesterday = time.time() - 25 * 3600
    os.utime(media / "imports" / str(forgotten.name), (yesterday, yesterday))
    WaitingFile().save(b"c")
    assert (forgotten.exists(), waiting.exists()) == (False, True)


@pytest.mark.parametrize("name", [None, "", "../../secret", "../db.sqlite3", "x" * 32])
def test_no_other_file_can_be_named(media: Path, name: str | None) -> None:
    (media / "secret").write_bytes(b"secret")
    assert not WaitingFile(name).exists()
