"""Words that mean the same in sales calls, in English and German, by stem."""

import re
from collections.abc import Iterator
from functools import lru_cache

from calls.enrichment.reading.patterns import sections, straight
from calls.enrichment.reading.words import words

_CONTRACTED = re.compile(r"'(?:s|re|ll|ve|d|m)$")
_PHRASE = re.compile(r'"([^"]+)"|(\S+)')


#: What options are called: narrower than what fields are.
OF_OPTIONS = {"phone", "email", "whatsapp", "sms", "post"}
#: The meanings of fields that hold an amount of money.
MONEY = frozenset({"money", "budget", "transfer", "salary", "revenue"})
_EXACT: dict[str, set[str]] = {}
_STEMS: list[tuple[str, str]] = []
_PHRASES: list[tuple[re.Pattern[str], str]] = []


def _load() -> None:
    """Read the lexicon into whole words, beginnings of words, and phrases."""
    for section, meanings_of_section in sections("synonyms").items():
        for line in meanings_of_section:
            meaning, _, said = line.partition(":")
            if section == "options":
                OF_OPTIONS.add(meaning)
            for quoted, word in _PHRASE.findall(said):
                if phrase := quoted or (word if "-" in word else ""):
                    _PHRASES.append((re.compile(rf"\b{re.escape(phrase)}\b"), meaning))
                elif word.endswith("*"):
                    _STEMS.append((word[:-1], meaning))
                else:
                    _EXACT.setdefault(word, set()).add(meaning)


_load()
_ENDINGS = (("ies", "y"), ("ing", ""), ("sses", "ss"), ("ed", ""), ("es", "e"), ("s", ""))


@lru_cache(8_192)
def meanings_of_word(key: str) -> frozenset[str]:
    """Return the meanings that one word can have."""
    key = _CONTRACTED.sub("", key)
    found = set(_EXACT.get(key, ()))
    found |= _EXACT.get(singular(key), set())
    found |= {meaning for stem, meaning in _STEMS if key.startswith(stem)}
    return frozenset(found)


def find_meanings(text: str) -> Iterator[tuple[str, int, int]]:
    """Return each meaning that occurs in a text, with where it is said."""
    lowered = straight(text.lower())
    for word in words(lowered):
        for meaning in meanings_of_word(word.key):
            yield meaning, word.start, word.end
    for pattern, meaning in _PHRASES:
        for match in pattern.finditer(lowered):
            yield meaning, match.start(), match.end()


@lru_cache(8_192)
def meanings(text: str) -> frozenset[str]:
    """Return the meanings that occur in a text."""
    return frozenset(meaning for meaning, _, _ in find_meanings(text))


def singular(key: str) -> str:
    """Return a word without the ending that makes it plural, or that a verb takes."""
    for ending, instead in (
        ("ies", "y"),
        ("ing", ""),
        ("sses", "ss"),
        ("ed", ""),
        ("es", "e"),
        ("s", ""),
    ):
        if key.endswith(ending) and len(key) - len(ending) >= 3 and not key.endswith("ss"):
            return key[: -len(ending)] + instead
    return key


def stem_of(key: str) -> str:
    """Return what the forms of a word begin with alike: service, serviced, servicing."""
    one = singular(key)
    return one[:-1] if len(one) > 4 and one.endswith("e") else one


def same_stem(one: str, other: str) -> bool:
    """Return whether two words are forms of one."""
    return one == other or singular(one) == singular(other)
