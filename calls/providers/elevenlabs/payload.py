"""What ElevenLabs' events say."""

import base64
import binascii
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings

from calls.models import Direction
from calls.providers.contract import Delivery, Label
from calls.providers.elevenlabs.ending import NOT_CONNECTED
from calls.providers.reading import (
    Unreadable,
    dig,
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
from calls.providers.told import Rank, Told

TRANSCRIPTION, AUDIO = "post_call_transcription", "post_call_audio"
FAILURE = "call_initiation_failure"
EVENT_TYPES: Final = frozenset({TRANSCRIPTION, AUDIO, FAILURE})

SUCCESS = {"success": True, "failure": False}
SPEAKERS = {"agent": "assistant", "user": "contact"}
#: The tool by which an assistant hands over to a person; to another assistant is no transfer.
TRANSFER_TOOL = "transfer_to_number"


def label_delivery(delivery: Delivery) -> Label:
    """Return which event it is."""
    data = read_object(delivery.body)
    event_type, call_id = text(data, "type"), text(data, "data", "conversation_id")
    return Label(
        event_type=event_type,
        provider_call_id=call_id,
        dedupe_key=f"{event_type}:{call_id}",
        occurred_at=moment(data, "event_timestamp"),
    )


def read_sound(body: bytes) -> bytes:
    """Return the MP3 in an audio event; raises Unreadable."""
    try:
        return base64.b64decode(text(read_object(body), "data", "full_audio"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("The audio is not base64.") from error


def tell(event_type: str, body: bytes, _query: str) -> Told:
    """Return what the event says; an audio event says no more than that the call is over."""
    if event_type == AUDIO:
        return Told(rank=Rank.RECORDING, is_over=True)
    event = read_object(body)
    at, data = moment(event, "event_timestamp"), mapping(event, "data")
    return _tell_of_failure(data, at) if event_type == FAILURE else _tell_all(data, at)


def _tell_all(data: Any, at: Any) -> Told:
    metadata, phone = mapping(data, "metadata"), mapping(data, "metadata", "phone_call")
    result = text(phone, "call_result")
    is_connected = result not in NOT_CONNECTED
    begun = moment(metadata, "start_time_unix_secs")
    direction = text(phone, "direction")
    theirs, ours = text(phone, "external_number"), text(phone, "agent_number")
    is_inbound = direction == Direction.INBOUND
    cost = money(metadata, "cost_fiat")
    return Told(
        rank=Rank.REPORT,
        at=at,
        contact_ids=_contact_ids(data),
        direction=direction if direction in ("inbound", "outbound") else Direction.INBOUND,
        from_number=theirs if is_inbound else ours,
        to_number=ours if is_inbound else theirs,
        is_over=True,
        initiated_at=moment(metadata, "accepted_time_unix_secs") or begun,
        started_at=begun if is_connected else None,
        seconds=number(metadata, "call_duration_secs") if is_connected else None,
        ended_reason=text(metadata, "termination_reason")
        or text(metadata, "error", "reason")
        or result,
        signals={"result": result, "status": text(data, "status")},
        is_transferred=_is_transferred(data),
        assistant_name=text(data, "agent_name"),
        assistant_external_id=text(data, "agent_id"),
        summary=text(data, "analysis", "transcript_summary"),
        success=SUCCESS.get(text(data, "analysis", "call_successful")),
        extracted_data=_collected(data),
        cost_amount=cost,
        cost_currency="" if cost is None else "USD",
        turns=[spoken for each in objects(data, "transcript") if (spoken := _turn(each))],
        recording_url=_recording(data),
    )


def _tell_of_failure(data: Any, at: Any) -> Told:
    body = mapping(data, "metadata", "body")
    reason = text(data, "failure_reason")
    return Told(
        rank=Rank.ENDED,
        at=at,
        direction=Direction.OUTBOUND,
        from_number=text(body, "From") or text(body, "from_number"),
        to_number=text(body, "To") or text(body, "to_number"),
        is_over=True,
        ended_at=at,
        ended_reason=reason,
        signals={
            "result": reason or "failed",
            "sip_code": text(body, "SipResponseCode") or text(body, "sip_status_code"),
        },
        assistant_external_id=text(data, "agent_id"),
    )


def _contact_ids(data: Any) -> tuple[str, ...]:
    started_with = mapping(data, "conversation_initiation_client_data")
    carried = (
        text(started_with, "dynamic_variables", "crm_contact_id"),
        text(data, "user_id"),
        text(started_with, "user_id"),
    )
    return tuple(filter(None, carried))


def _collected(data: Any) -> dict[str, Any]:
    results = mapping(data, "analysis", "data_collection_results")
    return {
        name: value for name, found in results.items() if (value := dig(found, "value")) is not None
    }


def _is_transferred(data: Any) -> bool:
    return any(
        text(result, "tool_name") == TRANSFER_TOOL and not flag(result, "is_error")
        for said in objects(data, "transcript")
        for result in objects(said, "tool_results")
    )


def _turn(said: Any) -> dict[str, Any] | None:
    speaker = SPEAKERS.get(text(said, "role"))
    if speaker is None or not text(said, "message"):
        return None
    return turn(speaker, text(said, "message"), number(said, "time_in_call_secs"))


def _recording(data: Any) -> str:
    """Return where the API has the sound; no link to it is sent."""
    call_id = text(data, "conversation_id")
    if not call_id or not flag(data, "has_audio"):
        return ""
    base = settings.VOICE_API_URLS["elevenlabs"]
    return f"{base}/v1/convai/conversations/{quote(call_id, safe='')}/audio"
