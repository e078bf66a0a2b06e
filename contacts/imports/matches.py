"""How sure it is what a column holds, as the page of columns shows it."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from contacts.imports.mapping.guess import REMEMBERED

SURE, LIKELY = 0.95, 0.8


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """What becomes of a column: matched, left-out or not-taken; in words, and in bars of three."""

    state: str
    words: str
    bars: int


CHOSEN = Match("matched", "Your choice", 3)
LEFT_OUT = Match("left-out", "Left out", 0)
#: A company's field, while these are not imported.
NOT_TAKEN = Match("not-taken", "Not imported", 0)


def match_of(
    column: Mapping[str, Any], *, is_same: bool, is_left_out: bool, is_taken: bool
) -> Match:
    """Return how a column is matched; `is_same` says that nothing else was chosen for it."""
    if is_left_out:
        return LEFT_OUT
    if not is_taken:
        return NOT_TAKEN
    confidence = column["confidence"]
    if not is_same or confidence == 1.0:
        return CHOSEN
    if confidence == REMEMBERED:
        return Match("matched", "As before", 3)
    if confidence >= SURE:
        return Match("matched", "Sure", 3)
    likely = confidence >= LIKELY
    return Match("matched", "Likely", 2) if likely else Match("matched", "Check this", 1)
