"""What somebody looks for in what was said: its words, and the turns where they were said.

People ask as they speak: "who asked about pricing?". Of a question only what it is about is looked
for; any other query is looked for word by word.
"""

from collections.abc import Sequence
from typing import Any, Final

from crm import normalize

_ENDS: Final = "?!.,;:…\"'“”„‘’()"
#: The longer ones first. Cutting them off is all the grammar there is here: it knows English only.
_ENDINGS: Final = ("ing", "ies", "es", "ed", "s", "e", "y")
SHORTEST_STEM: Final = 4
_ASKING: Final = frozenset("who whom whose which what when where why how did does has have".split())
#: What a question is made of beside what it is about.
_FILLING: Final = _ASKING | frozenset(
    """
    a about all an and any anybody anyone at been by call called caller callers calls contact
    contacts customer customers discuss discussed do for from had i in is it lead leads mention
    mentioned mentions of on or our people person said say saying says somebody someone speak spoke
    talk talked talking tell that the their them they to told us want wanted wants was we were with
    would ask asked asking asks
    """.split()
)


def is_question(query: str) -> bool:
    """Return whether the query asks as people do."""
    words = query.casefold().split()
    return bool(words) and (words[0] in _ASKING or words[-1].endswith("?")) and len(words) > 1


def find_words(query: str) -> list[str]:
    """Return the words that the query is about, folded; raises NormalizeError for what is none."""
    terms = normalize.search_terms(query)
    if not is_question(query):
        return terms
    words = list(dict.fromkeys(filter(None, (term.strip(_ENDS) for term in terms))))
    return [word for word in words if word not in _FILLING] or words or terms


def find_terms(query: str) -> list[str]:
    """Return what to look for: the words, and of a question's words that by which their kin begin.

    Who asks about pricing wants the price, too. Raises NormalizeError like `find_words`.
    """
    words = find_words(query)
    return [_stem(word) for word in words] if is_question(query) else words


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def find_hits(turns: Sequence[dict[str, Any]], terms: Sequence[str]) -> list[int]:
    """Return the places of the turns in which one of the words was said."""
    return [place for place, turn in enumerate(turns) if _count(turn, terms)]


def find_best(
    turns: Sequence[dict[str, Any]], terms: Sequence[str], query: str
) -> dict[str, Any] | None:
    """Return the turn in which most of the words were said, the contact's before others if asked.

    A question is mostly about what a contact said; None where nobody said any.
    """
    wants_contact = is_question(query)

    def weight(place: int) -> tuple[int, bool, int]:
        turn = turns[place]
        is_theirs = wants_contact and turn["speaker"] == "contact"
        return _count(turn, terms), is_theirs, -place

    places = find_hits(turns, terms)
    return turns[max(places, key=weight)] if places else None


def _count(turn: dict[str, Any], terms: Sequence[str]) -> int:
    folded = normalize.search_text(turn["text"])
    return sum(term in folded for term in terms)
