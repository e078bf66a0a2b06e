"""Every room stands in the import order that import-linter holds."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOP_LEVEL = {"crm", "companies", "contacts", "calls"}

pytestmark = pytest.mark.once


def ordered_rooms() -> set[str]:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(
        each["layers"] for each in linter["contracts"] if each["name"].startswith("Rooms")
    )
    return {room for layer in layers for room in re.split(r" [|:] ", layer)}


def rooms() -> set[str]:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "crm"}
    inside = {f"crm.{path.stem}" for path in (ROOT / "crm").glob("*.py")} - {"crm.__init__"}
    return (
        packages | inside | {f"crm.{path.parent.name}" for path in ROOT.glob("crm/*/__init__.py")}
    )


def test_every_room_has_its_place() -> None:
    assert rooms() == ordered_rooms()
