"""One run over one call, as all that decide about its findings know it."""

import dataclasses
import datetime as dt
import re
from typing import Any

from calls.enrichment.findings import Conversation
from calls.enrichment.models import EnrichmentRun
from calls.enrichment.targets import Proof
from calls.models import Call
from crm.history.models import Origin
from crm.history.recording import Author

#: So many letters are kept of what stands on each side of a quote.
MOST_AROUND = 120


@dataclasses.dataclass(slots=True)
class Outcome:
    """What a hearing has led to."""

    touched: list[list[str]] = dataclasses.field(default_factory=list)
    filled: int = 0
    proposed: int = 0

    def touch(self, kind: str, record_id: Any) -> None:
        """Note that a record was written."""
        if [kind, str(record_id)] not in self.touched:
            self.touched.append([kind, str(record_id)])


@dataclasses.dataclass(frozen=True, slots=True)
class Hearing:
    """One run over one call: everything that is decided is decided for it."""

    run: EnrichmentRun
    call: Call
    conversation: Conversation
    outcome: Outcome = dataclasses.field(default_factory=Outcome)

    @property
    def evidence(self) -> dict[str, Any]:
        """What a Change of this hearing says of it, beside the proofs of its values."""
        return {"call": str(self.call.pk), "fields": {}}

    @property
    def author(self) -> Author:
        """Who causes what it writes."""
        return Author(Origin.EXTRACTOR, evidence=self.evidence)

    @property
    def heard_at(self) -> dt.datetime:
        """When it was said."""
        return self.call.started_or_created_at

    def prove(
        self, quote: str, turn: int, confirmed_by: int | None = None, confidence: float = 1.0
    ) -> Proof:
        """Return the proof that lies in these words."""
        said = self.conversation.turns[turn]
        before, after = _around(quote, said.text)
        return Proof(quote, turn, confirmed_by, confidence, said.start_seconds, before, after)


def _around(quote: str, text: str) -> tuple[str, str]:
    """Return what stands before and after the quote in its sentence, shortened at words."""
    start = text.find(quote)
    if start < 0:
        return "", ""
    before = re.split(r"(?<=[.?!…])\s+", text[:start])[-1]
    after = re.split(r"(?<=[.?!…])(?:\s|$)", text[start + len(quote) :])[0]
    if quote.rstrip().endswith((".", "?", "!", "…")):
        after = ""
    if len(before) > MOST_AROUND:
        before = f"…{before[-MOST_AROUND:].partition(' ')[2]}"
    if len(after) > MOST_AROUND:
        after = f"{after[:MOST_AROUND].rpartition(' ')[0]}…"
    return before, after
