"""`.env.example` documents what the settings read from the environment, no more and no less."""

import re
from pathlib import Path

import pytest

from tests.engines.environment import variables

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTED = re.compile(r"^(?:# ?)?([A-Z][A-Z0-9_]+)=", re.MULTILINE)

# Read by `make run`, not by the settings.
BESIDE_SETTINGS = {"PORT"}


@pytest.mark.once
def test_every_variable_is_documented() -> None:
    documented = set(DOCUMENTED.findall((ROOT / ".env.example").read_text()))

    assert documented - BESIDE_SETTINGS == variables()
