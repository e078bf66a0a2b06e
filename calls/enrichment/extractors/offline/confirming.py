"""Values that the assistant said and the contact plainly confirmed: "Still twelve?" "Correct."."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set

from calls.enrichment.extractors.offline.exchanges import Exchange, sentence_around
from calls.enrichment.extractors.offline.profiles import Profile
from calls.enrichment.extractors.offline.scoring import local
from calls.enrichment.findings import EMAIL, PHONE, Conversation, Finding, TargetField
from calls.enrichment.reading import yes_no
from calls.enrichment.reading.typed import find_values
from calls.enrichment.reading.words import Reading

_YOURS = re.compile(r"\b(?:your|you|ihre?|sie)\b", re.IGNORECASE)
_ENOUGH = 0.6
_CONFIDENCE = 0.6


def confirmed(
    conversation: Conversation,
    exchanges: Sequence[Exchange],
    profiles: Mapping[str, Profile],
    filled: Set[str],
) -> Iterator[Finding]:
    """Return the confirmed values of fields that nothing else fills, the last first."""
    for exchange in reversed(exchanges):
        if exchange.asked_turn is None or not yes_no.confirms(exchange.text):
            continue
        for profile in profiles.values():
            if profile.field.key not in filled:
                yield from _said(profile, exchange, conversation)


def _said(profile: Profile, exchange: Exchange, conversation: Conversation) -> Iterator[Finding]:
    asked_turn = exchange.asked_turn
    assert asked_turn is not None
    text = conversation.turns[asked_turn].text
    readings = find_values(text, profile.field, conversation)
    places = [(reading.start, reading.end) for reading in readings]
    if len({reading.value for reading in readings}) != 1:
        return
    reading = readings[-1]
    if not _is_asked(text, reading, profile.field):
        return
    if local(profile, text, reading.start, reading.end, places) >= _ENOUGH:
        quote = text[reading.start : reading.end]
        yield Finding(
            profile.field.key, reading.value, quote, asked_turn, exchange.turn, _CONFIDENCE
        )


def _is_asked(text: str, reading: Reading, field: TargetField) -> bool:
    """Whether the value is asked about, and so the contact's: a line's own number is only told."""
    start, end = sentence_around(text, reading.start, reading.end)
    if not text[start:].rstrip().endswith("?"):
        return False
    return field.type not in {EMAIL, PHONE} or bool(_YOURS.search(text[start:end]))
