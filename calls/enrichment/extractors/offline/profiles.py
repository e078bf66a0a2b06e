"""What a field is about: the words of its label, key and description, each with its weight."""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from calls.enrichment.extractors.offline.kinds import Heading, Kind, heading_of, kind_of
from calls.enrichment.findings import TargetField
from calls.enrichment.reading.synonyms import find_meanings, meanings_of_word, stem_of
from calls.enrichment.reading.words import words
from crm.records.values import FieldType

#: Words that say nothing of a field's matter, and those that say only what type it has.
_EMPTY = frozenset(
    """a an the is are was be been being of for in on at by with and or not no this that these their
    its it he she his her they them must should may can will do does did done how what when where
    which who whom whose why whether if then than as to from up out off over into about here there
    so such any some all each other another most more own you your we our us i my me
    contact prospect customer customers today per point points
    der die das des dem den ein eine ist sind sein und oder für von vom mit im in am an auf aus bei
    zu zum zur ob noch wie was wann wo wer welche wird werden hat haben sie ihr ihre
    er es""".split()
)
_OF_TYPE = frozenset(
    """percent number date wanted needed preference preferred type has wants needs count size full
    first use uses using wants want last contact only ok city town place area location asked again
    yes no value name options allowed suitable entry room maker must works bevorzugt gewünscht
    anzahl""".split()
)
_QUALIFIERS = frozenset(
    """company annual yearly monthly weekly current present main planned preferred average total
    biggest next last new own agreed estimated aktuell aktueller jährlich geplant""".split()
)
#: What many fields share because it tells whose they are.
_PREFIXES = frozenset({"company"})
# So near behind a number stands what it is counted by.
_RATE_WITHIN = 30
_WEIGHT_OF_TYPE = 0.3
_WEIGHT_OF_QUALIFIER = 0.4
_WEIGHT_OF_KEY = 0.6
_WEIGHT_OF_DESCRIPTION = 0.35
# However long a description is, it says at most this share of what the name says.
_MOST_OF_DESCRIPTION = 0.7
#: What a description says a field does not mean: "Not rented".
_DENIED = re.compile(r"\b(?:not|no|without|except|nicht|kein\w*|ohne)\b[^.;,]*", re.IGNORECASE)
#: "A day", "per month": how often something is counted, which is not what is counted.
_RATE = re.compile(
    r"\b(?:an?|per|pro|je|every|each)\s+(?P<unit>day|week|month|year|hour|tag|woche|monat|jahr)\b",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """A word of a field's name: what it means and how much it tells."""

    stem: str
    meanings: frozenset[str]
    weight: float


@dataclasses.dataclass(frozen=True, slots=True)
class Profile:
    """A field with the parts of its name.

    `kind` and `heading` are of a text only; `is_alone` where no other field of the call has both.
    """

    field: TargetField
    parts: Sequence[Part]
    total: float
    kind: Kind | None = None
    heading: Heading | None = None
    is_alone: bool = False

    @property
    def matter(self) -> frozenset[str]:
        """What the words mean that say what is counted: neither "company" nor "a month"."""
        heavy = [part for part in self.parts if part.weight > _WEIGHT_OF_QUALIFIER]
        return frozenset().union(*(part.meanings for part in heavy or self.parts))

    @property
    def meanings(self) -> frozenset[str]:
        """Everything that its label can mean."""
        return frozenset().union(*(part.meanings for part in self.parts))


def profiles_of(fields: Sequence[TargetField]) -> Mapping[str, Profile]:
    """Return the profile of each field; what many fields of the call share tells little of each."""
    stems = {field.key: _stems(field) for field in fields}
    alike: Counter[object] = Counter(
        (kind_of(field.label, field.key), heading_of(field.label, field.key))
        if field.type == FieldType.TEXT
        else field.type
        for field in fields
    )
    shared = Counter(stem for found in stems.values() for stem in found)
    profiles = {}
    for field in fields:
        parts = [
            Part(stem, meant, weight / (shared[stem] ** 0.5 if stem not in _PREFIXES else 1))
            for stem, (meant, weight) in stems[field.key].items()
        ]
        heavy = [part.weight for part in parts if part.weight > _WEIGHT_OF_DESCRIPTION]
        if not any(weight > _WEIGHT_OF_QUALIFIER for weight in heavy):
            heavy = [part.weight for part in parts] or [1.0]
        profiles[field.key] = Profile(field, parts, sum(heavy), *_sort_of(field, alike))
    return profiles


def other_rate(label: str, after: str) -> bool:
    """Return whether a label counts by the day, say, and the words behind a number by the hour."""
    named, said = _RATE.search(label), _RATE.search(after[:_RATE_WITHIN])
    return bool(named and said and named["unit"].lower() != said["unit"].lower())


def _sort_of(
    field: TargetField, alike: Counter[object]
) -> tuple[Kind | None, Heading | None, bool]:
    if field.type != FieldType.TEXT:
        return None, None, alike[field.type] == 1
    kind, heading = kind_of(field.label, field.key), heading_of(field.label, field.key)
    return kind, heading, alike[kind, heading] == 1


@lru_cache(4_096)
def _stems_of(
    label: str, key: str, description: str
) -> tuple[tuple[str, frozenset[str], float], ...]:
    found: dict[str, tuple[frozenset[str], float]] = {}
    for text, scale in ((label, 1.0), (key.replace("_", " "), _WEIGHT_OF_KEY)):
        for stem, meant, weight in _words_of(text):
            if not _is_known(stem, found):
                found[stem] = meant, weight * scale
    named = sum(weight for _meant, weight in found.values()) or 1.0
    described = [
        (stem, meant, weight)
        for stem, meant, weight in _words_of(_DENIED.sub("", description))
        if not _is_known(stem, found)
    ]
    scale = min(_WEIGHT_OF_DESCRIPTION, _MOST_OF_DESCRIPTION * named / max(1, len(described)))
    for stem, meant, weight in described:
        found.setdefault(stem, (meant, weight * scale))
    return tuple((stem, *rest) for stem, rest in found.items())


def _words_of(text: str) -> Iterator[tuple[str, frozenset[str], float]]:
    """Return the words of a name that tell something: stem, meanings, and how much they tell."""
    phrases = list(find_meanings(text))
    rates = [match.span() for match in _RATE.finditer(text)]
    for word in words(text):
        if not word.key[0].isalpha() or word.key in _EMPTY:
            continue
        meant = meanings_of_word(word.key) | {
            meaning for meaning, start, end in phrases if start <= word.start < end
        }
        is_rate = any(start <= word.start < end for start, end in rates)
        weight = 1.0
        if word.key in _OF_TYPE:
            weight = _WEIGHT_OF_TYPE
        elif word.key in _QUALIFIERS or is_rate:
            weight = _WEIGHT_OF_QUALIFIER
        yield stem_of(word.key), meant, weight


def _is_known(stem: str, found: Iterable[str]) -> bool:
    """Whether the word, or another form of it, is among those found: remote and remotely."""
    return any(stem == other or (len(stem) > 4 and other.startswith(stem)) for other in found)


def _stems(field: TargetField) -> dict[str, tuple[frozenset[str], float]]:
    label, key = field.label, field.key
    return {
        stem: (meant, weight) for stem, meant, weight in _stems_of(label, key, field.description)
    }
