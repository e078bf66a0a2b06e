"""Everything in a contact's words that could be the value of a field, by the field's type."""

import dataclasses
import re
from collections.abc import Callable, Iterator

from calls.enrichment.extractors.offline.exchanges import Exchange, sentence_around
from calls.enrichment.extractors.offline.kinds import Kind, kind_of
from calls.enrichment.findings import Conversation, TargetField
from calls.enrichment.reading.codes import find_postcodes, is_spelled
from calls.enrichment.reading.dates import find_dates
from calls.enrichment.reading.names import COMMON, find_names, find_uncapped_places, is_known
from calls.enrichment.reading.numbers import find_numbers
from calls.enrichment.reading.patterns import any_of, sections, straight
from calls.enrichment.reading.times import find_times
from calls.enrichment.reading.typed import find_values
from calls.enrichment.reading.words import Reading, without_overlaps, words
from crm.records.values import FieldType, Value

_SECTIONS = {name: any_of(found) for name, found in sections("contexts").items()}
_VALUES = {
    name: [any_of([pattern]) for pattern in found] for name, found in sections("values").items()
}
# Kinds of text that are names.
_NAMED = frozenset({Kind.COMPANY, Kind.PROVIDER, Kind.NAME, Kind.PLACE, Kind.OTHER})
_LONGEST_ANSWER = 7  # words


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """A value with its place, and how much its own words alone speak for the field (0 to 1)."""

    exchange: Exchange
    value: Value
    start: int
    end: int
    fit: float = 0.0

    @property
    def quote(self) -> str:
        """The words it was read from."""
        return self.exchange.text[self.start : self.end]


def candidates_in(
    exchange: Exchange, field: TargetField, conversation: Conversation
) -> list[Candidate]:
    """Return the values that the contact's turn offers for the field, without what it rejects."""
    if field.type == FieldType.TEXT:
        found = _texts(exchange, field)
    elif field.type == FieldType.TEXTAREA:
        found = _passages(exchange)
    else:
        found = (
            _typed(exchange, reading) for reading in _readings(exchange.text, field, conversation)
        )
    kept = [candidate for candidate in found if not is_rejected(candidate)]
    return _without_corrected(kept, exchange.text)


def _readings(text: str, field: TargetField, conversation: Conversation) -> list[Reading]:
    """Return the values of the field's type; a number within a date or a time is none."""
    readings = find_values(text, field, conversation)
    if field.type != FieldType.NUMBER or not readings:
        return readings
    parts = [*find_dates(text, conversation.day, conversation.region), *find_times(text)]
    return [
        reading
        for reading in readings
        if not any(reading.overlaps(part) for part in parts) and _counts(text, reading)
    ]


def _counts(text: str, reading: Reading) -> bool:
    """Return whether a number counts what there is: no year, no name, nothing supposed or added."""
    begin, finish = sentence_around(text, reading.start, reading.end)
    before, after = straight(text[begin : reading.start]), straight(text[reading.end : finish])
    is_year = re.fullmatch(r"(?:19|20)\d\d", text[reading.start : reading.end])
    return not (
        _SECTIONS["before year"].search(before)
        or (is_year and _SECTIONS["year before"].search(before))
        or _SECTIONS["uncounted before"].search(before)
        or _SECTIONS["uncounted after"].match(after)
    )


def _typed(exchange: Exchange, reading: Reading) -> Candidate:
    return Candidate(exchange, reading.value, reading.start, reading.end)


def is_rejected(candidate: Candidate) -> bool:
    """Return whether the words around a value turn it down: "not fifty", "July is too early"."""
    text, start, end = candidate.exchange.text, candidate.start, candidate.end
    begin, finish = sentence_around(text, start, end)
    before, after = straight(text[begin:start]), straight(text[end:finish])
    return bool(
        _SECTIONS["rejected before"].search(before) or _SECTIONS["rejected after"].match(after)
    )


def _without_corrected(found: list[Candidate], text: str) -> list[Candidate]:
    """Return the values without those that the contact corrects at once: "fifty, no, fifteen"."""
    kept = []
    for n, candidate in enumerate(found):
        following = found[n + 1 :]
        if not any(_corrects(text[candidate.end : other.start]) for other in following):
            kept.append(candidate)
    return kept


def _corrects(between: str) -> bool:
    return bool(_SECTIONS["corrects"].search(straight(between)))


def _passages(exchange: Exchange) -> Iterator[Candidate]:
    text = exchange.text.strip()
    if len(words(text)) >= 3:
        yield Candidate(exchange, text, exchange.text.index(text), len(exchange.text.rstrip()))


def _texts(exchange: Exchange, field: TargetField) -> Iterator[Candidate]:
    text, kind = exchange.text, kind_of(field.label, field.key)
    seen = set()
    for reading, fit in _of_kind(kind, text):
        place = (reading.start, reading.end)
        if place not in seen and not (kind in _NAMED and _is_german_noun(text, reading)):
            seen.add(place)
            yield Candidate(exchange, reading.value, reading.start, reading.end, fit)


