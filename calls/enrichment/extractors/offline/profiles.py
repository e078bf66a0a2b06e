"""What a field is about: the words of its label, key and description, each with its weight."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from calls.enrichment.extractors.offline.kinds import Heading, Kind, heading_of, kind_of
from calls.enrichment.findings import TargetField
from calls.enrichment.reading.synonyms import find_meanings, meanings_of_word, singular
from calls.enrichment.reading.words import words
from crm.records.values import FieldType

#: Words that say nothing of a field's matter, and those that say only what type it has.
_EMPTY = frozenset(
    """a an the is are was be of for in on at by with and or not this that their its it must
    whether if contact prospect customer customers they today der die das des ist und für von mit
    ob noch im am""".split()
)
_OF_TYPE = frozenset(
    """number date wanted needed preference preferred type has wants needs count size full first
    last contact only ok city town place area location asked again yes no value name options allowed
    suitable entry room maker must works bevorzugt gewünscht anzahl""".split()
)
_QUALIFIERS = frozenset(
    """annual yearly monthly weekly current present main planned preferred average total biggest
    next last new own agreed estimated aktuell aktueller jährlich geplant""".split()
)
_WEIGHT_OF_TYPE = 0.3
_WEIGHT_OF_QUALIFIER = 0.4
_WEIGHT_OF_KEY = 0.6
_WEIGHT_OF_DESCRIPTION = 0.35


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
            Part(stem, meant, weight / shared[stem] ** 0.5)
            for stem, (meant, weight) in stems[field.key].items()
        ]
        total = sum(part.weight for part in parts if part.weight > _WEIGHT_OF_DESCRIPTION) or sum(
            part.weight for part in parts
        )
        profiles[field.key] = Profile(field, parts, total or 1.0, *_sort_of(field, alike))
    return profiles


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
    named = (
        (label, 1.0),
        (key.replace("_", " "), _WEIGHT_OF_KEY),
        (description, _WEIGHT_OF_DESCRIPTION),
    )
    for text, scale in named:
        phrases = [(meaning, start, end) for meaning, start, end in find_meanings(text)]
        for word in words(text):
            stem = singular(word.key)
            if not word.key[0].isalpha() or word.key in _EMPTY or _is_known(stem, found):
                continue
            meant = meanings_of_word(word.key) | {
                meaning for meaning, start, end in phrases if start <= word.start < end
            }
            weight = 1.0
            if word.key in _OF_TYPE | _QUALIFIERS:
                weight = _WEIGHT_OF_TYPE if word.key in _OF_TYPE else _WEIGHT_OF_QUALIFIER
            found[stem] = (meant, weight * scale)
    return tuple((stem, *rest) for stem, rest in found.items())


def _is_known(stem: str, found: Iterable[str]) -> bool:
    """Whether the word, or another form of it, is among those found: remote and remotely."""
    return any(stem == other or (len(stem) > 4 and other.startswith(stem)) for other in found)


def _stems(field: TargetField) -> dict[str, tuple[frozenset[str], float]]:
    label, key = field.label, field.key
    return {
        stem: (meant, weight) for stem, meant, weight in _stems_of(label, key, field.description)
    }
