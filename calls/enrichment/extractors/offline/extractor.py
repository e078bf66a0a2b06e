"""The offline extractor: what the readers read, given to the field that was asked for."""

from collections.abc import Iterator, Sequence

from calls.enrichment.addressing import find_flagged
from calls.enrichment.extractors.offline.booleans import answers
from calls.enrichment.extractors.offline.exchanges import exchanges_of
from calls.enrichment.extractors.offline.matching import chosen, matches
from calls.enrichment.extractors.offline.profiles import profiles_of
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


class OfflineExtractor:
    """Typed readers, and the assistant's question to tell which field a value belongs to."""

    version = "offline-1"

    def extract(self, conversation: Conversation, fields: Sequence[TargetField]) -> Extraction:
        """Return what the conversation says about the fields."""
        flagged = find_flagged(conversation)
        request = first_request(conversation, flagged)
        findings = [*_wish(request), *_answers(conversation, fields, flagged)]
        return Extraction(
            extractor=self.version,
            findings=proven(findings, conversation, fields),
            flagged=flagged,
            do_not_call=request,
        )


def _wish(request: Evidence | None) -> Iterator[Finding]:
    if request is not None:
        yield Finding(DO_NOT_CALL, True, request.quote, request.turn)


def _answers(
    conversation: Conversation, fields: Sequence[TargetField], flagged: Sequence[int]
) -> Iterator[Finding]:
    exchanges = exchanges_of(conversation, flagged)
    profiles = profiles_of([field for field in fields if field.key != DO_NOT_CALL])
    yield from answers(exchanges, profiles)
    yield from chosen(matches(conversation, exchanges, profiles))
