"""Names in a text: of people, firms, places and things, by their capitals and their neighbours."""

import re
from collections.abc import Iterator

from calls.enrichment.reading.calendar_words import MONTHS, WEEKDAYS
from calls.enrichment.reading.patterns import lines, straight
from calls.enrichment.reading.words import Reading

#: Words that begin a sentence or a reply and are no names.
COMMON = frozenset(word for line in lines("common_words") for word in line.split())
_CAPITAL = r"(?:[A-ZÄÖÜÉ](?:\.(?=\s?[A-ZÄÖÜÉ]))?[\w'’&-]*)"
_INNER = r"(?:of|the|de|la|le|van|del|and|&|y)"
_NAME = re.compile(
    rf"(?:\d+\s+(?:\w+\s+)?(?={_CAPITAL}))?{_CAPITAL}(?:(?:\s+|\s*&\s*)(?:{_INNER}\s+){{0,2}}(?:{_CAPITAL}|#\s?\d+\w?\b))*"
    r"(?:,\s*[A-Z]{2}\b)?"
)


def find_names(text: str) -> list[Reading]:
    """Return the runs of capitalised words that name something."""
    return list(_names(text))


def _names(text: str) -> Iterator[Reading]:
    for match in _NAME.finditer(text):
        start, end = match.span()
        start, end = _trimmed(text, start, end)
        name = text[start:end]
        if name and not _is_calendar(name) and not all(map(_is_common, name.split())):
            yield Reading(name, start, end)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the name without common words before and behind it: "Hi Laura", "Yes Berlin".

    Within a sentence a capital makes any word a name's: "called House of Fraser".
    """
    while start < end and (not text[:start].strip() or re.search(r"[.!?,:]\s*$", text[:start])):
        first = re.match(r"[\w'’&.-]+[\s,]*", text[start:end])
        if first is None or not _is_common(first[0].strip(" ,.")):
            break
        start += first.end()
    start += len(_FIRM.match(text[start:end])[0])  # type: ignore[index]
    while start < end:
        last = re.search(r"[\s,]+([\w'’&.#-]+)$", text[start:end])
        if last is None or not (_is_common(last[1]) or _is_calendar(last[1])):
            break
        end = start + last.start()
    return start, end


_FIRM = re.compile(r"(?:(?:die |der )?(?:Firma|Firmen)\s+)?")


def _is_common(word: str) -> bool:
    return straight(word.lower()) in COMMON


def _is_calendar(name: str) -> bool:
    parts = [part.rstrip("s") for part in re.findall(r"[^\W\d]+", name.lower())]
    days = {day.rstrip("s") for day in (*MONTHS, *WEEKDAYS)}
    return bool(parts) and all(part in days for part in parts)
