"""Words of a spoken text with their places, and a value read at a place."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Sequence

from crm.records.values import Value


@dataclasses.dataclass(frozen=True, slots=True)
class Word:
    """A word, a group of digits or a sign; `key` is its lower-case form."""

    key: str
    start: int
    end: int


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """A value and the part of the text that it was read from."""

    value: Value
    start: int
    end: int

    def overlaps(self, other: "Reading") -> bool:
        """Return whether both stand on a common character."""
        return self.start < other.end and other.start < self.end


_WORD = re.compile(
    r"\d+(?:[.,]\d+)*"  # 12,000 and 2.5
    r"|[^\W\d_]+(?:['’][^\W\d_]+)*"  # don't, O'Callaghan
    r"|[^\w\s]|_"
)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})


def words(text: str) -> list[Word]:
    """Return the words and signs of a text in order."""
    return [
        Word(match[0].lower().translate(_APOSTROPHES), match.start(), match.end())
        for match in _WORD.finditer(text)
    ]


def plain(text: str) -> str:
    """Return a text as it is compared with another: without case, accents and curly quotes."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


_SENTENCE = re.compile(r"(?<=[.?!…])\s+(?=\S)|\n+")
# "St. Mary", "e.g. this", "31. Dezember": a point that ends no sentence.
_NO_END = re.compile(r"(?:\b(?:mr|mrs|ms|dr|st|no|nr|vs|etc|e\.g|i\.e|z\.b)|\d)\.$", re.IGNORECASE)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Return where each sentence of a text begins and ends."""
    start = 0
    for gap in _SENTENCE.finditer(text):
        if _NO_END.search(text[start : gap.start()]) and not text[gap.end()].isupper():
            continue
        yield start, gap.start()
        start = gap.end()
    if text[start:].strip():
        yield start, len(text)


def without_overlaps(readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings in order; of two at one place, the longer."""
    kept: list[Reading] = []
    for reading in sorted(readings, key=lambda found: (found.start - found.end, found.start)):
        if not any(reading.overlaps(other) for other in kept):
            kept.append(reading)
    return sorted(kept, key=lambda found: found.start)
