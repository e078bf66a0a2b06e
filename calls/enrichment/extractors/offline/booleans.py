"""Yes or no: the answer to a question about the field, or a statement of the contact's own."""

import re
from collections.abc import Iterator, Mapping, Sequence

from calls.enrichment.extractors.offline.exchanges import Exchange
from calls.enrichment.extractors.offline.profiles import Profile
from calls.enrichment.extractors.offline.relating import relatedness
from calls.enrichment.findings import Finding
from calls.enrichment.reading import yes_no
from calls.enrichment.reading.patterns import any_of, sections, straight
from calls.enrichment.reading.words import sentences
from crm.records.values import FieldType

_SECTIONS = {name: any_of(found) for name, found in sections("statements").items()}
_ENOUGH = 0.5


def answers(exchanges: Sequence[Exchange], profiles: Mapping[str, Profile]) -> Iterator[Finding]:
    """Return for each field of yes or no what the contact said last about it."""
    for profile in profiles.values():
        if profile.field.type != FieldType.BOOLEAN:
            continue
        found = [finding for exchange in exchanges for finding in _answers(profile, exchange)]
        if found:
            yield found[-1]


def _answers(profile: Profile, exchange: Exchange) -> Iterator[Finding]:
    stated = list(_statements(profile, exchange))
    if stated:
        yield stated[-1]
    elif (value := _reply(profile, exchange)) is not None:
        yield Finding(
            profile.field.key, value, exchange.text.strip(), exchange.turn, confidence=0.8
        )


def _reply(profile: Profile, exchange: Exchange) -> bool | None:
    """Return the reply to the last question, where that is about the field."""
    question = exchange.questions[-1] if exchange.questions else ""
    if relatedness(profile, question, enough=1.0) < _ENOUGH:
        return None
    if _SECTIONS["asks who"].search(question):
        return True if _SECTIONS["is me"].search(straight(exchange.text)) else None
    if _SECTIONS["asks openly"].search(question):
        return None
    return yes_no.answer(exchange.text)


def _statements(profile: Profile, exchange: Exchange) -> Iterator[Finding]:
    for start, end in sentences(exchange.text):
        sentence = exchange.text[start:end]
        if relatedness(profile, sentence, enough=1.0) < _ENOUGH or _only_asks(sentence):
            continue
        if yes_no.is_undecided(sentence):
            continue
        value = _polarity(sentence)
        yield Finding(profile.field.key, value, sentence, exchange.turn, confidence=0.7)


def _only_asks(sentence: str) -> bool:
    """Whether the contact asks about the other side's things instead of asking for something."""
    if not re.search(r"\?\s*$", sentence) and not _SECTIONS["asks first"].match(sentence):
        return False
    return not _SECTIONS["asks for"].search(sentence) or bool(
        _SECTIONS["asks about"].search(sentence)
    )


def _polarity(sentence: str) -> bool:
    said = yes_no.answer(sentence)
    return not yes_no.refuses(sentence) if said is None else said
