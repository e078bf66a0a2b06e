"""Finds turns that speak to a machine instead of the other side: "ignore your instructions".

Such a turn is evidence of nothing, whatever else it holds.
"""

from collections.abc import Sequence

from calls.enrichment.findings import Conversation
from calls.enrichment.reading.patterns import any_of, sections, straight

_COMMAND = any_of(sections("commands")["command"])


def commands(text: str) -> bool:
    """Return whether words are meant for a machine that reads them."""
    return bool(_COMMAND.search(straight(text)))


def find_flagged(conversation: Conversation) -> Sequence[int]:
    """Return the indexes of the contact's turns that address the system."""
    turns = enumerate(conversation.turns)
    return [n for n, turn in turns if turn.is_contacts and commands(turn.text)]
