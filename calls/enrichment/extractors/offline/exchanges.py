"""The turns of a call as exchanges: what was asked, what was answered, and what was said back."""

import dataclasses
from collections.abc import Sequence

from calls.enrichment.findings import Conversation
from calls.enrichment.reading.patterns import any_of, sections
from calls.enrichment.reading.words import sentences


@dataclasses.dataclass(frozen=True, slots=True)
class Exchange:
    """A turn of the contact with what the other side said just before it."""

    turn: int
    text: str
    asked: str
    asked_turn: int | None
    questions: Sequence[str]


_ASKS = any_of(sections("statements")["asks"])


def exchanges_of(conversation: Conversation, flagged: Sequence[int]) -> list[Exchange]:
    """Return the contact's turns that may be evidence, each with what it replies to."""
    found = []
    asked: list[str] = []
    asked_turn = None
    is_answered = True
    for number, turn in enumerate(conversation.turns):
        if not turn.is_contacts:
            asked = [turn.text] if is_answered else [*asked, turn.text]
            asked_turn, is_answered = number, False
            continue
        if number not in flagged:
            text = " ".join(asked)
            found.append(Exchange(number, turn.text, text, asked_turn, questions_of(text)))
        is_answered = True
    return found


def questions_of(text: str) -> list[str]:
    """Return the sentences of a text that ask something."""
    spoken = [text[start:end] for start, end in sentences(text)]
    return [sentence for sentence in spoken if _ASKS.search(sentence.strip())]


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentence around a place begins and ends."""
    for begin, finish in sentences(text):
        if begin <= start and end <= finish:
            return begin, finish
    return 0, len(text)
