"""What Telnyx's events say: many small ones a call, each of which knows one thing."""

import base64
import binascii
from typing import Any, Final

import orjson

from calls.models import CallStatus, Direction
from calls.providers.contract import Delivery, Label
from calls.providers.reading import (
    dig,
    mapping,
    moment,
    money,
    number,
    objects,
    read_object,
    text,
    turn,
)
from calls.providers.told import Rank, Told

INITIATED, ANSWERED, HANGUP = "call.initiated", "call.answered", "call.hangup"
DETECTED = frozenset({"call.machine.detection.ended", "call.machine.premium.detection.ended"})
CONVERSATION, INSIGHTS = "call.conversation.ended", "call.conversation_insights.generated"
RECORDED, COST = "call.recording.saved", "call.cost"
EVENT_TYPES: Final = frozenset(
    {INITIATED, ANSWERED, HANGUP, *DETECTED, CONVERSATION, INSIGHTS, RECORDED, COST}
)

DIRECTIONS = {"incoming": Direction.INBOUND, "outgoing": Direction.OUTBOUND}
PROGRESS = {INITIATED: CallStatus.RINGING, ANSWERED: CallStatus.IN_PROGRESS}
OVER = frozenset({HANGUP, CONVERSATION, INSIGHTS, RECORDED, COST})
RANKS = {
    RECORDED: Rank.RECORDING,
    HANGUP: Rank.ENDED,
    COST: Rank.ANALYSIS,
    INSIGHTS: Rank.ANALYSIS,
    CONVERSATION: Rank.REPORT,
}
SPEAKERS = {"assistant": "assistant", "user": "contact"}
#: Uncompressed sound is drawn as a waveform.
FORMATS = ("wav", "mp3")


def label_delivery(delivery: Delivery) -> Label:
    """Return which event it is; a call is known by its leg, which every event names."""
    data = mapping(read_object(delivery.body), "data")
    return Label(
        event_type=text(data, "event_type"),
        provider_call_id=text(data, "payload", "call_leg_id"),
        dedupe_key=text(data, "id"),
        occurred_at=moment(data, "occurred_at"),
    )


def tell(event_type: str, body: bytes, _query: str) -> Told:
    """Return what the event says."""
    data = mapping(read_object(body), "data")
    at, payload = moment(data, "occurred_at"), mapping(data, "payload")
    cost = money(payload, "total_cost")
    return Told(
        rank=RANKS.get(event_type, Rank.PROGRESS),
        at=at,
        contact_ids=_contact_ids(payload),
        direction=DIRECTIONS.get(text(payload, "direction"), ""),
        from_number=text(payload, "from"),
        to_number=text(payload, "to"),
        progress=PROGRESS.get(event_type, ""),
        is_over=event_type in OVER,
        initiated_at=moment(payload, "start_time"),
        started_at=at if event_type == ANSWERED else None,
        ended_at=at if event_type == HANGUP else None,
        seconds=number(payload, "duration_sec"),
        ended_reason=text(payload, "hangup_cause"),
        signals={
            "hung_up_by": text(payload, "hangup_source"),
            "answered_by": text(payload, "result") if event_type in DETECTED else "",
        },
        assistant_external_id=text(payload, "assistant_id"),
        summary=_summary(payload) if event_type == INSIGHTS else "",
        extracted_data=_insights(payload) if event_type == INSIGHTS else {},
        cost_amount=cost,
        cost_currency="" if cost is None else _currency(payload),
        turns=[spoken for each in objects(payload, "messages") if (spoken := _turn(each))],
        recording_url=_recording(payload),
    )


def _contact_ids(payload: Any) -> tuple[str, ...]:
    carried = (
        _from_state(text(payload, "client_state")),
        text(payload, "assistant", "dynamic_variables", "crm_contact_id"),
    )
    return tuple(filter(None, carried))


def _from_state(encoded: str) -> str:
    """Return our id from what we sent along when dialling: base64 of an object, or of the id."""
    try:
        state = base64.b64decode(encoded, validate=True)
        return text(orjson.loads(state), "crm_contact_id") if b"{" in state else state.decode()
    except (binascii.Error, ValueError):
        return ""


def _summary(payload: Any) -> str:
    """Return the insights that are sentences; their names are known to Telnyx's API only."""
    results = [dig(each, "result") for each in objects(payload, "results")]
    return "\n\n".join(each.strip() for each in results if isinstance(each, str))


def _insights(payload: Any) -> dict[str, Any]:
    """Return what the insights that are objects hold."""
    results = (mapping(each, "result") for each in objects(payload, "results"))
    return {key: value for result in results for key, value in result.items()}


def _currency(payload: Any) -> str:
    parts = objects(payload, "cost_parts")
    return (text(parts[0], "currency") if parts else "") or "USD"


def _turn(said: Any) -> dict[str, Any] | None:
    speaker = SPEAKERS.get(text(said, "role"))
    if speaker is None or not text(said, "content"):
        return None
    return turn(speaker, text(said, "content")) | {"saidAt": moment(said, "timestamp")}


def _recording(payload: Any) -> str:
    links = mapping(payload, "recording_urls")
    return next((url for each in FORMATS if (url := text(links, each))), "")
