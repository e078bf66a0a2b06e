"""Yes or no: the answer to a question about the field, or a statement of the contact's own."""

import re
from collections.abc import Iterator, Mapping, Sequence

from calls.enrichment.extractors.offline.encoder import Meaning
from calls.enrichment.extractors.offline.exchanges import Exchange
from calls.enrichment.extractors.offline.profiles import Profile
from calls.enrichment.extractors.offline.relating import relatedness
from calls.enrichment.findings import Finding
from calls.enrichment.reading import yes_no
from calls.enrichment.reading.patterns import any_of, sections, straight
from calls.enrichment.reading.stating import clauses_of, states
from calls.enrichment.reading.words import sentences
from crm.records.values import FieldType

_SECTIONS = {name: any_of(found) for name, found in sections("statements").items()}
_ENOUGH = 0.5
# The encoder has to be surer than words, which no reply of the field's type can support here.
_SURE = 1.0


def answers(
    exchanges: Sequence[Exchange], profiles: Mapping[str, Profile], meaning: Meaning | None
) -> Iterator[Finding]:
    """Return for each field of yes or no what the contact said last about it."""
    for profile in profiles.values():
        if profile.field.type != FieldType.BOOLEAN:
            continue
        found = [
            finding for exchange in exchanges for finding in _answers(profile, exchange, meaning)
        ]
        if found:
            yield found[-1]


def _answers(profile: Profile, exchange: Exchange, meaning: Meaning | None) -> Iterator[Finding]:
    stated = list(_statements(profile, exchange))
    if stated:
        yield stated[-1]
    elif (value := _reply(profile, exchange, meaning)) is not None:
        yield Finding(
            profile.field.key, value, exchange.text.strip(), exchange.turn, confidence=0.8
        )


def _reply(profile: Profile, exchange: Exchange, meaning: Meaning | None) -> bool | None:
    """Return the reply to the last question, where that is about the field."""
    question = exchange.questions[-1] if exchange.questions else ""
    if not _is_about(profile, question, meaning):
        return None
    text = straight(exchange.text)
    if _SECTIONS["asks who"].search(question):
        if _SECTIONS["is another"].search(text):
            return False
        return True if _SECTIONS["is me"].search(text) else None
    if _SECTIONS["asks openly"].search(question):
        return None
    return yes_no.answer(text)


def _is_about(profile: Profile, question: str, meaning: Meaning | None) -> bool:
    if not question:
        return False
    if relatedness(profile, question, enough=1.0) >= _ENOUGH:
        return True
    return meaning is not None and meaning.of(question, profile.field) >= _SURE


def _statements(profile: Profile, exchange: Exchange) -> Iterator[Finding]:
    for start, end in sentences(exchange.text):
        sentence = exchange.text[start:end]
        if not _speaks(profile, sentence) or _only_asks(sentence):
            continue
        if "decision" in profile.meanings and _SECTIONS["is another"].search(straight(sentence)):
            yield Finding(profile.field.key, False, sentence, exchange.turn, confidence=0.7)
            continue
        clauses = clauses_of(sentence) or [sentence]
        about = max(clauses, key=lambda clause: relatedness(profile, clause, enough=1.0))
        quote = about if _speaks(profile, about) else sentence
        if not yes_no.is_undecided(quote):
            value = states(quote, profile.meanings)
            yield Finding(profile.field.key, value, quote, exchange.turn, confidence=0.7)


def _speaks(profile: Profile, text: str) -> bool:
    return relatedness(profile, text, enough=1.0) >= _ENOUGH


def _only_asks(sentence: str) -> bool:
    """Whether the contact asks about the other side's things instead of asking for something."""
    if not re.search(r"\?\s*$", sentence) and not _SECTIONS["asks first"].match(sentence):
        return False
    return not _SECTIONS["asks for"].search(sentence) or bool(
        _SECTIONS["asks about"].search(sentence)
    )
