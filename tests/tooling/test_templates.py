"""Templates that djlint cannot judge: it does not know which tags and filters there are."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

TEMPLATES = settings.BASE_DIR / "templates"

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_template_compiles(path: Path) -> None:
    get_template(str(path.relative_to(TEMPLATES)))
