"""Codes that are read out letter by letter: postcodes."""

import re

from calls.enrichment.reading.letters import spelled
from calls.enrichment.reading.numbers import small_number
from calls.enrichment.reading.words import Reading, Word, words

_UK = re.compile(r"([a-z]{1,2}\d[a-z\d]?)(\d[a-z]{2})")
_LOOSE = re.compile(r"([a-z]{1,2}\d[a-z\d]?[a-z]?)(\d[a-z]{2})")
_ZIP = re.compile(r"\d{5}(?:-?\d{4})?")
# Letters as recognised speech spells them.
_HEARD = dict(
    pair.split("=")
    for pair in """okay=k you=u are=r why=y see=c be=b bee=b tea=t pea=p queue=q cue=q jay=j kay=k
    ex=x age=h eye=i and=n""".split()
)
_NO_LETTERS = re.compile(r"[aeiou]{2}|^(?:the|its|and|yes)$")


def find_postcodes(text: str) -> list[Reading]:
    """Return the postcodes of the United Kingdom, the United States and Germany."""
    found = words(text)
    for at in range(len(found)):
        heard, end = _heard(found, at)
        for pattern in (_UK, _ZIP, _LOOSE):
            if match := pattern.fullmatch(heard):
                code = f"{match[1]} {match[2]}".upper() if match.lastindex else match[0]
                return [Reading(code, found[at].start, found[end - 1].end)]
    return []


def is_spelled(text: str) -> bool:
    """Return whether most of a text is letters that are read out: no word of it is a name."""
    found = [word.key for word in words(text) if word.key[0].isalnum()]
    return len(found) >= 3 and 2 * sum(len(key) <= 2 for key in found) > len(found)


def spells(code: str, text: str) -> bool:
    """Return whether a text reads the code out and nothing else."""
    found = words(text)
    heard, end = _heard(found, 0)
    compact = "".join(char for char in code.lower() if char.isalnum())
    return bool(compact) and end == len(found) and heard == compact


def _heard(found: list[Word], at: int) -> tuple[str, int]:
    """Return the characters that are read out from a word on, and where they end."""
    code = ""
    while at < len(found):
        key = found[at].key
        if key in {",", "-", "."}:
            at += 1
            continue
        if read := spelled(found, at):
            piece, taken = read
        elif (number := small_number(key)) is not None:
            piece, taken = str(number), 1
        elif key in _HEARD:
            piece, taken = _HEARD[key], 1
        elif re.fullmatch(r"[a-z]{2,4}", key) and not _NO_LETTERS.search(key):
            piece, taken = key, 1
        else:
            break
        code, at = code + piece, at + taken
    return code, at
