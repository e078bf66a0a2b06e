"""Small conversations for tests."""

import datetime as dt

from calls.enrichment.findings import Conversation, Turn

_SPEAKERS = {"A": "assistant", "C": "contact"}


def talk(*said: str) -> Conversation:
    """Return a call of 4 March 2026 from lines such as "A: When?" and "C: Tomorrow."."""
    turns = [Turn(_SPEAKERS[line[0]], line[3:]) for line in said]
    started = dt.datetime(2026, 3, 4, 10, tzinfo=dt.UTC)
    return Conversation(turns=turns, started_at=started, region="US")
