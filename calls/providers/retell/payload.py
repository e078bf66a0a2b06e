"""What Retell's events say."""

from typing import Any, Final

from calls.models import CallStatus, Direction, Sentiment
from calls.providers.contract import Delivery, Label
from calls.providers.reading import (
    MILLISECONDS,
    flag,
    mapping,
    moment,
    money,
    number,
    objects,
    read_object,
    text,
    turn,
)
from calls.providers.retell.ending import NOT_CONNECTED
from calls.providers.told import Rank, Told

STARTED, ENDED, ANALYZED = "call_started", "call_ended", "call_analyzed"
TRANSFERS = {"transfer_started", "transfer_bridged", "transfer_cancelled", "transfer_ended"}
EVENT_TYPES: Final = frozenset({STARTED, ENDED, ANALYZED, *TRANSFERS})

RANKS = {ENDED: Rank.ENDED, ANALYZED: Rank.REPORT}
SPEAKERS = {"agent": "assistant", "user": "contact", "transfer_target": "agent"}
CENTS = 100


def label_delivery(delivery: Delivery) -> Label:
    """Return which event it is; a call may be transferred more than once."""
    data = read_object(delivery.body)
    event_type, call_id = text(data, "event"), text(data, "call", "call_id")
    key = [event_type, call_id]
    if event_type in TRANSFERS:
        key += [text(data, "call", "start_timestamp"), _destination(data)]
    return Label(
        event_type=event_type,
        provider_call_id=call_id,
        dedupe_key=":".join(key),
        occurred_at=_occurred_at(event_type, data),
    )


def _occurred_at(event_type: str, data: Any) -> Any:
    name = "end_timestamp" if event_type in RANKS else "start_timestamp"
    return moment(data, "call", name, unit=MILLISECONDS)


def _destination(data: Any) -> str:
    for place in (("transfer_destination",), ("call", "transfer_destination")):
        if found := text(data, *place) or text(data, *place, "number"):
            return found
    return ""


def tell(event_type: str, body: bytes, _query: str) -> Told:
    """Return what the event says."""
    data = read_object(body)
    call = mapping(data, "call")
    reason = text(call, "disconnection_reason")
    begun = moment(call, "start_timestamp", unit=MILLISECONDS)
    is_connected = reason not in NOT_CONNECTED
    cost = money(call, "call_cost", "combined_cost")
    direction = text(call, "direction")
    analysis = mapping(call, "call_analysis")
    return Told(
        rank=RANKS.get(event_type, Rank.PROGRESS),
        at=_occurred_at(event_type, data),
        contact_ids=_contact_ids(call),
        direction=direction if direction in ("inbound", "outbound") else _web(call),
        from_number=text(call, "from_number"),
        to_number=text(call, "to_number"),
        progress=CallStatus.IN_PROGRESS if event_type not in RANKS else "",
        is_over=event_type in RANKS,
        initiated_at=None if is_connected else begun,
        started_at=begun if is_connected else None,
        ended_at=moment(call, "end_timestamp", unit=MILLISECONDS),
        ended_reason=reason,
        signals={"in_voicemail": "yes"} if flag(analysis, "in_voicemail") else {},
        transferred_to=_destination(data),
        is_transferred=event_type == "transfer_bridged",
        asked_not_to_be_called=reason == "user_requested_dnc",
        assistant_name=text(call, "agent_name"),
        assistant_external_id=text(call, "agent_id"),
        summary=text(analysis, "call_summary"),
        success=flag(analysis, "call_successful"),
        sentiment=_sentiment(analysis),
        extracted_data=mapping(analysis, "custom_analysis_data"),
        cost_amount=None if cost is None else cost / CENTS,
        cost_currency="" if cost is None else "USD",
        turns=[spoken for each in objects(call, "transcript_object") if (spoken := _turn(each))],
        recording_url=text(call, "recording_multi_channel_url") or text(call, "recording_url"),
    )


def _web(call: Any) -> str:
    return Direction.INBOUND if text(call, "call_type") == "web_call" else ""


def _contact_ids(call: Any) -> tuple[str, ...]:
    places = ("metadata", "retell_llm_dynamic_variables", "collected_dynamic_variables")
    return tuple(filter(None, (text(call, place, "crm_contact_id") for place in places)))


def _sentiment(analysis: Any) -> str:
    found = text(analysis, "user_sentiment").lower()
    return found if found in Sentiment else ""


def _turn(said: Any) -> dict[str, Any] | None:
    speaker = SPEAKERS.get(text(said, "role"))
    if speaker is None or not text(said, "content"):
        return None
    words = objects(said, "words")
    start = number(words[0], "start") if words else None
    end = number(words[-1], "end") if words else None
    return turn(speaker, text(said, "content"), start, end)
