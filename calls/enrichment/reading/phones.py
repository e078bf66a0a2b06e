"""Phone numbers, written or read out: "four one five, five five five, oh one three seven"."""

import re
from collections.abc import Iterator

from calls.enrichment.reading.numbers import german_number, small_number
from calls.enrichment.reading.words import Reading, Word, words
from crm import normalize

_SEPARATORS = frozenset({",", "-", "–", "(", ")", "/", "dash", "hyphen", "minus", "area", "code"})
_INNER = frozenset({"and", "then", "und", "dann"})
_TIMES = {"double": 2, "triple": 3, "treble": 3, "doppel": 2}
_FEWEST_DIGITS = 7
_MOST_DIGITS = 15


def find_phones(text: str, region: str = "") -> list[Reading]:
    """Return the numbers in E.164; a number without its country code is one of `region`."""
    found = []
    for digits, start, end in _runs(words(text)):
        if number := _number(digits, region):
            found.append(Reading(number, start, end))
    return found


def _number(digits: str, region: str) -> str:
    if not _FEWEST_DIGITS <= len(digits.lstrip("+")) <= _MOST_DIGITS:
        return ""
    readings = [digits]
    if not digits.startswith(("+", "0")) and len(digits) > 10:
        readings.append("+" + digits)
    for reading in readings:
        try:
            return normalize.phone(reading, region)
        except normalize.NormalizeError:
            continue
    return ""


def _runs(found: list[Word]) -> Iterator[tuple[str, int, int]]:
    """Return each run of digits, and where it begins and ends."""
    at = 0
    while at < len(found):
        if not _digits(found, at)[0]:
            at += 1
            continue
        begin, run, end = at, "", at
        while at < len(found):
            digits, taken = _digits(found, at)
            if digits:
                run, at = run + digits, at + taken
                end = at
            elif _parts_digits(found, at):
                at += 1
            else:
                break
        yield run, found[begin].start, found[end - 1].end


def _parts_digits(found: list[Word], at: int) -> bool:
    if found[at].key in _SEPARATORS | _INNER:
        return True
    is_inside = at + 1 < len(found) and found[at].end == found[at + 1].start
    return found[at].key == "." and is_inside


def _digits(found: list[Word], at: int) -> tuple[str, int]:
    """Return the digits that are said at a place, and how many words they take."""
    key = found[at].key
    if key in {"+", "plus"}:
        return "+", 1
    if key in {"oh", "o", "null"}:
        return "0", 1
    if re.fullmatch(r"[\d.,]*\d", key):
        return re.sub(r"\D", "", key), 1
    following = found[at + 1].key if at + 1 < len(found) else ""
    if key in _TIMES:
        digits = _digits(found, at + 1)[0] if following else ""
        return (digits * _TIMES[key], 2) if len(digits) == 1 else ("", 0)
    return _spelled(key, following)


def _spelled(key: str, following: str) -> tuple[str, int]:
    value = small_number(key)
    if value is None:
        value = german_number(key)
        return ("", 0) if value is None or key.startswith("ein") else (str(value), 1)
    if following in {"hundred", "hundert"} and value:
        return str(value * 100), 2
    unit = small_number(following) if following else None
    if value >= 20 and value % 10 == 0 and unit is not None and 0 < unit < 10:
        return str(value + unit), 2
    return str(value), 1
