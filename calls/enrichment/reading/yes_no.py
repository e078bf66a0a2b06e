"""Whether words agree or refuse, in English and German."""

import re

from calls.enrichment.reading.patterns import any_of, sections, straight

_SECTIONS = sections("yes_no")
_LEAD = rf"(?:[\W_]*\b(?:{'|'.join(_SECTIONS['lead'])})\b)*[\W_]*"
_STARTS_YES = any_of(_SECTIONS["yes"], before=_LEAD, after=r"\b")
_STARTS_NO = any_of(_SECTIONS["no"], before=_LEAD, after=r"\b")
_STARTS_NO_PROBLEM = any_of(_SECTIONS["no problem"], before=_LEAD, after=r"\b")
_REFUSES = any_of(_SECTIONS["refuses"])
_BUT = any_of(_SECTIONS["but"])
_UNDECIDED = any_of(_SECTIONS["undecided"])


_ENDS = re.compile(r",\s*(yes|yeah|no|ja|nein)\W*$", re.IGNORECASE)


def answer(text: str) -> bool | None:
    """Return what a reply begins or ends with: yes, no, or neither."""
    if _UNDECIDED.search(text):
        return None
    text = straight(text)
    if _STARTS_NO_PROBLEM.match(text):
        return True
    if trailing := _ENDS.search(text):
        return trailing[1].lower() in {"yes", "yeah", "ja"}
    no, yes = _STARTS_NO.match(text), _STARTS_YES.match(text)
    if no and yes:
        return no.end() < yes.end()
    return False if no else True if yes else None


def refuses(text: str) -> bool:
    """Return whether a negation occurs in the words."""
    return bool(_REFUSES.search(straight(text)))


def is_undecided(text: str) -> bool:
    """Return whether the words leave the question open."""
    return bool(_UNDECIDED.search(text))


def confirms(text: str) -> bool:
    """Return whether a reply plainly confirms what the other side has just said."""
    first = re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]
    return answer(first) is True and not _BUT.search(first)
