"""From what all events of a call say together to what is written of it.

What does not fit where it would be stored is cut or left out: nothing that a platform says may keep
the rest from being taken in.
"""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from calls.incoming import IncomingCall
from calls.models import LONGEST_CALL, Call, CallStatus, Direction, EndedBy, Outcome, Recording
from calls.providers.contract import Platform
from calls.providers.told import Told
from calls.turns import LONGEST, MAX_TEXT, MAX_TURNS
from crm import normalize

LARGEST_COST = Decimal(1_000_000)
CENT_PARTS = Decimal("0.000001")


def weigh(platform: Platform, call_id: str, told: Told) -> IncomingCall:
    """Return what is to be written of the call."""
    started_at, ended_at = _times(told)
    outcome, ended_by, status = Outcome.UNKNOWN, EndedBy.UNKNOWN, told.progress
    if told.is_over:
        ending = platform.judge(told)
        outcome, ended_by, status = ending.outcome, ending.ended_by, ending.status
    cost = _cost(told.cost_amount)
    return IncomingCall(
        provider=platform.name,
        provider_call_id=call_id,
        direction=str(told.direction or Direction.UNKNOWN),
        status=str(status or CallStatus.QUEUED),
        outcome=str(outcome),
        from_number=_fit("from_number", told.from_number),
        to_number=_fit("to_number", told.to_number),
        initiated_at=told.initiated_at,
        started_at=started_at,
        ended_at=ended_at,
        ended_reason=_fit("ended_reason", told.ended_reason),
        ended_by=str(ended_by),
        assistant_name=_fit("assistant_name", told.assistant_name),
        assistant_external_id=_fit("assistant_external_id", told.assistant_external_id),
        summary=_fit("summary", told.summary),
        success=told.success,
        sentiment=told.sentiment or None,
        extracted_data=told.extracted_data,
        transferred_to=_fit("transferred_to", told.transferred_to),
        voicemail=_voicemail(outcome),
        cost_amount=cost,
        cost_currency="" if cost is None else _fit("cost_currency", told.cost_currency),
        turns=_turns(told, started_at) or None,
        recording_url=_link(told.recording_url),
        asked_not_to_be_called=told.asked_not_to_be_called or None,
    )


def _times(told: Told) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return when the call was answered and ended; one of the two may follow from its length."""
    started_at, ended_at = told.started_at, told.ended_at
    if told.seconds and 0 < told.seconds <= LONGEST_CALL.total_seconds():
        length = dt.timedelta(seconds=told.seconds)
        if ended_at and not started_at:
            started_at = ended_at - length
        elif started_at and not ended_at and told.is_over:
            ended_at = started_at + length
    if started_at and ended_at and not dt.timedelta() <= ended_at - started_at <= LONGEST_CALL:
        return started_at, None
    return started_at, ended_at


def _voicemail(outcome: Outcome) -> bool | None:
    return None if outcome == Outcome.UNKNOWN else outcome == Outcome.VOICEMAIL


def _cost(amount: Decimal | None) -> Decimal | None:
    if amount is None or not 0 <= amount < LARGEST_COST:
        return None
    return amount.quantize(CENT_PARTS)


def _fit(name: str, said: str) -> str:
    column: Any = Call._meta.get_field(name)
    return normalize.clean_text(said.replace("\x00", ""))[: column.max_length]


def _turns(told: Told, started_at: dt.datetime | None) -> list[dict[str, Any]]:
    """Return the turns with seconds from the start of the call, or of what was said first."""
    said_at = [each["saidAt"] for each in told.turns if each.get("saidAt")]
    begun = started_at or min(said_at, default=None)
    return [_turn(each, begun) for each in told.turns[:MAX_TURNS]]


def _turn(said: dict[str, Any], begun: dt.datetime | None) -> dict[str, Any]:
    start, end = said["startSeconds"], said["endSeconds"]
    if begun and said.get("saidAt"):
        start = max((said["saidAt"] - begun).total_seconds(), 0.0)
    start = start if start is not None and start < LONGEST else None
    end = end if end is not None and end < LONGEST else None
    words = said["text"][:MAX_TEXT]
    return {"speaker": said["speaker"], "text": words, "startSeconds": start, "endSeconds": end}


def _link(url: str) -> str:
    """Return the recording's address, if it is one that can be stored."""
    try:
        normalize.website(url)
        return Recording._meta.get_field("source_url").clean(url, None) if url else ""
    except (normalize.NormalizeError, ValidationError):
        return ""


def read_id(written: str) -> uuid.UUID | None:
    """Return the id that a platform has carried along, where it is one."""
    try:
        return uuid.UUID(written)
    except ValueError:
        return None
