"""How well a candidate fits a field: by the question it answers and by the words around it."""

import re
from collections.abc import Sequence

from calls.enrichment.extractors.offline.asking import (
    fits,
    is_closed,
    wants_day,
    wants_place,
)
from calls.enrichment.extractors.offline.candidates import Candidate
from calls.enrichment.extractors.offline.counting import counted
from calls.enrichment.extractors.offline.encoder import Meaning
from calls.enrichment.extractors.offline.exchanges import Exchange, sentence_around
from calls.enrichment.extractors.offline.kinds import Heading, Kind
from calls.enrichment.extractors.offline.profiles import Profile
from calls.enrichment.extractors.offline.relating import PLAIN, relatedness
from calls.enrichment.findings import Conversation, TargetField
from calls.enrichment.reading import yes_no
from calls.enrichment.reading.choices import find_choices
from calls.enrichment.reading.patterns import any_of, sections
from calls.enrichment.reading.typed import find_values
from calls.enrichment.reading.words import words
from crm.records.values import FieldType

_NEAR_BEFORE: Sequence[float] = (1.0, 0.9, 0.75, 0.6, 0.5, 0.4)
_NEAR_AFTER = (1.0, 0.85, 0.7, 0.5, 0.4)
_IN_SENTENCE = 0.3
_IN_TURN = 0.15
_PREPOSITIONS = frozenset("from to in at of on for by until von nach in bis bei aus zu".split())


# How surely none, one or more named options tell it.
_NAMED = {0: 0.0, 1: 0.4}
# So many words may stand before a value that replaces another without a "no".
_LONGEST_LEAD = 2
# What it says for a date that the question, whatever it is about, asks for a day.
_FOR_A_DAY = 0.3
# Likewise of a place, for the end of a way that is asked for.
_FOR_A_PLACE = 0.5


# How much the words right before a text may say alone that it is of its kind.
_BY_FIT = {
    Kind.PERSON: 0.6,
    Kind.JOB: 0.7,
    Kind.TIMEZONE: 0.6,
    Kind.CUISINE: 0.4,
    Kind.COMPANY: 0.65,
    Kind.CREATOR: 0.65,
}
_CONTEXTS = sections("contexts")
_AT_PLACE = any_of(_CONTEXTS["at place"])
_IN_PLACE = any_of(_CONTEXTS["in place"])
_AT_VENUE = re.compile(r"\bat\s+(?:the\s+)?$", re.IGNORECASE)
_CITY = re.compile(r"\b(?:city|town|stadt|ort)\b", re.IGNORECASE)
_BY_CREATOR = any_of(_CONTEXTS["before creator"])
_FROM_PLACE = any_of(_CONTEXTS["from place"])
_TO_PLACE = any_of(_CONTEXTS["to place"])
_SENDS = any_of(_CONTEXTS["sends"])


# A question that is at least somewhat about a field.
_ABOUT = 0.3


class Weigher:
    """Weighs the words of a text by how near they stand to a place in it."""

    def __init__(
        self, text: str, start: int, end: int, others: Sequence[tuple[int, int]] = ()
    ) -> None:
        self.text, self.start, self.end = text, start, end
        self.sentence = sentence_around(text, start, end)
        self.others = [place for place in others if place[1] <= start or place[0] >= end]

    def __call__(self, start: int, end: int) -> float:
        """Return the weight of the word at a place."""
        if self.start <= start and end <= self.end:
            return _IN_SENTENCE
        inside = self.sentence[0] <= start < self.sentence[1]
        if end <= self.start:
            gap = words(self.text[end : self.start])
            near, is_parted = _NEAR_BEFORE, any(start <= at for _, at in self._ends_before(end))
        else:
            gap = words(self.text[self.end : start])
            near, is_parted = _NEAR_AFTER, any(self.end <= at <= start for at, _ in self.others)
        distance = sum(1 for word in gap if word.key[0].isalnum())
        if self.text[start:end].lower() in _PREPOSITIONS:
            return 1.0 if end <= self.start and distance == 0 and inside else 0.0
        if not inside:
            return _IN_TURN
        weight = near[distance] if distance < len(near) else _IN_SENTENCE
        return weight * (0.4 if is_parted else 1.0)

    def _ends_before(self, end: int) -> list[tuple[int, int]]:
        return [(begin, at) for begin, at in self.others if end <= begin and at <= self.start]


def local(
    profile: Profile, text: str, start: int, end: int, others: Sequence[tuple[int, int]]
) -> float:
    """Return how much the words around a place speak of the field."""
    return relatedness(profile, text, Weigher(text, start, end, others))


def asked(profile: Profile, exchange: Exchange, meaning: Meaning | None) -> float:
    """Return how much the question before a reply speaks of the field, by words or by meaning."""
    if not exchange.asked:
        return 0.0
    found = [
        relatedness(profile, question)
        * fits(profile, question)
        * (1.0 if question == exchange.questions[-1] else 0.9)
        for question in exchange.questions
    ]
    by_words = max([*found, 0.5 * relatedness(profile, exchange.asked)])
    if profile.field.type == FieldType.SELECT:
        by_words = max(by_words, _by_options(profile.field, exchange))
    if profile.field.type == FieldType.DATE and by_words and wants_day(exchange.questions):
        by_words = together(by_words, _FOR_A_DAY)
    if by_words >= PLAIN or not exchange.questions or meaning is None:
        return by_words
    last = exchange.questions[-1]
    return max(by_words, meaning.of(last, profile.field) * fits(profile, last))


