from pathlib import Path
from typing import Any

import pytest

from tests.contacts.imports.kit import Importer
from tests.factories import TeamFactory


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Path) -> None:
    """Uploaded files are kept where each test has its own."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def importer() -> Importer:
    return Importer(TeamFactory.create())
