"""The offline extractor: what the readers read, given to the field that was asked for."""

from collections.abc import Iterator, Sequence

from calls.enrichment.addressing import find_flagged
from calls.enrichment.extractors.offline import encoder
from calls.enrichment.extractors.offline.booleans import answers
from calls.enrichment.extractors.offline.confirming import confirmed
from calls.enrichment.extractors.offline.digest import is_voicemail, make_digest
from calls.enrichment.extractors.offline.exchanges import exchanges_of
from calls.enrichment.extractors.offline.matching import chosen, matches
from calls.enrichment.extractors.offline.profiles import profiles_of
from calls.enrichment.extractors.offline.relating import relatedness
from calls.enrichment.extractors.offline.suggesting import suggestions
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

    def __init__(self, has_encoder: bool | None = None) -> None:
        """Use the encoder where it is installed, unless told not to."""
        self.has_encoder = encoder.is_installed() if has_encoder is None else has_encoder

    @property
    def version(self) -> str:
        """The version of the rules, and whether the encoder helps them."""
        return "offline-2+ai" if self.has_encoder else "offline-2"

    def extract(self, conversation: Conversation, fields: Sequence[TargetField]) -> Extraction:
        """Return what the conversation says about the fields."""
        flagged = find_flagged(conversation)
        if is_voicemail(conversation):
            digest = make_digest(conversation, (), (), None)
            return Extraction(extractor=self.version, flagged=flagged, digest=digest)
        request = first_request(conversation, flagged)
        exchanges = exchanges_of(conversation, flagged)
        wanted = [field for field in fields if field.key != DO_NOT_CALL]
        profiles = profiles_of(wanted)
        meaning = encoder.Meaning(wanted) if self.has_encoder else None
        spoken = " ".join(turn.text for turn in conversation.turns)
        topics = {key: relatedness(each, spoken, enough=1.0) for key, each in profiles.items()}
        found = [
            *_wish(request),
            *answers(exchanges, profiles, meaning),
            *chosen(matches(conversation, exchanges, profiles, meaning), topics),
        ]
        filled = {finding.field for finding in found}
        found += confirmed(conversation, exchanges, profiles, filled)
        findings = proven(found, conversation, fields)
        return Extraction(
            extractor=self.version,
            findings=findings,
            flagged=flagged,
            do_not_call=request,
            suggestions=suggestions(exchanges, profiles),
            digest=make_digest(conversation, exchanges, findings, request),
        )


def _wish(request: Evidence | None) -> Iterator[Finding]:
    if request is not None:
        yield Finding(DO_NOT_CALL, True, request.quote, request.turn)
