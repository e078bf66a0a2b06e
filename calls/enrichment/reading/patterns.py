"""Loads the lexicon: files of patterns, one a line, in named sections."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_LEXICON = Path(__file__).parent / "lexicon"
_PART = re.compile(r"([A-Z_]+) = (.+)")
_USE = re.compile(r"<([A-Z_]+)>")


def lines(name: str) -> Iterator[str]:
    """Return the lines of a file of the lexicon that are neither empty nor a comment."""
    for line in (_LEXICON / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("# "):
            yield line


def sections(name: str, known: Mapping[str, str] | None = None) -> Mapping[str, Sequence[str]]:
    """Return the patterns of each section, with the named parts put in their places.

    `known` are parts that the file does not define itself.
    """
    parts = dict(known or {})
    found: dict[str, list[str]] = {}
    section: list[str] = []
    for line in lines(name):
        if part := _PART.fullmatch(line):
            parts[part[1]] = _put_in(part[2], parts)
        elif line.startswith("[") and line.endswith("]") and line[1:-1].replace(" ", "").isalpha():
            section = found.setdefault(line[1:-1], [])
        else:
            section.append(_put_in(line, parts))
    return found


def _put_in(line: str, parts: Mapping[str, str]) -> str:
    return _USE.sub(lambda use: parts[use[1]], line)


def any_of(patterns: Sequence[str], before: str = "", after: str = "") -> re.Pattern[str]:
    """Return one pattern that finds any of these, whatever the case."""
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(f"{before}(?:{joined}){after}", re.IGNORECASE)


def straight(text: str) -> str:
    """Return a text with the apostrophes that patterns are written with."""
    return text.replace("’", "'")
