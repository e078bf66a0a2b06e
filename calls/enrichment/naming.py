"""Which field a fact belongs to: spelling variants of one meaning end in one field.

"Team size", "team-size", "Teams size" and "Size of the team" are one name.
"""

import re
from collections.abc import Iterable

from crm.normalize.search import fold

_SMALL_WORDS = frozenset(
    "a an the of in for to on at by and or with their your his her our is".split()
)
LONGEST = 100


def label_key(label: str) -> str:
    """Return what all spellings of a field's name share; "" for one without a word."""
    words = re.findall(r"[^\W_]+", fold(_split_humps(label)))
    kept = [_singular(word) for word in words if word not in _SMALL_WORDS]
    return " ".join(sorted(dict.fromkeys(kept)))[:LONGEST]


def _split_humps(label: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    is_plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if is_plural else word


def find_by_label[F](key: str, fields: Iterable[tuple[str, F]]) -> F | None:
    """Return the field one of whose (name, field) pairs is of the same meaning, or None."""
    return next((field for label, field in fields if label_key(label) == key), None)
