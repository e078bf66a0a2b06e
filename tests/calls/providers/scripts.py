"""A call as each platform tells of it: composed for these tests."""

import base64
import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

START = dt.datetime(2026, 5, 4, 14, 30, tzinfo=dt.UTC)
OURS, THEIRS = "+14155550100", "+12125550177"


@dataclasses.dataclass(frozen=True)
class Message:
    """A body to post, and the query of the address it is posted to."""

    body: bytes
    query: str = ""


type Script = Callable[..., list[Message]]


def after(seconds: float) -> dt.datetime:
    """Return the moment so many seconds into the call."""
    return START + dt.timedelta(seconds=seconds)


def iso(seconds: float) -> str:
    """The same as ISO 8601."""
    return after(seconds).isoformat().replace("+00:00", "Z")


def ms(seconds: float) -> int:
    """The same in milliseconds."""
    return round(after(seconds).timestamp() * 1000)


def json_message(data: Any) -> Message:
    """An object as JavaScript writes it."""
    return Message(json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode())


# The scripts: an outbound call of a minute that the contact ends.


def vapi(call_id: str = "vapi-1", contact_id: str = "", reason: str = "customer-ended-call") -> Any:
    """Four events."""
    call: dict[str, Any] = {
        "id": call_id,
        "type": "outboundPhoneCall",
        "createdAt": iso(-8),
        "assistantId": "assistant-7",
        "customer": {"number": THEIRS},
    }
    if contact_id:
        call["assistantOverrides"] = {"metadata": {"crm_contact_id": contact_id}}

    def event(kind: str, at: float, **more: Any) -> Message:
        about = {"type": kind, "timestamp": ms(at), "call": call, "phoneNumber": {"number": OURS}}
        return json_message({"message": about | more})

    said = [
        ("system", "Be kind.", 0),
        ("bot", "Good morning.", 1),
        ("user", "Hello — who’s that?", 3),
    ]
    messages = [
        {
            "role": role,
            "message": text,
            "secondsFromStart": at,
            "time": ms(at),
            "endTime": ms(at + 1.5),
            "duration": 1500,
        }
        for role, text, at in said
    ]
    return [
        event("status-update", -5, status="ringing"),
        event("status-update", 0, status="in-progress"),
        event("status-update", 60, status="ended", endedReason=reason),
        event(
            "end-of-call-report",
            66,
            endedReason=reason,
            startedAt=iso(0),
            endedAt=iso(60),
            cost=0.0725,
            assistant={"name": "Ava"},
            analysis={
                "summary": "Wants a quote.",
                "successEvaluation": "true",
                "structuredData": {"fleet": 12},
            },
            artifact={
                "messages": messages,
                "recordingUrl": "https://storage.example.com/mono.wav",
                "presignedStereoUrl": "https://storage.example.com/stereo.wav?signed=1",
                "structuredOutputs": {"u-1": {"name": "Interest", "result": "high"}},
            },
        ),
    ]


def retell(call_id: str = "retell-1", contact_id: str = "", reason: str = "user_hangup") -> Any:
    """Three events."""
    call: dict[str, Any] = {
        "call_id": call_id,
        "call_type": "phone_call",
        "direction": "outbound",
        "from_number": OURS,
        "to_number": THEIRS,
        "agent_id": "assistant-7",
        "agent_name": "Ava",
        "start_timestamp": ms(0),
    }
    if contact_id:
        call["metadata"] = {"crm_contact_id": contact_id}
    turns = [
        {"role": "agent", "content": "Good morning.", "words": [{"start": 1, "end": 2.5}]},
        {"role": "user", "content": "Hello — who’s that?", "words": [{"start": 3, "end": 4.5}]},
    ]
    ended = call | {
        "end_timestamp": ms(60),
        "disconnection_reason": reason,
        "transcript_object": turns,
        "recording_url": "https://storage.example.com/mono.wav",
        "call_cost": {"combined_cost": 7.25},
    }
    analysis = {
        "call_summary": "Wants a quote.",
        "call_successful": True,
        "user_sentiment": "Positive",
        "in_voicemail": False,
        "custom_analysis_data": {"fleet": 12, "Interest": "high"},
    }
    return [
        json_message({"event": "call_started", "call": call}),
        json_message({"event": "call_ended", "call": ended}),
        json_message({"event": "call_analyzed", "call": ended | {"call_analysis": analysis}}),
    ]


