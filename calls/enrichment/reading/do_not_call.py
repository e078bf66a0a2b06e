"""Requests never to be called again, in English and German, and what only resembles them."""

import re
from collections.abc import Sequence

from calls.enrichment.findings import Conversation, Evidence
from calls.enrichment.reading.patterns import any_of, sections, straight
from calls.enrichment.reading.words import sentences

_SECTIONS = {name: any_of(patterns) for name, patterns in sections("do_not_call").items()}


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def find_request(text: str) -> tuple[int, int] | None:
    """Return where a text asks never to be called again, None where it does not."""
    text = straight(text)
    for start, end in sentences(text):
        if _is_request(text[start:end], text):
            return start, end
    return None


def _is_request(sentence: str, text: str) -> bool:
    request = _SECTIONS["request"].search(sentence)
    if not request or _SECTIONS["others"].search(sentence) or _SECTIONS["matters"].search(sentence):
        return False
    limit = _SECTIONS["limited"].search(_SECTIONS["told before"].sub(_blank, sentence))
    if limit and not _is_beside(limit, request, sentence):
        return False
    return bool(_SECTIONS["firm"].search(sentence)) or not _SECTIONS["resumed"].search(text)


def _is_beside(limit: re.Match[str], request: re.Match[str], sentence: str) -> bool:
    """Whether the limit belongs to other words than the request: "Not today, and never again"."""
    if limit.end() <= request.start():
        return bool(_SECTIONS["parted"].search(sentence[limit.end() : request.start()]))
    between = sentence[request.end() : limit.start()]
    return bool(_SECTIONS["parted"].search(between) or _SECTIONS["for ever"].search(request[0]))


def first_request(conversation: Conversation, flagged: Sequence[int] = ()) -> Evidence | None:
    """Return the contact's first request never to be called again."""
    for number, turn in enumerate(conversation.turns):
        if not turn.is_contacts or number in flagged:
            continue
        if place := find_request(turn.text):
            return Evidence(number, turn.text[slice(*place)])
    return None
