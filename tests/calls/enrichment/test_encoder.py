"""The encoder of the extra: asked only where words say nothing, and only where it is installed."""

from collections.abc import Mapping, Sequence

import pytest

from calls.enrichment.extractors import get_extractor
from calls.enrichment.extractors.offline import encoder
from calls.enrichment.findings import TargetField
from tests.calls.enrichment.talks import talk

pytestmark = pytest.mark.once
OUTLAY = TargetField("outlay", "Outlay", "number")
CREW = TargetField("crew", "Team size", "number")
CALL = talk("A: What sort of figure had you in mind?", "C: Eighty thousand.")


@pytest.fixture
def nearness(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Stand in for the encoder, which the tests do not install."""
    near: dict[str, float] = {}

    def say(text: str, fields: Sequence[TargetField]) -> Mapping[str, float]:
        return {field.key: near.get(field.key, 0.0) for field in fields}

    monkeypatch.setattr(encoder, "is_installed", lambda: True)
    monkeypatch.setattr(encoder, "nearness", say)
    return near


def test_without_the_extra_no_word_means_no_finding() -> None:
    assert get_extractor("offline").extract(CALL, [OUTLAY, CREW]).values == {}


def test_a_question_belongs_to_the_field_that_it_is_near(nearness: dict[str, float]) -> None:
    nearness["outlay"] = 0.06
    assert get_extractor("offline").extract(CALL, [OUTLAY, CREW]).values == {"outlay": 80_000}


def test_a_field_that_another_is_nearer_than_gets_nothing(nearness: dict[str, float]) -> None:
    nearness.update(outlay=0.05, crew=0.055)
    assert "outlay" not in get_extractor("offline").extract(CALL, [OUTLAY, CREW]).values


def test_what_is_near_to_nothing_stays_empty(nearness: dict[str, float]) -> None:
    nearness["outlay"] = 0.004
    assert get_extractor("offline").extract(CALL, [OUTLAY, CREW]).values == {}