def twilio(call_id: str = "CA1", contact_id: str = "", reason: str = "completed") -> Any:
    """Five callbacks."""
    query = urlencode({"crm_contact_id": contact_id}) if contact_id else ""

    def status(said: str, number: int, at: float, **more: str) -> Message:
        form = {
            "CallSid": call_id,
            "AccountSid": "AC1",
            "From": OURS,
            "To": THEIRS,
            "Direction": "outbound-api",
            "CallStatus": said,
            "SequenceNumber": str(number),
            "Timestamp": after(at).strftime("%a, %d %b %Y %H:%M:%S +0000"),
            "CallerName": "Grün & Söhne",
            "ToCity": "",
        }
        return Message(urlencode(form | more).encode(), query)

    recording = {
        "CallSid": call_id,
        "AccountSid": "AC1",
        "RecordingSid": f"RE{call_id}",
        "RecordingStatus": "completed",
        "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE{call_id}",
        "RecordingDuration": "59",
    }
    return [
        status("initiated", 0, -8),
        status("ringing", 1, -5),
        status("in-progress", 2, 0),
        status(reason, 3, 60, CallDuration="60", Duration="1"),
        Message(urlencode(recording).encode(), query),
    ]


def elevenlabs(call_id: str = "conv_1", contact_id: str = "", reason: str = "answered") -> Any:
    """Two events."""
    sound = base64.b64encode(b"ID3\x04\x00" + b"\x00" * 64).decode()
    turns = [
        {"role": "agent", "message": "Good morning.", "time_in_call_secs": 1},
        {"role": "agent", "message": None, "time_in_call_secs": 2, "tool_calls": [{}]},
        {"role": "user", "message": "Hello — who’s that?", "time_in_call_secs": 3},
    ]
    found = {"fleet": {"value": 12}, "Interest": {"value": "high"}, "city": {"value": None}}
    data = {
        "agent_id": "assistant-7",
        "agent_name": "Ava",
        "conversation_id": call_id,
        "status": "done",
        "has_audio": True,
        "transcript": turns,
        "metadata": {
            "start_time_unix_secs": round(after(0).timestamp()),
            "call_duration_secs": 60,
            "termination_reason": "Call ended by remote party",
            "cost": 480,
            "cost_fiat": 0.0725,
            "phone_call": {
                "type": "twilio",
                "direction": "outbound",
                "agent_number": OURS,
                "external_number": THEIRS,
                "call_result": reason,
            },
        },
        "analysis": {
            "transcript_summary": "Wants a quote.",
            "call_successful": "success",
            "data_collection_results": found,
        },
        "conversation_initiation_client_data": {
            "dynamic_variables": {"crm_contact_id": contact_id} if contact_id else {}
        },
    }
    at = round(after(66).timestamp())
    # Python writes its JSON with spaces and escapes: only the bytes themselves are signed.
    told = {"type": "post_call_transcription", "event_timestamp": at, "data": data}
    heard = {"conversation_id": call_id, "full_audio": sound}
    return [
        Message(json.dumps(told, indent=1).encode()),
        json_message({"type": "post_call_audio", "event_timestamp": at + 1, "data": heard}),
    ]


def telnyx(call_id: str = "leg-1", contact_id: str = "", reason: str = "normal_clearing") -> Any:
    """Seven events."""
    state = base64.b64encode(json.dumps({"crm_contact_id": contact_id}).encode()).decode()
    numbers = {"from": OURS, "to": THEIRS}

    def event(kind: str, at: float, **payload: Any) -> Message:
        common = {"call_leg_id": call_id, "client_state": state if contact_id else None}
        data = {
            "record_type": "event",
            "event_type": kind,
            "id": f"{call_id}:{kind}",
            "occurred_at": iso(at),
            "payload": common | payload,
        }
        return json_message({"data": data, "meta": {"attempt": 1}})

    turns = [
        {"role": "assistant", "content": "Good morning.", "timestamp": iso(1)},
        {"role": "user", "content": "Hello — who’s that?", "timestamp": iso(3)},
    ]
    results = [{"result": "Wants a quote."}, {"result": {"fleet": 12, "Interest": "high"}}]
    return [
        event("call.initiated", -8, direction="outgoing", start_time=iso(-8), **numbers),
        event("call.answered", 0, start_time=iso(-8), **numbers),
        event("call.hangup", 60, hangup_cause=reason, hangup_source="callee", **numbers),
        event(
            "call.conversation.ended",
            60.1,
            assistant_id="assistant-7",
            duration_sec=60,
            messages=turns,
            **numbers,
        ),
        event("call.recording.saved", 64, recording_urls={"mp3": "https://storage.example.com/a"}),
        event("call.conversation_insights.generated", 70, results=results),
        event(
            "call.cost", 90, total_cost="0.0725", cost_parts=[{"currency": "USD", "cost": "0.0725"}]
        ),
    ]


SCRIPTS: dict[str, Script] = {
    "vapi": vapi,
    "retell": retell,
    "twilio": twilio,
    "elevenlabs": elevenlabs,
    "telnyx": telnyx,
}
