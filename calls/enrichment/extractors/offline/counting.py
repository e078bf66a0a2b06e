"""Whether a number counts what a field does: what stands behind it, and what was asked for."""

from collections.abc import Set

from calls.enrichment.extractors.offline.asking import asks_for_all
from calls.enrichment.extractors.offline.candidates import Candidate
from calls.enrichment.extractors.offline.profiles import Profile, other_rate
from calls.enrichment.extractors.offline.relating import PLAIN, mentions
from calls.enrichment.reading.synonyms import MONEY, stem_of
from calls.enrichment.reading.words import words

_CURRENCIES = ("$", "€", "£")
_NOT_COUNTED = frozenset(
    """from to in at of on for by until von nach in bis bei aus zu
    and or but is are was were please und oder right now a an per if i we you they it that this
    so then would should sounds works will ja nein sind ist wäre wir ich das pro im je maybe
    altogether total overall currently today roughly each all""".split()
)
_DURATIONS = frozenset(
    """year years month months week weeks day days night nights hour hours minute minutes second
    seconds jahr jahre jahren monat monate monaten woche wochen tag tage tagen stunde stunden
    minuten""".split()
)
# "One" counts a thing only where it answers a question for a number.
_ONE = frozenset({"one", "eins", "eine", "einen", "a single"})
# What a number is worth that counts something else, or that nobody asked for.
_IN_PASSING = 0.3
_OF_PEOPLE = frozenset({"team", "people", "passengers"})
_OF_DURATION = frozenset({"nights", "length", "time"})
# A word of a name that is no more than a qualifier.
_LIGHT = 0.4


def counted(profile: Profile, candidate: Candidate, question: float) -> float:
    """Return 0 where a number counts what the field does not: six days are no rooms.

    `question` says how much the question is about the field.
    """
    text, exchange = candidate.exchange.text, candidate.exchange
    before, after = text[: candidate.start].rstrip(), text[candidate.end :]
    if before.endswith(_CURRENCIES) or after.lstrip().startswith(_CURRENCIES):
        return 1.2 if profile.matter & MONEY else 0.1
    is_whole = not exchange.questions or asks_for_all(exchange.questions[-1])
    noun, meant = _noun_behind(after)
    if not noun:
        is_passing = candidate.quote.lower() in _ONE and (before or question <= PLAIN)
        return _IN_PASSING if is_passing or not is_whole else 1.0
    if _names_the_counted(profile, noun, meant):
        return 0.0 if other_rate(profile.field.label, after) else 1.2
    if meant & _OF_DURATION:
        return 0.0
    return _IN_PASSING if meant or not is_whole or question <= PLAIN else 1.0


def _names_the_counted(profile: Profile, noun: str, meant: Set[str]) -> bool:
    if any(part.stem == noun for part in profile.parts if part.weight > _LIGHT):
        return True
    is_of_people = "people" in meant and bool(profile.matter & _OF_PEOPLE)
    return is_of_people or bool(meant & profile.matter)


def _noun_behind(after: str) -> tuple[str, frozenset[str]]:
    """Return the first word behind a number that means anything, of two, else the first; "" none.

    Beside it stands what it means.
    """
    said = mentions(after)
    first = ""
    for word in words(after)[:2]:
        if not word.key[0].isalpha() or word.key in _NOT_COUNTED:
            break
        if word.key in _DURATIONS:
            return word.key, _OF_DURATION
        first = first or stem_of(word.key)
        here = [one.meanings for one in said if one.start == word.start]
        if meant := frozenset[str]().union(*here):
            return stem_of(word.key), meant
    return first, frozenset()
