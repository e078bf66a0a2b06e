"""Whether words state a matter or deny it."""

import re

from calls.enrichment.reading import yes_no
from calls.enrichment.reading.patterns import any_of, sections, straight
from calls.enrichment.reading.synonyms import find_meanings

#: The meaning of fields that say whether the contact decides.
DECISION = "decision"
_IS_ANOTHER = any_of(sections("statements")["is another"])
_CLAUSE = re.compile(r"[,;]|\b(?:and|but|because|since|und|aber|weil)\b", re.IGNORECASE)
_SAYS = re.compile(r"\W*(?:(yes|yeah|yep|sure|ja)|no|nope|nein)\b", re.IGNORECASE)
_NO_REFUSAL = any_of(sections("yes_no")["no problem"])


def clauses_of(sentence: str) -> list[str]:
    """Return the parts of a sentence that state one thing each, without a yes or no before them."""
    parts = [part.strip() for part in _CLAUSE.split(sentence)]
    return [part for part in parts if part and not _SAYS.fullmatch(part)]


def names_another(text: str) -> bool:
    """Return whether words name somebody else than who speaks: "my boss", "that'd be Petra"."""
    return bool(_IS_ANOTHER.search(straight(text)))


def states(clause: str, matter: frozenset[str]) -> bool:
    """Return whether a clause about a matter affirms it: "no entry fee" affirms what is free."""
    if DECISION in matter and names_another(clause):
        return False
    lowered = clause.lower()
    for meaning, start, end in find_meanings(lowered):
        if meaning in matter and " " in lowered[start:end]:
            clause = clause[:start] + " " * (end - start) + clause[end:]
    return not yes_no.refuses(_NO_REFUSAL.sub(" ", clause))
