"""What sort of text a field wants, by what its label means."""

import enum
from collections.abc import Sequence
from functools import lru_cache

from calls.enrichment.reading.patterns import any_of, sections
from calls.enrichment.reading.synonyms import singular
from calls.enrichment.reading.words import words


class Kind(enum.Enum):
    """A sort of text that has a reader or a rule of its own; the first whose word a label has."""

    TIMEZONE = "timezone"
    POSTCODE = "postcode"
    TIME = "time"
    COMPANY = "company"
    JOB = "job"
    PROVIDER = "provider"
    CUISINE = "cuisine"
    PLACE = "place"
    AMOUNT = "amount"
    RECIPIENT = "recipient"
    CREATOR = "creator"
    PERSON = "person"
    NAME = "name"
    OTHER = "other"


_LABELS = sections("labels")
_BY_STEM = {kind: any_of(_LABELS[kind.value]) for kind in Kind if kind.value in _LABELS}
_PERSONAL = frozenset(
    {"full", "first", "last", "family", "contact", "person", "nachname", "vorname"}
)


#: What may stand beside "company" where the company itself is meant: not its size or address.
_BESIDE_COMPANY = frozenset("name current own new the of their your contact prospect".split())


def _firm(stems: Sequence[str]) -> set[str]:
    return {stem for stem in stems if _BY_STEM[Kind.COMPANY].fullmatch(stem)}


@lru_cache(1_024)
def kind_of(label: str, key: str) -> Kind:
    """Return the sort of text that a field of this label and key wants."""
    named = f"{label} {key.replace('_', ' ')}".lower().replace("time zone", "timezone")
    stems = [singular(word.key) for word in words(named) if word.key[0].isalpha()]
    if {"name", "nachname", "vorname"} & set(stems) and (
        _PERSONAL & set(stems) or set(stems) == {"name"}
    ):
        return Kind.PERSON
    for kind, pattern in _BY_STEM.items():
        if any(pattern.fullmatch(stem) for stem in stems):
            if kind is Kind.COMPANY and not _BESIDE_COMPANY.issuperset(set(stems) - _firm(stems)):
                continue
            return kind
    return Kind.OTHER


class Heading(enum.Enum):
    """Which end of a way a place is."""

    FROM = "from"
    TO = "to"


_FROM, _TO = any_of(_LABELS["from"]), any_of(_LABELS["to"])


@lru_cache(1_024)
def heading_of(label: str, key: str) -> Heading | None:
    """Return which end of a way a field of this label names, None where it names none."""
    if kind_of(label, key) is not Kind.PLACE:
        return None
    return Heading.FROM if _FROM.search(label) else Heading.TO if _TO.search(label) else None
