"""What cannot be taken in is kept with its reason, and keeps nothing else out."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from calls.providers.models import EventStatus, ProviderEvent
from calls.providers.operations import run_again
from calls.providers.registry import PLATFORMS
from crm.history.models import Origin
from crm.history.recording import Author
from tests.calls.providers.kit import connect, keep, read_all, tell
from tests.calls.providers.scripts import SCRIPTS, Message, json_message
from tests.counts import counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]

ORDERS = counts(20, 500)
PROVIDERS = pytest.mark.parametrize("provider", list(PLATFORMS))
MANUAL = Author(Origin.MANUAL)


# What fails


def test_an_event_that_fails_is_kept_with_its_error_and_can_be_run_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = connect("retell")
    keep(connection, SCRIPTS["retell"]()[1])

    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise ValidationError("This is no call.")

    monkeypatch.setattr("calls.providers.processing.record_call", refuse)
    read_all(connection)
    event = connection.events.get()
    assert (event.status, event.last_error) == (EventStatus.FAILED, "This is no call.")
    assert event.lease is None
    monkeypatch.undo()
    read_all(connection)
    assert not connection.team.calls.exists()
    assert run_again([event]) == 1
    read_all(connection)
    event.refresh_from_db()
    assert (event.status, event.last_error) == (EventStatus.PROCESSED, "")
    assert connection.team.calls.get().outcome == "connected"
    assert run_again([event]) == 0


@pytest.mark.parametrize(
    ("audio", "said"),
    [("bm8gc291bmQ=", "This is not a sound file."), ("?", "The audio is not base64.")],
)
def test_sound_that_is_none_fails_in_words(audio: str, said: str) -> None:
    connection = connect("elevenlabs")
    data = {"conversation_id": "conv_1", "full_audio": audio}
    keep(connection, json_message({"type": "post_call_audio", "data": data}))
    read_all(connection)
    assert connection.events.get().last_error.startswith(said)
    assert not connection.team.calls.exists()


def test_an_event_without_a_call_fails_in_words() -> None:
    connection = connect("retell")
    keep(connection, json_message({"event": "call_started", "call": {}}))
    read_all(connection)
    assert connection.events.get().last_error == "The event names no call."


def test_a_fault_of_ours_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    connection, message = connect("retell"), SCRIPTS["retell"]()[0]
    event = keep(connection, message)
    assert event

    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr("calls.providers.processing.record_call", broken)
    with pytest.raises(RuntimeError):
        read_all(connection)
    event = ProviderEvent.objects.get()
    assert (event.status, event.last_error) == ("waiting", "RuntimeError: out of order")
    assert event.not_before
    monkeypatch.undo()
    ProviderEvent.objects.update(not_before=None)
    read_all(connection)
    assert connection.team.calls.get().status == "in_progress"


# What a platform may say


@pytest.mark.parametrize(
    "said",
    [
        {"from_number": 14155550100, "to_number": ["x"], "direction": "sideways"},
        {"start_timestamp": "soon", "end_timestamp": 10**30},
        {"start_timestamp": 1_777_000_000_000, "end_timestamp": 1_776_000_000_000},
        {"start_timestamp": 1_000, "end_timestamp": 1_776_000_000_000},
        {"disconnection_reason": "abducted_by_aliens", "agent_name": "A" * 500},
        {"call_cost": {"combined_cost": "dear"}, "call_analysis": [1]},
        {"call_cost": {"combined_cost": 1e30}},
        {"transcript_object": [None, {"role": "agent"}, {"role": "robot", "content": "x"}]},
        {"transcript_object": [{"role": "user", "content": "x", "words": [{"start": -5}]}]},
        {"transcript_object": [{"role": "user", "content": "y" * 50_000}]},
        {"transcript_object": [{"role": "user", "content": "y"}] * 6_000},
        {"recording_url": "ftp://example.com/a"},
        {"recording_url": "https://example.com/" + "a" * 5000},
        {"call_analysis": {"call_summary": "nul \0 and \ud83d half", "user_sentiment": "Miffed"}},
        {"call_analysis": {"call_summary": "s" * 50_000, "custom_analysis_data": {"k\0": "\0"}}},
        {"agent_name": "two\nlines", "transfer_destination": {"number": "+14155550199"}},
    ],
)
def test_what_makes_no_sense_keeps_nothing_else_out(said: dict[str, Any]) -> None:
    connection = connect("retell")
    data = {"event": "call_ended", "call": {"call_id": "odd", "agent_id": "a-7", **said}}
    # As json writes it: halves of a pair stay escaped.
    message = Message(json.dumps(data).encode())
    call = tell(connection, message)
    assert call.assistant_external_id == "a-7"
    assert call.status in ("completed", "failed")
