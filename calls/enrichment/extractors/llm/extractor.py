"""The extractor that asks a language model; where that fails, the offline one does the call."""

import dataclasses
from collections.abc import Callable, Sequence

from calls.enrichment.addressing import find_flagged
from calls.enrichment.extractors.llm import answers, asking
from calls.enrichment.extractors.llm.endpoint import Endpoint, LlmError, from_settings
from calls.enrichment.extractors.offline import OfflineExtractor
from calls.enrichment.findings import (
    DO_NOT_CALL,
    Conversation,
    Extraction,
    Finding,
    TargetField,
    Usage,
)
from calls.enrichment.proof import proven
from calls.enrichment.reading.do_not_call import first_request

#: Whether about so many tokens may still be spent today.
type Budget = Callable[[int], bool]

NO_BUDGET = "The token budget of today is used up."


class LlmExtractor:
    """One request for all fields of a call; every finding passes the same proof as any other."""

    def __init__(self, endpoint: Endpoint | None = None, budget: Budget | None = None) -> None:
        self.endpoint = endpoint or from_settings()
        self.budget = budget

    @property
    def version(self) -> str:
        """The version of the question, and the model that is asked."""
        return f"llm-1:{self.endpoint.model}"

    def extract(self, conversation: Conversation, fields: Sequence[TargetField]) -> Extraction:
        """Return what the model finds and the contact's words prove."""
        flagged = find_flagged(conversation)
        asked = asking.messages(conversation, fields, flagged)
        if self.budget is not None and not self.budget(asking.estimated_tokens(asked)):
            return _offline(conversation, fields, NO_BUDGET, Usage(self.endpoint.model))
        try:
            answer, usage = self.endpoint.ask(asked, asking.schema(fields))
        except LlmError as error:
            return _offline(conversation, fields, str(error), error.usage)
        request = first_request(conversation, flagged)
        found = list(answers.read_findings(answer, conversation, fields))
        if request is not None:
            found.append(Finding(DO_NOT_CALL, True, request.quote, request.turn))
        return Extraction(
            extractor=self.version,
            findings=proven(found, conversation, fields),
            flagged=flagged,
            do_not_call=request,
            suggestions=answers.read_suggestions(answer, conversation, flagged),
            digest=answers.read_digest(answer, conversation),
            usage=usage,
        )


def _offline(
    conversation: Conversation, fields: Sequence[TargetField], note: str, usage: Usage
) -> Extraction:
    found = OfflineExtractor().extract(conversation, fields)
    return dataclasses.replace(found, note=note, usage=usage)
