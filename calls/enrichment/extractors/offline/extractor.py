"""The offline extractor: what the readers read, given to the field that was asked for."""

from collections.abc import Iterator, Sequence

from calls.enrichment.addressing import find_flagged
from calls.enrichment.findings import (
    DO_NOT_CALL,
    Conversation,
    Evidence,
    Extraction,
    Finding,
    TargetField,
)
from calls.enrichment.proof import proven
from calls.enrichment.reading.do_not_call import first_request
from calls.enrichment.reading.synonyms import meanings
from calls.enrichment.reading.typed import find_values


class OfflineExtractor:
    """Typed readers, and the assistant's question to tell which field a value belongs to."""

    version = "offline-1"

    def extract(self, conversation: Conversation, fields: Sequence[TargetField]) -> Extraction:
        """Return what the conversation says about the fields."""
        flagged = find_flagged(conversation)
        request = first_request(conversation, flagged)
        findings = [*_wish(request), *_answers(conversation, fields)]
        return Extraction(
            extractor=self.version,
            findings=proven(findings, conversation, fields),
            flagged=flagged,
            do_not_call=request,
        )


def _wish(request: Evidence | None) -> Iterator[Finding]:
    if request is not None:
        yield Finding(DO_NOT_CALL, True, request.quote, request.turn)


def _answers(conversation: Conversation, fields: Sequence[TargetField]) -> Iterator[Finding]:
    """Return the last value that the contact gave where the words before it speak of the field."""
    for field in fields:
        meant = meanings(f"{field.label} {field.key.replace('_', ' ')} {field.description}")
        asked = ""
        for number, turn in enumerate(conversation.turns):
            if not turn.is_contacts:
                asked = turn.text
                continue
            if meant & meanings(f"{asked} {turn.text}"):
                for reading in find_values(turn.text, field, conversation):
                    quote = turn.text[reading.start : reading.end]
                    yield Finding(field.key, reading.value, quote, number, confidence=0.5)
