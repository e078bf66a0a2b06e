"""What sort of answer a question wants: a "when" asks for no number and a "who" for no day."""

import enum
from collections.abc import Mapping, Sequence
from functools import lru_cache

from calls.enrichment.extractors.offline.kinds import Heading, Kind
from calls.enrichment.extractors.offline.profiles import Profile
from calls.enrichment.findings import EMAIL, PHONE
from calls.enrichment.reading.patterns import any_of, sections, straight
from crm.records.values import FieldType


class Wanted(enum.Enum):
    """What an answer would be."""

    AMOUNT = "amount"
    DAY = "day"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    THING = "thing"
    YES_OR_NO = "yes or no"


_SECTIONS = {name: any_of(found) for name, found in sections("questions").items()}
_WANTED = {wanted: _SECTIONS[wanted.value] for wanted in Wanted}
# Where a question plainly wants something else, it says little of the field.
_ANOTHER_MATTER = 0.3
_FREE = frozenset({Wanted.THING, Wanted.YES_OR_NO})
_FITTING: Mapping[object, frozenset[Wanted]] = {
    FieldType.NUMBER: _FREE | {Wanted.AMOUNT},
    FieldType.DATE: _FREE | {Wanted.DAY, Wanted.AMOUNT},
    FieldType.SELECT: frozenset(Wanted),
    FieldType.TEXTAREA: _FREE | {Wanted.REASON},
    EMAIL: frozenset(Wanted),
    PHONE: frozenset(Wanted),
    Kind.TIME: _FREE | {Wanted.DAY},
    Kind.TIMEZONE: frozenset(Wanted),
    Kind.POSTCODE: frozenset(Wanted),
    Kind.PLACE: _FREE | {Wanted.PLACE},
    Kind.PERSON: frozenset({Wanted.PERSON, Wanted.THING}),
    Kind.RECIPIENT: frozenset({Wanted.PERSON, Wanted.THING}),
    Kind.COMPANY: _FREE | {Wanted.PERSON, Wanted.PLACE},
    Kind.AMOUNT: _FREE | {Wanted.AMOUNT},
    Kind.PROVIDER: _FREE | {Wanted.PERSON},
}
_OF_TEXTS = _FREE | {Wanted.PERSON, Wanted.PLACE, Wanted.REASON}


@lru_cache(4_096)
def wanted_by(question: str) -> frozenset[Wanted]:
    """Return what would answer a question; nothing where its words do not tell: "And yours?"."""
    said = straight(question.lower())
    return frozenset(wanted for wanted, pattern in _WANTED.items() if pattern.search(said))


def fits(profile: Profile, question: str) -> float:
    """Return how far the sort of answer that a question wants is the field's: 1 or little."""
    wanted = wanted_by(question)
    sort = profile.kind if profile.kind in _FITTING else profile.field.type
    fitting = _OF_TEXTS if sort == FieldType.TEXT else _FITTING.get(sort, _OF_TEXTS)
    if wanted and not wanted & fitting:
        return _ANOTHER_MATTER
    if profile.kind is Kind.COMPANY and _SECTIONS["own name"].search(straight(question.lower())):
        return _ANOTHER_MATTER
    return 1.0


def is_closed(question: str) -> bool:
    """Return whether yes or no is all that a question wants, whatever clauses it has."""
    if Wanted.YES_OR_NO not in wanted_by(question):
        return False
    return not _SECTIONS["and more"].search(straight(question.lower()))


def wants_place(questions: Sequence[str], heading: Heading) -> bool:
    """Return whether the last question asks for this end of a way, and not for the other."""
    said = straight(questions[-1].lower()) if questions else ""
    asked = {end for end in Heading if _SECTIONS[f"{end.value} place"].search(said)}
    return asked == {heading}


def wants_day(questions: Sequence[str]) -> bool:
    """Return whether the last question plainly asks when."""
    return bool(questions and _SECTIONS["when"].search(straight(questions[-1].lower())))


def asks_for_all(question: str) -> bool:
    """Return whether a question is about the whole: not about what is added, nor about a part."""
    said = straight(question.lower())
    return not (_SECTIONS["for more"].search(said) or _SECTIONS["of a part"].search(said))


def is_of_another(questions: Sequence[str]) -> bool:
    """Return whether the last question is about somebody who is not in the call."""
    return bool(questions and _SECTIONS["of another"].search(straight(questions[-1].lower())))
