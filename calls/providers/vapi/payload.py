"""What Vapi's events say."""

from typing import Any, Final

from calls.models import CallStatus, Direction
from calls.providers.contract import Delivery, Label
from calls.providers.reading import (
    MILLISECONDS,
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

STATUS_UPDATE, REPORT = "status-update", "end-of-call-report"
EVENT_TYPES: Final = frozenset({STATUS_UPDATE, REPORT})

DIRECTIONS = {
    "inboundPhoneCall": Direction.INBOUND,
    "outboundPhoneCall": Direction.OUTBOUND,
    "webCall": Direction.INBOUND,
}
PROGRESS = {
    "scheduled": CallStatus.QUEUED,
    "queued": CallStatus.QUEUED,
    "ringing": CallStatus.RINGING,
    "in-progress": CallStatus.IN_PROGRESS,
    "forwarding": CallStatus.IN_PROGRESS,
}
#: "not-found" and "deletion-failed" speak of a request, not of the call.
OVER = "ended"
SPEAKERS = {"user": "contact", "bot": "assistant", "assistant": "assistant"}
RECORDINGS = ("presignedStereoUrl", "presignedMonoUrl", "stereoRecordingUrl", "recordingUrl")


def label_delivery(delivery: Delivery) -> Label:
    """Return which event it is. A retry of a report differs in its body: its links are new."""
    message = mapping(read_object(delivery.body), "message")
    event_type, call_id = text(message, "type"), text(message, "call", "id")
    status = [text(message, "status")] if event_type == STATUS_UPDATE else []
    return Label(
        event_type=event_type,
        provider_call_id=call_id,
        dedupe_key=":".join([call_id, event_type, *status]),
        occurred_at=moment(message, "timestamp", unit=MILLISECONDS),
    )


def tell(event_type: str, body: bytes, _query: str) -> Told:
    """Return what the event says."""
    message = mapping(read_object(body), "message")
    status = text(message, "status")
    is_report = event_type == REPORT
    is_over = is_report or status == OVER
    call = mapping(message, "call")
    customer = mapping(call, "customer") | mapping(message, "customer")
    direction = DIRECTIONS.get(text(call, "type"), "")
    theirs = text(customer, "number") or text(customer, "sipUri")
    ours = text(message, "phoneNumber", "number") or text(call, "phoneNumber", "number")
    is_inbound = direction == Direction.INBOUND
    return Told(
        rank=Rank.REPORT if is_report else Rank.ENDED if is_over else Rank.PROGRESS,
        at=moment(message, "timestamp", unit=MILLISECONDS),
        contact_ids=_contact_ids(call, customer),
        direction=direction,
        from_number=theirs if is_inbound else ours,
        to_number=ours if is_inbound else theirs,
        progress=PROGRESS.get(status, ""),
        is_over=is_over,
        initiated_at=moment(call, "createdAt"),
        started_at=moment(message, "startedAt") or moment(call, "startedAt"),
        ended_at=moment(message, "endedAt") or moment(call, "endedAt"),
        seconds=number(message, "durationSeconds"),
        ended_reason=text(message, "endedReason") or text(call, "endedReason"),
        transferred_to=text(message, "destination", "number"),
        assistant_name=text(message, "assistant", "name") or text(call, "assistant", "name"),
        assistant_external_id=text(call, "assistantId"),
        summary=text(message, "analysis", "summary"),
        success=flag(message, "analysis", "successEvaluation"),
        extracted_data=_extracted(message),
        cost_amount=money(message, "cost"),
        cost_currency="USD" if money(message, "cost") is not None else "",
        turns=[
            spoken for each in objects(message, "artifact", "messages") if (spoken := _turn(each))
        ],
        recording_url=_recording(message),
    )


def _contact_ids(call: Any, customer: Any) -> tuple[str, ...]:
    carried = (
        text(call, "assistantOverrides", "metadata", "crm_contact_id"),
        text(call, "metadata", "crm_contact_id"),
        text(call, "assistantOverrides", "variableValues", "crm_contact_id"),
        text(customer, "externalId"),
    )
    return tuple(filter(None, carried))


def _extracted(message: Any) -> dict[str, Any]:
    named = {
        text(output, "name"): dig(output, "result")
        for output in mapping(message, "artifact", "structuredOutputs").values()
        if text(output, "name") and dig(output, "result") is not None
    }
    return named | mapping(message, "analysis", "structuredData")


def _turn(said: Any) -> dict[str, Any] | None:
    speaker = SPEAKERS.get(text(said, "role"))
    if speaker is None or not text(said, "message"):
        return None
    start, began, ended = (number(said, name) for name in ("secondsFromStart", "time", "endTime"))
    # `duration` is documented in seconds and comes in milliseconds.
    took = (ended - began) / 1000 if began is not None and ended is not None else None
    end = start + took if start is not None and took is not None else None
    return turn(speaker, text(said, "message"), start, end)


def _recording(message: Any) -> str:
    artifact = mapping(message, "artifact")
    return next((url for name in RECORDINGS if (url := text(artifact, name))), "")
