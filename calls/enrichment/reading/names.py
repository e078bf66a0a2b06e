"""Names in a text: of people, firms, places and things, by their capitals and their neighbours."""

import re
from collections.abc import Iterator

from calls.enrichment.reading.calendar_words import MONTHS, WEEKDAYS
from calls.enrichment.reading.patterns import lines, straight
from calls.enrichment.reading.synonyms import meanings_of_word
from calls.enrichment.reading.words import Reading

#: Words that begin a sentence or a reply and are no names.
COMMON = frozenset(word for line in lines("common_words") for word in line.split())
_CAPITAL = r"(?:(?:St|Mt|Ft)\.\s?)?(?:[A-ZÄÖÜÉ](?:\.(?=\s?[A-ZÄÖÜÉ]))?[\w'’&-]*)"
_INNER = r"(?:of|the|de|la|le|van|del|and|&|y)"
_STATES = (
    "AB|BC|ON|QC|A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|"
    "U[AKST]|V[AT]|W[AIVY]"
)
_NAME = re.compile(
    rf"(?:\d+\s+(?:\w+\s+)?(?={_CAPITAL}))?{_CAPITAL}(?:(?:\s+|\s*&\s*)(?:{_INNER}\s+){{0,2}}(?:{_CAPITAL}|#\s?\d+\w?\b))*"
    rf"(?:(?<=\bPier|\bGate|\bHall|\bUnit)\s\d+\b|(?<=Terminal|Building)\s\d+\b)?"
    rf"(?:,\s*(?:{_STATES})\b)?"
)


def find_names(text: str) -> list[Reading]:
    """Return the runs of capitalised words that name something."""
    return list(_names(text))


def _names(text: str) -> Iterator[Reading]:
    for match in _NAME.finditer(text):
        start, end = match.span()
        start, end = _trimmed(text, start, end)
        name = text[start:end]
        if name and not _is_calendar(name) and not _is_no_name(name):
            yield Reading(name, start, end)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the name without common words before and behind it: "Hi Laura", "Yes Berlin".

    Within a sentence a capital makes any word a name's: "called House of Fraser".
    """
    while start < end and (not text[:start].strip() or re.search(r"[.!?,:]\s*$", text[:start])):
        first = re.match(r"[\w'’&.-]+[\s,]*", text[start:end])
        if first is None or not is_common(first[0].strip(" ,.")):
            break
        start += first.end()
    start += len(_FIRM.match(text[start:end])[0])  # type: ignore[index]
    while start < end:
        last = re.search(r"[\s,]+([\w'’&.#-]+)$", text[start:end])
        if last is None or not (last[1].lower() in _NEVER_LAST or _is_calendar(last[1])):
            break
        end = start + last.start()
    return start, end


_NEVER_LAST = frozenset("i please thanks thank and but yes no ok okay is for on at in to".split())
_FIRM = re.compile(r"(?:(?:die |der )?(?:Firma|Firmen)\s+)?")


_CONTRACTED = re.compile(r"(?:'(?:ll|re|ve|d|s|m)|n't)$")


def is_common(word: str) -> bool:
    """Return whether a word is of everyday, contracted ones such as "they'll" among them."""
    plain = straight(word.lower())
    return plain in COMMON or _CONTRACTED.sub("", plain) in COMMON


def _is_calendar(name: str) -> bool:
    parts = [part.rstrip("s") for part in re.findall(r"[^\W\d]+", name.lower())]
    days = {day.rstrip("s") for day in (*MONTHS, *WEEKDAYS)}
    return bool(parts) and all(part in days for part in parts)


def _is_no_name(name: str) -> bool:
    """Whether all are common words, or letters that are spelled."""
    parts = name.split()
    is_spelled = len(parts) > 1 and all(len(part) == 1 for part in parts)
    return is_spelled or all(map(is_common, parts))


_PLACE = re.compile(
    r"\b(?:in|from|near|around|nach|aus|(?:go|going|get|fly|flying|travel\w*|heading|bus|train|flight|ride|trip|drive)"
    r" to)\s+(?P<place>[a-z]{2,}(?:,?\s[a-z]{2,}){0,2}?)"
    r"(?=\s*(?:$|[.?!;]|,\s*(?!or\b|[a-z]{2}\b)|\b(?:on|in|at|to|from|for|and|with|please|by|around|that|which)\b))"
)


def find_uncapped_places(text: str) -> list[Reading]:
    """Return what follows "in" or "to" and is no everyday word, where nobody writes capitals."""
    return [
        Reading(match["place"], match.start("place"), match.end("place"))
        for match in _PLACE.finditer(text)
        if not any(is_known(word) for word in re.findall(r"[^\W\d]+", match["place"])[:2])
    ]


def is_known(word: str) -> bool:
    """Return whether a word is one of everyday or of sales calls, so no name of a place."""
    return is_common(word) or bool(meanings_of_word(word)) or _is_calendar(word)
