"""What an extractor takes and what it gives: a conversation and target fields in, findings out.

Everything here is plain data: an extractor knows no record, no team and no database.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Protocol

from calls.models import Outcome, Sentiment, Speaker
from crm.records.values import FieldType, Value

#: Types of a target beyond those of custom fields.
EMAIL = "email"
PHONE = "phone"
TYPES = frozenset({*FieldType.values, EMAIL, PHONE})
#: The field that a contact's wish not to be called sets, whatever its type parser reads.
DO_NOT_CALL = "do_not_call"


@dataclasses.dataclass(frozen=True, slots=True)
class Turn:
    """What one side said before the other spoke."""

    speaker: str
    text: str
    start_seconds: float | None = None

    @property
    def is_contacts(self) -> bool:
        """Whether the contact said it: only then is it evidence."""
        return self.speaker == Speaker.CONTACT


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A call's turns, and what is needed to read them: "tomorrow", "oh one three seven".

    `started_at` is the moment where the contact is; its date is the day the call speaks from.
    """

    turns: Sequence[Turn]
    started_at: dt.datetime
    region: str = ""
    language: str = ""

    @property
    def day(self) -> dt.date:
        """The day on which the call began."""
        return self.started_at.date()


@dataclasses.dataclass(frozen=True, slots=True)
class TargetField:
    """A field that a conversation may fill; its description guides the extractor."""

    key: str
    label: str
    type: str
    options: Sequence[str] = ()
    description: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """A value for a field, with the words that prove it.

    `quote` occurs in the turn of this index. Where that turn is the assistant's, `confirmed_by` is
    the index of the contact's turn that plainly confirms it.
    """

    field: str
    value: Value
    quote: str
    turn: int
    confirmed_by: int | None = None
    confidence: float = 1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """Words of a turn."""

    turn: int
    quote: str


@dataclasses.dataclass(frozen=True, slots=True)
class Suggestion:
    """A fact that no field holds, as the new text field it could become."""

    label: str
    value: str
    quote: str
    turn: int


@dataclasses.dataclass(frozen=True, slots=True)
class NextStep:
    """What was agreed to happen next, and on which day if one was named."""

    text: str
    turn: int
    date: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Digest:
    """What the call came to. `summary_by` says honestly who wrote the summary."""

    summary: str = ""
    summary_by: str = ""
    outcome: Outcome = Outcome.UNKNOWN
    sentiment: Sentiment | None = None
    success: bool | None = None
    next_step: NextStep | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Usage:
    """What a model charged for."""

    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.input_tokens + self.output_tokens


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What an extractor took from a conversation: at most one finding a field, all proven.

    `flagged` are the turns that address the system instead of the other side; they are evidence of
    nothing. `note` says why another extractor than the chosen one did the work, "" where it did.
    """

    extractor: str
    findings: Sequence[Finding] = ()
    flagged: Sequence[int] = ()
    do_not_call: Evidence | None = None
    suggestions: Sequence[Suggestion] = ()
    digest: Digest = Digest()
    usage: Usage = Usage()
    note: str = ""

    @property
    def values(self) -> Mapping[str, Value]:
        """The found values by field."""
        return {finding.field: finding.value for finding in self.findings}


class Extractor(Protocol):
    """Reads conversations. Another `version` of its rules or model may find other things."""

    @property
    def version(self) -> str:
        """Its name with a version, such as `offline-1` or `llm-1:gpt-5-mini`."""

    def extract(self, conversation: Conversation, fields: Sequence[TargetField]) -> Extraction:
        """Return what the conversation says about the fields."""
