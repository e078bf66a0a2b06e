"""Letters and digits that are read out: "P-H-A-I-N-E-S", "double L", "Bravo one three"."""

import re
from collections.abc import Sequence

from calls.enrichment.reading.numbers import SMALL
from calls.enrichment.reading.words import Word

_NATO = """alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima
mike november oscar papa quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu"""
#: Words that stand for a letter when a code is spelled.
SPELLED = {word: word[0] for word in _NATO.split()} | {"zed": "z", "zee": "z"}
_TIMES = {"double": 2, "triple": 3, "treble": 3, "doppel": 2}
_AS_IN = frozenset({"as", "for", "like", "wie"})


def spelled(found: Sequence[Word], at: int) -> tuple[str, int] | None:
    """Return the characters that the words at `at` spell, and how many words they take."""
    key = found[at].key
    following = found[at + 1].key if at + 1 < len(found) else ""
    if key in _TIMES and following:
        one = "w" if following == "u" and key == "double" else ""
        character = one or _character(following) * _TIMES[key]
        return (character, 2) if character else None
    character = _character(key)
    if not character:
        return None
    if len(character) == 1 and character.isalpha() and following in _AS_IN:
        skip = (
            2 if following == "as" and found[at + 2 : at + 3] and found[at + 2].key == "in" else 1
        )
        example = found[at + 1 + skip : at + 2 + skip]
        if example and example[0].key.startswith(character):
            return character, skip + 2
    return character, 1


def _character(key: str) -> str:
    if len(key) == 1 and key.isalnum():
        return key
    if key in {"oh", "null"}:
        return "0"
    if key in SMALL and SMALL[key] < 10 and not key.startswith("ein"):
        return str(SMALL[key])
    if key in SPELLED:
        return SPELLED[key]
    return key if re.fullmatch(r"\d+", key) else ""