def _is_german_noun(text: str, reading: Reading) -> bool:
    """Return whether a word has its capital only because German nouns have one."""
    before, name = text[: reading.start].lower(), str(reading.value)
    if " " in name:
        return False
    return bool(_SECTIONS["german article"].search(before)) or (
        bool(_SECTIONS["german preposition"].search(before)) and is_known(name.lower())
    )


def _of_kind(kind: Kind, text: str) -> Iterator[tuple[Reading, float]]:
    """Return the texts that could be of a kind, each with how surely it is."""
    for reading in _matches(kind.value, text):
        yield reading, 1.0
    for reading in _READERS[kind](text):
        yield reading, _fit(kind, text, reading)


def _matches(section: str, text: str) -> list[Reading]:
    """Return the values of a section's patterns, without common words before them."""
    found = []
    for pattern in _VALUES.get(section, ()):
        for match in pattern.finditer(text):
            start, end = match.span("value")
            while lead := re.match(r"[\w']+\s+", text[start:end]):
                if lead[0].strip().lower() not in COMMON:
                    break
                start += lead.end()
            if text[start:end].lower() not in COMMON:
                found.append(Reading(text[start:end], start, end))
    return without_overlaps(found)


def _answer(text: str) -> list[Reading]:
    """Return what a short reply says, without the words that lead to it: "It's in Leeds, yes"."""
    first = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]
    start, end = 0, len(first.rstrip(" .!?,"))
    lead = _SECTIONS["lead"].match(straight(first))
    if lead:
        start = lead.end()
    if at := _SECTIONS["at work"].search(straight(first[start:end])):
        end = start + at.start()
    trail = _SECTIONS["trail"].search(straight(first[start:end]))
    if trail:
        end = start + trail.start()
    answer = first[start:end].strip()
    said = [word for word in words(answer) if word.key[0].isalnum()]
    if not said or len(said) > _LONGEST_ANSWER or all(word.key in COMMON for word in said):
        return []
    start = first.index(answer, start)
    return [Reading(answer, start, start + len(answer))]


def short_answer(text: str) -> list[Reading]:
    """Return what a reply of at most three words without digits says."""
    return [
        one
        for one in _answer(text)
        if len(text[one.start : one.end].split()) <= 3
        and not re.search(r"\d", text[one.start : one.end])
    ]


def _uncapped(text: str) -> list[Reading]:
    """Return a short answer of unknown words in a transcript that writes names without capitals."""
    if text[1:] != text[1:].lower():
        return []
    return [one for one in short_answer(text) if not any(map(is_known, str(one.value).split()))]


def _fit(kind: Kind, text: str, reading: Reading) -> float:
    """Return how much the words right before a name say that it is of this kind."""
    begin, finish = sentence_around(text, reading.start, reading.end)
    before, after = straight(text[begin : reading.start]), straight(text[reading.end : finish])
    section = f"before {kind.value}"
    if section in _SECTIONS and _SECTIONS[section].search(before):
        return 1.0
    section = f"after {kind.value}"
    return 1.0 if section in _SECTIONS and _SECTIONS[section].match(after) else 0.0


def _people(text: str) -> list[Reading]:
    """Return names; where the transcript writes capitals, "It's running" holds none."""
    if is_spelled(text):
        return []
    has_capitals = text != text.lower()
    answers = [
        one for one in short_answer(text) if not has_capitals or str(one.value)[:1].isupper()
    ]
    return [*find_names(text), *answers]


def _places(text: str) -> list[Reading]:
    return find_names(text) or find_uncapped_places(text) or _uncapped(text)


def amounts(text: str) -> list[Reading]:
    """Return numbers as they are said: the field is a text."""
    return [
        Reading(text[one.start : one.end], one.start, one.end)
        for one in find_numbers(text)
        if _counts(text, one)
    ]


def _names(text: str) -> list[Reading]:
    return find_names(text) or _uncapped(text)


def _anything(text: str) -> list[Reading]:
    return find_names(text) or _answer(text)


_READERS: dict[Kind, Callable[[str], list[Reading]]] = {
    Kind.TIMEZONE: lambda text: [],
    Kind.POSTCODE: find_postcodes,
    Kind.TIME: find_times,
    Kind.COMPANY: _names,
    Kind.JOB: _answer,
    Kind.PROVIDER: _names,
    Kind.CUISINE: _anything,
    Kind.PLACE: _places,
    Kind.AMOUNT: amounts,
    Kind.RECIPIENT: _people,
    Kind.CREATOR: _names,
    Kind.PERSON: _people,
    Kind.NAME: _names,
    Kind.OTHER: _anything,
}
