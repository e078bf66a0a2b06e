"""How much a text speaks of a field: the words of its name that occur, by stem or by meaning."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from calls.enrichment.extractors.offline.profiles import Part, Profile
from calls.enrichment.reading.names import is_common
from calls.enrichment.reading.patterns import straight
from calls.enrichment.reading.synonyms import find_meanings, meanings_of_word, stem_of
from calls.enrichment.reading.words import words

#: What is said of a field plainly; below it an encoder, which takes time, may know more.
PLAIN = 0.5
# A word of another form is worth less than the word itself.
_BY_MEANING = 0.8
# Of a field's name, this share is enough.
_ENOUGH = 0.6


@dataclasses.dataclass(frozen=True, slots=True)
class Mention:
    """A word of a text with everything it can mean."""

    stem: str
    meanings: frozenset[str]
    start: int
    end: int


@lru_cache(4_096)
def mentions(text: str) -> Sequence[Mention]:
    """Return the words of a text that can mean something, phrases included."""
    lowered = straight(text.lower())
    phrases = [found for found in find_meanings(lowered) if " " in lowered[found[1] : found[2]]]
    singles = [
        Mention(stem_of(word.key), meanings_of_word(word.key), word.start, word.end)
        for word in words(lowered)
        if word.key[0].isalnum()
    ]
    joined = [Mention("", frozenset({meaning}), start, end) for meaning, start, end in phrases]
    return [*singles, *joined]


def coverage(profile: Profile, text: str) -> float:
    """Return which share of a text's words that say something are about the field."""
    said = [
        mention
        for mention in mentions(text)
        if mention.stem and not is_common(text[mention.start : mention.end])
    ]
    joined = [mention for mention in mentions(text) if not mention.stem]
    about = [mention for mention in said if _is_about(profile, mention, joined)]
    return len(about) / len(said) if said else 1.0


def touches(profile: Profile, text: str) -> bool:
    """Return whether a text says a word of the field's name that tells more than its type."""
    heaviest = max((part.weight for part in profile.parts), default=0.0)
    heavy = [part for part in profile.parts if 2 * part.weight > heaviest]
    return any(_is_meant(part, (mention,)) for part in heavy for mention in mentions(text))


def _is_about(profile: Profile, mention: Mention, joined: Sequence[Mention]) -> bool:
    """Whether a word, or a phrase that it belongs to, occurs in the field's name or means it."""
    around = [one for one in joined if one.start <= mention.start and mention.end <= one.end]
    return any(_is_meant(part, (mention, *around)) for part in profile.parts)


def _is_meant(part: Part, said: Iterable[Mention]) -> bool:
    return any(part.stem == one.stem or part.meanings & one.meanings for one in said)


def everywhere(start: int, end: int) -> float:
    """Weigh all words of a text alike."""
    return 1.0


def relatedness(
    profile: Profile,
    text: str,
    weigh: Callable[[int, int], float] = everywhere,
    enough: float = _ENOUGH,
) -> float:
    """Return from 0 to 1 how much of the field's name a text says; `weigh` weighs its words.

    `enough` is the share of the name that counts as all of it.
    """
    said = [(mention, weigh(mention.start, mention.end)) for mention in mentions(text)]
    matched = 0.0
    for part in profile.parts:
        best = 0.0
        for mention, weight in said:
            if weight <= best:
                continue
            if mention.stem == part.stem:
                best = weight
            elif shared := part.meanings & mention.meanings:
                best = max(
                    best, weight * _BY_MEANING * (len(shared) / len(mention.meanings)) ** 0.15
                )
        matched += part.weight * best
    return min(1.0, matched / max(0.3, enough * profile.total))
