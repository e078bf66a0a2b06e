"""Which option of a field words mean: by its name, by what it is also called, by its range."""

import re
from collections.abc import Sequence

from calls.enrichment.reading.numbers import find_numbers
from calls.enrichment.reading.synonyms import (
    OF_OPTIONS,
    find_meanings,
    meanings,
    same_stem,
    singular,
)
from calls.enrichment.reading.words import Reading, Word, plain, words

#: Words that options share with all that is said. An option that begins with one denies or limits.
_TELLS_NOTHING = frozenset(
    """no not none without within less more other any this that next last end year years month
    months week day days time and the for with kein keine ohne andere dieses nächstes jahr monat
    jahre monate plan plans size class type""".split()
)

_RANGE = re.compile(r"\s*(\d[\d.,]*)\s*(?:-|–|to|bis)\s*(\d[\d.,]*)\b")
_OVER = re.compile(
    r"\s*(?:>|over|more than|über|mehr als)?\s*(\d[\d.,]*)\s*(?:\+|and more|or more|und mehr)?\s*$"
)
_UNDER = re.compile(r"\s*(?:<|under|less than|fewer than|up to|unter|bis)\s*(\d[\d.,]*)\b")


def find_choices(text: str, options: Sequence[str]) -> list[Reading]:
    """Return the options that a text names, in order, each where it is named."""
    found = [
        Reading(option, start, end)
        for option in options
        for start, end in _places(text, option, options)
    ]
    if not found:
        found = _in_ranges(text, options)
    return sorted(_most_words(found), key=lambda reading: reading.start)


def _most_words(found: list[Reading]) -> list[Reading]:
    """Return the readings but those inside a longer one: "Premium Economy" is not "Economy"."""
    return [
        one
        for one in found
        if not any(
            other.value != one.value and other.start <= one.start and one.end <= other.end
            and other.end - other.start > one.end - one.start
            for other in found
        )
    ]  # fmt: skip


def _places(text: str, option: str, options: Sequence[str]) -> list[tuple[int, int]]:
    said = words(text)
    name = [word.key for word in words(option) if word.key[0].isalnum()]
    places = []
    for n in range(len(said) - len(name) + 1):
        window = said[n : n + len(name)]
        if name and all(same_stem(word.key, part) for word, part in zip(window, name, strict=True)):
            places.append((window[0].start, window[-1].end))
    if places or plain(option) in {"other", "none", "andere", "sonstige"}:
        return places
    return _by_meaning(text, option, options) or _by_own_word(said, name, option, options)


def _by_own_word(
    said: Sequence[Word], name: Sequence[str], option: str, options: Sequence[str]
) -> list[tuple[int, int]]:
    """Return where a word stands that only this option's name has: "Delta" of "Delta Airlines"."""
    if len(name) < 2 or not _TELLS_NOTHING.isdisjoint(name[:1]):
        return []
    others = {singular(word.key) for other in options if other != option for word in words(other)}
    own = {singular(key) for key in name if len(key) > 2} - others - _TELLS_NOTHING
    return [(word.start, word.end) for word in said if singular(word.key) in own]


def _by_meaning(text: str, option: str, options: Sequence[str]) -> list[tuple[int, int]]:
    """Return where words stand that mean this option and none of the others."""
    others = set().union(*(meanings(other) for other in options if other != option))
    own = (meanings(option) & OF_OPTIONS) - others
    return [place for meaning, places in _said(text).items() if meaning in own for place in places]


def _said(text: str) -> dict[str, list[tuple[int, int]]]:
    said: dict[str, list[tuple[int, int]]] = {}
    for meaning, start, end in find_meanings(text):
        said.setdefault(meaning, []).append((start, end))
    return said


def _in_ranges(text: str, options: Sequence[str]) -> list[Reading]:
    """Return the range in which a said number lies, where the options are ranges."""
    bounds = {option: range_of(option) for option in options}
    if sum(bound is not None for bound in bounds.values()) < 2:
        return []
    return [
        Reading(option, number.start, number.end)
        for number in find_numbers(text)
        for option, bound in bounds.items()
        if bound and isinstance(number.value, int | float) and bound[0] <= number.value <= bound[1]
    ]


def range_of(option: str) -> tuple[float, float] | None:
    """Return the numbers that an option such as `51-200` or `1000+` stands for."""
    if match := _RANGE.match(option):
        return _digits(match[1]), _digits(match[2])
    if match := _UNDER.match(option):
        return 0, _digits(match[1])
    if (match := _OVER.match(option)) and re.search(r"\+|>|over|more|über|mehr", option):
        return _digits(match[1]), float("inf")
    return None


def _digits(text: str) -> float:
    return float(re.sub(r"\D", "", text))
