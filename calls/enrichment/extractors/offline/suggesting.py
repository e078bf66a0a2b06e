"""Facts that no field holds: a plain question about something new, answered in a few words."""

from collections.abc import Iterator, Mapping, Sequence

from calls.enrichment.extractors.offline.candidates import amounts, short_answer
from calls.enrichment.extractors.offline.exchanges import Exchange
from calls.enrichment.extractors.offline.profiles import Profile
from calls.enrichment.extractors.offline.relating import relatedness
from calls.enrichment.findings import Suggestion
from calls.enrichment.reading import yes_no
from calls.enrichment.reading.patterns import any_of, sections, straight
from calls.enrichment.reading.words import sentences

_SECTIONS = sections("calls")
_QUESTIONS = [any_of([pattern]) for pattern in _SECTIONS["asks for a fact"]]
_NO_FACT = any_of(_SECTIONS["no fact"])
_RELATED = 0.3
_MOST = 5


def suggestions(exchanges: Sequence[Exchange], profiles: Mapping[str, Profile]) -> list[Suggestion]:
    """Return the new fields that a call suggests, with what the contact said."""
    return list(_suggested(exchanges, profiles))[:_MOST]


def _suggested(
    exchanges: Sequence[Exchange], profiles: Mapping[str, Profile]
) -> Iterator[Suggestion]:
    for exchange in exchanges:
        question = straight(exchange.questions[-1]).lower() if exchange.questions else ""
        label = _label(question)
        if not label or yes_no.answer(exchange.text) is False:
            continue
        if any(relatedness(profile, question) >= _RELATED for profile in profiles.values()):
            continue
        first = next((end for _start, end in sentences(exchange.text)), 0)
        numbers = [one for one in amounts(exchange.text) if one.end <= first]
        answers = numbers[:1] or short_answer(exchange.text)
        for answer in answers[:1]:
            said = exchange.text[answer.start : answer.end]
            yield Suggestion(label, said, said, exchange.turn)


def _label(question: str) -> str:
    for pattern in _QUESTIONS:
        if match := pattern.search(question):
            label = match["label"].strip()
            return "" if _NO_FACT.search(label) else label[:1].upper() + label[1:]
    return ""
