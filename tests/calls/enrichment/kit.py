"""A scripted extractor, and calls for it to read."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from calls.enrichment.findings import (
    Conversation,
    Digest,
    Evidence,
    Extraction,
    Finding,
    Suggestion,
    TargetField,
    Usage,
)
from calls.enrichment.models import EnrichmentRun
from calls.enrichment.operations import start_runs
from calls.enrichment.tasks import read_call
from calls.models import Call
from contacts.models import Contact
from tests.factories import CallFactory

#: Where the words are that a script quotes.
SAID = "Well, let me tell you"


@dataclasses.dataclass
class Script:
    """Finds what it was told to; `fields` are those it was asked for."""

    version: str = "script-1"
    values: dict[str, Any] = dataclasses.field(default_factory=dict)
    facts: dict[str, str] = dataclasses.field(default_factory=dict)
    do_not_call: bool = False
    digest: Digest = dataclasses.field(default_factory=Digest)
    usage: Usage = dataclasses.field(default_factory=Usage)
    confidence: float = 0.9
    fields: Sequence[TargetField] = ()

    def extract(self, conversation: Conversation, fields: Sequence[TargetField]) -> Extraction:
        self.fields = fields
        asked = {field.key for field in fields}
        return Extraction(
            extractor=self.version,
            findings=[
                Finding(key, value, SAID, 1, confidence=self.confidence)
                for key, value in self.values.items()
                if key in asked
            ],
            do_not_call=Evidence(1, SAID) if self.do_not_call else None,
            suggestions=[Suggestion(label, value, SAID, 1) for label, value in self.facts.items()],
            digest=self.digest,
            usage=self.usage,
        )


def make_call(contact: Contact, **values: Any) -> Call:
    """A call in which the contact says what every script quotes."""
    turns = [
        {"speaker": "assistant", "text": "How can I help?", "startSeconds": 0},
        {"speaker": "contact", "text": f"{SAID}.", "startSeconds": 4.5},
    ]
    return CallFactory.create(**{"contact": contact, "turns": turns, **values})


def read(call: Call, version: str = "script-1") -> EnrichmentRun:
    """Read the call, once more where it was read before."""
    run = EnrichmentRun.objects.filter(call=call, extractor=version).first()
    if run is None:
        (run,) = start_runs([call], version)
    else:
        EnrichmentRun.objects.filter(pk=run.pk).update(status="waiting")
    read_call.call(str(run.team_id), str(run.pk))
    run.refresh_from_db()
    return run