def _by_options(field: TargetField, exchange: Exchange) -> float:
    """Return how surely a question that names options of the field is about it."""
    question = exchange.questions[-1] if exchange.questions else ""
    named = {reading.value for reading in find_choices(question, field.options)}
    return _NAMED.get(len(named), 1.0)


def said_back(
    profile: Profile, candidate: Candidate, conversation: Conversation, field: TargetField
) -> float:
    """Return how much the other side, saying the value back, speaks of the field around it."""
    best = 0.0
    following = conversation.turns[candidate.exchange.turn + 1 :]
    for turn in following:
        if turn.is_contacts:
            continue
        for start, end, others in _same_value(turn.text, candidate, conversation, field):
            best = max(best, local(profile, turn.text, start, end, others))
    return best


def _same_value(
    text: str, candidate: Candidate, conversation: Conversation, field: TargetField
) -> list[tuple[int, int, list[tuple[int, int]]]]:
    if field.type in {FieldType.TEXT, FieldType.TEXTAREA}:
        at = text.lower().find(str(candidate.value).lower())
        return [(at, at + len(str(candidate.value)), [])] if at >= 0 else []
    readings = find_values(text, field, conversation)
    others = [(reading.start, reading.end) for reading in readings]
    return [
        (reading.start, reading.end, others)
        for reading in readings
        if reading.value == candidate.value
    ]


def corrected(
    profile: Profile, candidate: Candidate, conversation: Conversation, field: TargetField
) -> float:
    """Return how much a value speaks of the field that the contact replaces by another."""
    exchange = candidate.exchange
    if yes_no.answer(exchange.text) is True or field.type == FieldType.TEXT:
        return 0.0
    lead = [word for word in words(exchange.text[: candidate.start]) if word.key[0].isalnum()]
    if len(lead) > _LONGEST_LEAD and not yes_no.refuses(exchange.text[: candidate.start]):
        return 0.0
    readings = find_values(exchange.asked, field, conversation)
    others = [(reading.start, reading.end) for reading in readings]
    return max(
        (local(profile, exchange.asked, start, end, others) for start, end in others), default=0.0
    )


def text_score(profile: Profile, candidate: Candidate, score: float, question: float) -> float:
    """Return how well a text fits, by what sort of text the field wants."""
    if profile.kind is Kind.PLACE:
        return _place_score(profile, candidate, score, question)
    before = candidate.exchange.text[: candidate.start]
    if profile.kind is Kind.PROVIDER and not candidate.fit and _AT_PLACE.search(before):
        return 0.2 * score
    if profile.kind is Kind.NAME:
        score *= 0.5 if _IN_PLACE.search(before) else 0.2 if _BY_CREATOR.search(before) else 1.0
    if not candidate.fit and not _is_answer(candidate, question):
        score *= 0.5
    if profile.kind is Kind.AMOUNT:
        return score * counted(profile, candidate, question)
    if profile.kind is Kind.PROVIDER and candidate.fit and question >= _ABOUT:
        return together(score, 0.5)
    if profile.kind is Kind.TIME and profile.is_alone:
        score = together(score, 0.4)
    return together(score, _BY_FIT.get(profile.kind or Kind.OTHER, 0.3) * candidate.fit)


def _is_answer(candidate: Candidate, question: float) -> bool:
    """Return whether a text answers a question about its field, by more than yes or no.

    A name may follow a yes: "Do you use anything?" "Yes, Xero."
    """
    if question < _ABOUT:
        return False
    is_name = str(candidate.value)[:1].isupper()
    questions = candidate.exchange.questions
    return is_name or not questions or not is_closed(questions[-1])


def _place_score(profile: Profile, candidate: Candidate, score: float, question: float) -> float:
    """Return how well a place fits: "from" and "to" tell the two ends of a way apart."""
    before = candidate.exchange.text[: candidate.start]
    if _CITY.search(profile.field.label) and _AT_VENUE.search(before):
        return 0.3 * score
    is_from, is_to = bool(_FROM_PLACE.search(before)), bool(_TO_PLACE.search(before))
    if is_to and _SENDS.search(before):
        return 0.2 * score
    if profile.heading is not None and (is_from or is_to):
        fits = is_from if profile.heading is Heading.FROM else is_to
        return together(score, 0.5) if fits else 0.2 * score
    if profile.heading is None and profile.is_alone and candidate.fit:
        score = together(score, 0.5)
    questions = candidate.exchange.questions
    if profile.heading is not None and wants_place(questions, profile.heading):
        return together(score, _FOR_A_PLACE)
    if str(candidate.value).islower() and question < _ABOUT:
        score *= 0.6
    is_all = 2 * len(candidate.quote) > len(candidate.exchange.text)
    if candidate.fit:
        return together(score, 0.3)
    return score if is_all and question >= PLAIN else 0.8 * score


def together(*parts: float) -> float:
    """Return how sure several signs make it, each of which may be enough."""
    doubt = 1.0
    for part in parts:
        doubt *= 1.0 - min(1.0, part)
    return 1.0 - doubt
