"""What Twilio's three callbacks say: status, recording, and who answered."""

from typing import Any, Final
from urllib.parse import parse_qsl

from calls.models import CallStatus, Direction
from calls.providers.contract import Delivery, Label
from calls.providers.reading import Unreadable, moment, number, text
from calls.providers.told import Rank, Told

PROGRESS = {
    "queued": CallStatus.QUEUED,
    "initiated": CallStatus.QUEUED,
    "ringing": CallStatus.RINGING,
    "in-progress": CallStatus.IN_PROGRESS,
}
OVER = ("completed", "busy", "no-answer", "failed", "canceled")
RECORDED = "recording:completed"
ANSWERED_BY = "answered-by"
EVENT_TYPES: Final = frozenset(
    {*(f"status:{status}" for status in (*PROGRESS, *OVER)), RECORDED, ANSWERED_BY}
)


def label_delivery(delivery: Delivery) -> Label:
    """Return which event it is. A leg that was dialled from a call belongs to that call."""
    form = read_form(delivery.body)
    event_type, *key = _kind(form)
    token = delivery.headers.get("I-Twilio-Idempotency-Token", "")
    call_id = text(form, "CallSid")
    return Label(
        event_type=event_type,
        provider_call_id=text(form, "ParentCallSid") or call_id,
        dedupe_key=f"token:{token}" if token else ":".join([call_id, *key]),
        occurred_at=moment(form, "Timestamp"),
    )


def read_form(body: bytes) -> dict[str, str]:
    """Return the fields of the form; raises Unreadable."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
    except ValueError as error:
        raise Unreadable("The body is no form.") from error
    return {name: value.replace("\x00", "") for name, value in pairs}


def _kind(form: Any) -> list[str]:
    """Return the event's type, and what it differs by from others of its call."""
    if recording := text(form, "RecordingSid"):
        status = text(form, "RecordingStatus")
        if status or not text(form, "CallStatus"):
            return [f"recording:{status}", recording, status]
    if status := text(form, "CallStatus"):
        return [f"status:{status}", status, text(form, "SequenceNumber")]
    answered_by = text(form, "AnsweredBy")
    return [ANSWERED_BY if answered_by else "", answered_by]


def tell(event_type: str, body: bytes, query: str) -> Told:
    """Return what the event says."""
    form = read_form(body)
    contact_id = dict(parse_qsl(query)).get("crm_contact_id", "")
    contact_ids = (contact_id,) if contact_id else ()
    if event_type == RECORDED:
        url = text(form, "RecordingUrl")
        return Told(
            rank=Rank.RECORDING, contact_ids=contact_ids, is_over=bool(url), recording_url=url
        )
    signals = {"answered_by": text(form, "AnsweredBy"), "sip_code": text(form, "SipResponseCode")}
    if event_type == ANSWERED_BY:
        return Told(
            rank=Rank.PROGRESS,
            contact_ids=contact_ids,
            progress=CallStatus.IN_PROGRESS,
            signals=signals,
        )
    if text(form, "ParentCallSid"):
        return _tell_of_dialled_leg(form)
    status = text(form, "CallStatus")
    is_over = status in OVER
    at = moment(form, "Timestamp")
    return Told(
        rank=Rank.ENDED if is_over else Rank.PROGRESS,
        at=at,
        contact_ids=contact_ids,
        direction=_direction(text(form, "Direction")),
        from_number=text(form, "From"),
        to_number=text(form, "To"),
        progress=PROGRESS.get(status, ""),
        is_over=is_over,
        initiated_at=at if PROGRESS.get(status) == CallStatus.QUEUED else None,
        started_at=at if status == "in-progress" else None,
        ended_at=at if is_over else None,
        # `Duration` beside it counts minutes begun.
        seconds=number(form, "CallDuration") if status == "completed" else None,
        ended_reason=status if is_over else "",
        signals=signals,
        recording_url=text(form, "RecordingUrl"),
    )


def _tell_of_dialled_leg(form: Any) -> Told:
    """Somebody else was dialled within the call: where they answered, it was transferred."""
    is_answered = text(form, "CallStatus") in ("in-progress", "completed")
    return Told(
        rank=Rank.PROGRESS,
        at=moment(form, "Timestamp"),
        progress=CallStatus.IN_PROGRESS,
        is_transferred=is_answered,
        transferred_to=text(form, "To") if is_answered else "",
    )


def _direction(said: str) -> str:
    if said.startswith("outbound"):
        return Direction.OUTBOUND
    return Direction.INBOUND if said == "inbound" else ""
