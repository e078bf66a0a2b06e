"""What events say of a call, in no platform's words, and what they say together.

Events arrive in any order, so nothing here depends on it: of what two say differently, the one of
the higher rank counts, then the later one by the platform's clock.
"""

import dataclasses
import datetime as dt
import enum
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from calls.models import STATUS_RANK, CallStatus, EndedBy, Outcome

EMPTY: tuple[Any, ...] = (None, "", (), {}, [])


class Rank(enum.IntEnum):
    """How much an event knows of the call, rising."""

    PROGRESS = 1
    RECORDING = 2
    ENDED = 3
    ANALYSIS = 4
    REPORT = 5


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one event says of a call, or several together; empty is "not said"."""

    rank: Rank
    at: dt.datetime | None = None
    #: Ids of ours that the platform has carried along, the surest first.
    contact_ids: tuple[str, ...] = ()
    direction: str = ""
    from_number: str = ""
    to_number: str = ""
    progress: str = ""
    is_over: bool = False
    initiated_at: dt.datetime | None = None
    #: When somebody or something answered.
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    seconds: float | None = None
    #: Why it ended, in the platform's own words, shown as they are.
    ended_reason: str = ""
    #: What else its `judge` weighs, in its words too: who hung up, who answered, a SIP code.
    signals: dict[str, str] = dataclasses.field(default_factory=dict)
    transferred_to: str = ""
    is_transferred: bool = False
    asked_not_to_be_called: bool = False
    assistant_name: str = ""
    assistant_external_id: str = ""
    summary: str = ""
    success: bool | None = None
    sentiment: str = ""
    extracted_data: dict[str, Any] = dataclasses.field(default_factory=dict)
    cost_amount: Decimal | None = None
    cost_currency: str = ""
    #: Where a platform says at what time of day something was said, a turn has `saidAt`.
    turns: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    recording_url: str = ""

    @property
    def has_talked(self) -> bool:
        """Whether the contact surely was on the line."""
        return any(turn["speaker"] == "contact" for turn in self.turns)


@dataclasses.dataclass(frozen=True, slots=True)
class Ending:
    """What came of a call that is over."""

    outcome: Outcome
    ended_by: EndedBy = EndedBy.UNKNOWN

    @property
    def status(self) -> CallStatus:
        """The technical end that goes with the outcome."""
        return STATUS_OF.get(self.outcome, CallStatus.COMPLETED)


STATUS_OF = {
    Outcome.NO_ANSWER: CallStatus.NO_ANSWER,
    Outcome.DECLINED: CallStatus.NO_ANSWER,
    Outcome.BUSY: CallStatus.BUSY,
    Outcome.FAILED: CallStatus.FAILED,
    Outcome.CANCELED: CallStatus.CANCELED,
}

_ANY = ("is_over", "is_transferred", "asked_not_to_be_called")
_UNION = ("extracted_data", "signals")
_FIRST = dt.datetime.min.replace(tzinfo=dt.UTC)


def combine(tellings: Iterable[Told]) -> Told:
    """Return what the events of one call say together; of two alike in rank and time, the first."""
    best_first = sorted(tellings, key=_weight, reverse=True)
    said: dict[str, Any] = {}
    for told in best_first:
        for field in dataclasses.fields(told):
            value = getattr(told, field.name)
            if field.name not in said and value not in EMPTY:
                said[field.name] = value
    for name in _ANY:
        said[name] = any(getattr(told, name) for told in best_first)
    progress = [told.progress for told in best_first if told.progress]
    said["progress"] = max(progress, key=lambda each: STATUS_RANK[CallStatus(each)], default="")
    for name in _UNION:
        said[name] = {
            key: value
            for told in reversed(best_first)
            for key, value in getattr(told, name).items()
            if value not in EMPTY
        }
    return Told(**said)


def _weight(told: Told) -> tuple[Any, ...]:
    return (told.rank, told.at or _FIRST)
