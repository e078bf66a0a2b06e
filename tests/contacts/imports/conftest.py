from pathlib import Path
from typing import Any

import pytest

from tests.contacts.imports.kit import Importer
from tests.factories import TeamFactory


@pytest.fixture
def importer(settings: Any, tmp_path: Path) -> Importer:
    settings.MEDIA_ROOT = tmp_path
    return Importer(TeamFactory.create())
