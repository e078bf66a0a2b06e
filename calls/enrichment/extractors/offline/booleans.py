"""Yes or no: the answer to a question about the field, or a statement of the contact's own."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set

from calls.enrichment.extractors.offline.encoder import Meaning
from calls.enrichment.extractors.offline.exchanges import Exchange
from calls.enrichment.extractors.offline.profiles import Profile
from calls.enrichment.extractors.offline.relating import coverage, relatedness, touches
from calls.enrichment.findings import Finding
from calls.enrichment.reading import yes_no
from calls.enrichment.reading.patterns import any_of, sections, straight
from calls.enrichment.reading.stating import DECISION, clauses_of, names_another, states
from calls.enrichment.reading.words import sentences
from crm.records.values import FieldType

_SECTIONS = {name: any_of(found) for name, found in sections("statements").items()}
_ENOUGH = 0.5
# Where a question is about little else, less of the field's name is enough.
_SOME = 0.3
_LEAST_SHARE = 0.34
_NEARLY = 0.8
# The encoder has to be surer than words, which no reply of the field's type can support here.
_SURE = 1.0


def answers(
    exchanges: Sequence[Exchange], profiles: Mapping[str, Profile], meaning: Meaning | None
) -> Iterator[Finding]:
    """Return for each field of yes or no what the contact said last about it."""
    flags = [each for each in profiles.values() if each.field.type == FieldType.BOOLEAN]
    asked = [_asked(flags, exchange, meaning) for exchange in exchanges]
    for profile in flags:
        found = [
            finding
            for exchange, keys in zip(exchanges, asked, strict=True)
            for finding in _answers(profile, exchange, profile.field.key in keys)
        ]
        if found:
            yield found[-1]


def _answers(profile: Profile, exchange: Exchange, is_asked: bool) -> Iterator[Finding]:
    if is_asked and (value := _reply(profile, exchange)) is not None:
        yield Finding(
            profile.field.key, value, exchange.text.strip(), exchange.turn, confidence=0.8
        )
        return
    enough = _SOME if is_asked else _ENOUGH
    yield from list(_statements(profile, exchange, enough))[-1:]


def _reply(profile: Profile, exchange: Exchange) -> bool | None:
    """Return the reply to the last question."""
    question, text = exchange.questions[-1], straight(exchange.text)
    asks_who = _SECTIONS["asks who"].search(question)
    if (asks_who or DECISION in profile.meanings) and names_another(text):
        return False
    if asks_who:
        return True if _SECTIONS["is me"].search(text) else None
    if _SECTIONS["asks openly"].search(question):
        return None
    return yes_no.answer(text)


def _asked(flags: Sequence[Profile], exchange: Exchange, meaning: Meaning | None) -> Set[str]:
    """Return the fields that the last question is about: the nearest, and what is as near."""
    if not exchange.questions:
        return frozenset()
    question = exchange.questions[-1]
    shares = {each.field.key: _share(each, question) for each in flags}
    if meaning is not None and not any(shares.values()):
        near = {each.field.key: meaning.of(question, each.field) for each in flags}
        return {key for key, sure in near.items() if sure >= _SURE}
    best = max(shares.values(), default=0.0)
    return {key for key, share in shares.items() if share and share >= _NEARLY * best}


def _share(profile: Profile, question: str) -> float:
    """Return the share of a question that is about the field, 0 where it is too small."""
    if not touches(profile, question):
        return 0.0
    sure, share = relatedness(profile, question, enough=1.0), coverage(profile, question)
    if (sure >= _ENOUGH and share >= _LEAST_SHARE) or (sure >= _SOME and share >= _ENOUGH):
        return share
    return 0.0


def _statements(profile: Profile, exchange: Exchange, enough: float) -> Iterator[Finding]:
    for start, end in sentences(exchange.text):
        sentence = exchange.text[start:end]
        if not _speaks(profile, sentence, enough) or _only_asks(sentence):
            continue
        if DECISION in profile.meanings and not _says_who_decides(sentence):
            continue
        clauses = clauses_of(sentence) or [sentence]
        about = max(clauses, key=lambda clause: relatedness(profile, clause, enough=1.0))
        quote = about if _speaks(profile, about, enough) else sentence
        if not yes_no.is_undecided(quote):
            value = states(quote, profile.meanings)
            yield Finding(profile.field.key, value, quote, exchange.turn, confidence=0.7)


def _says_who_decides(sentence: str) -> bool:
    return names_another(sentence) or bool(_SECTIONS["decides"].search(straight(sentence)))


def _speaks(profile: Profile, text: str, enough: float) -> bool:
    return touches(profile, text) and relatedness(profile, text, enough=1.0) >= enough


def _only_asks(sentence: str) -> bool:
    """Whether the contact asks about the other side's things instead of asking for something."""
    if not re.search(r"\?\s*$", sentence) and not _SECTIONS["asks first"].match(sentence):
        return False
    return not _SECTIONS["asks for"].search(sentence) or bool(
        _SECTIONS["asks about"].search(sentence)
    )
