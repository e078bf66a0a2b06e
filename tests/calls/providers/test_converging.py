"""Whatever order a call's events come in, and however often, its row ends the same."""

import os
import random
from decimal import Decimal
from typing import Any

import pytest

from calls.operations import delete_calls, save_call
from calls.providers.models import EventStatus, ProviderConnection
from calls.providers.registry import PLATFORMS
from calls.providers.tasks import work_on_event
from crm.history.models import Origin
from crm.history.recording import Author
from tests.calls.providers.kit import connect, keep, row, tell
from tests.calls.providers.scripts import OURS, SCRIPTS, THEIRS, Message, after, json_message
from tests.counts import counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]

ORDERS = counts(20, 500)
PROVIDERS = pytest.mark.parametrize("provider", list(PLATFORMS))
MANUAL = Author(Origin.MANUAL)


# In their order


@PROVIDERS
def test_a_call_is_told_whole(provider: str) -> None:
    call = tell(connect(provider), *SCRIPTS[provider]())
    said = row(call)
    assert (
        said
        | {
            "provider": provider,
            "direction": "outbound",
            "status": "completed",
            "outcome": "connected",
            "from_number": OURS,
            "to_number": THEIRS,
            "started_at": after(0),
            "ended_at": after(60),
            "duration_seconds": 60,
            "voicemail": False,
            "asked_not_to_be_called": False,
        }
        == said
    )
    assert said["source_url"]


@pytest.mark.parametrize("provider", ["vapi", "retell", "elevenlabs", "telnyx"])
def test_a_platform_with_an_assistant_tells_more(provider: str) -> None:
    said = row(tell(connect(provider), *SCRIPTS[provider]()))
    assert (
        said
        | {
            "ended_by": "contact",
            "assistant_external_id": "assistant-7",
            "summary": "Wants a quote.",
            "cost_amount": Decimal("0.0725"),
            "cost_currency": "USD",
            "transcript_status": "ready",
        }
        == said
    )
    assert said["extracted_data"] == {"fleet": 12, "Interest": "high"}
    turns = [(turn["speaker"], turn["text"], turn["startSeconds"]) for turn in said["turns"]]
    assert turns == [
        ("assistant", "Good morning.", 1.0),
        ("contact", "Hello — who’s that?", 3.0),
    ]


def test_the_sound_of_an_audio_event_becomes_a_file_once() -> None:
    connection = connect("elevenlabs")
    call = tell(connection, *SCRIPTS["elevenlabs"]())
    recording = call.recordings.get()
    assert (recording.content_type, recording.size) == ("audio/mpeg", 69)
    event = connection.events.get(event_type="post_call_audio")
    assert bytes(event.body) == b""


@pytest.mark.parametrize("order", [1, -1])
def test_sound_that_was_sent_is_not_fetched(order: int) -> None:
    call = tell(connect("elevenlabs"), *SCRIPTS["elevenlabs"]()[::order])
    recording = call.recordings.get()
    assert recording.file
    assert recording.source_url.endswith("/v1/convai/conversations/conv_1/audio")
    assert not recording.copies.filter(status="waiting")


# In any order


def deliver(connection: ProviderConnection, messages: list[Message], chance: random.Random) -> None:
    """Post every message, some twice, in any order, and read now and then in any order."""
    repeated = [message for message in messages if chance.random() < 0.3]
    for message in chance.sample(all_ := messages + repeated, len(all_)):
        keep(connection, message)
        if chance.random() < 0.5:
            read_some(connection, chance)
    while connection.events.filter(status=EventStatus.WAITING).exists():
        read_some(connection, chance)


def read_some(connection: ProviderConnection, chance: random.Random) -> None:
    waiting = list(connection.events.filter(status=EventStatus.WAITING).order_by("pk"))
    for event in chance.sample(waiting, chance.randint(0, len(waiting))):
        work_on_event.func(str(event.team_id), str(event.pk))


#: Ends on which the events of a call do not agree until all of them are there.
REASONS = {
    "vapi": "voicemail",
    "retell": "user_requested_dnc",
    "twilio": "no-answer",
    "elevenlabs": "voicemail",
    "telnyx": "normal_clearing",
}


# test_killing has them in any order on either database, and at once.
@pytest.mark.once
@PROVIDERS
def test_any_order_with_repeats_ends_in_the_same_row(provider: str) -> None:
    seed = os.environ.get("CALLBOOK_HYPOTHESIS_SEED", "1")
    chance = random.Random(f"{provider}{seed}")  # noqa: S311
    scripts = [SCRIPTS[provider](), SCRIPTS[provider](reason=REASONS[provider])]
    expected = [row(tell(connect(provider), *script)) for script in scripts]
    for number in range(ORDERS):
        connection = connect(provider)
        deliver(connection, scripts[number % 2], chance)
        assert row(connection.team.calls.get()) == expected[number % 2], number
        assert not connection.events.exclude(status=EventStatus.PROCESSED)


def test_a_call_that_ended_before_it_was_answered_is_weighed_again() -> None:
    initiated, answered, hangup, *_ = SCRIPTS["telnyx"]()
    connection = connect("telnyx")
    assert tell(connection, hangup).outcome == "no_answer"
    call = tell(connection, initiated, answered)
    assert (call.status, call.outcome, call.ended_by) == ("completed", "connected", "contact")


def test_a_retry_with_other_links_is_the_same_event() -> None:
    connection = connect("vapi")
    *_, report = SCRIPTS["vapi"]()
    retry = Message(report.body.replace(b"signed=1", b"signed=2"))
    assert retry != report
    call = tell(connection, report, retry)
    assert call.recordings.get().source_url.endswith("signed=1")
    assert call.version == 1


def test_a_late_report_erases_nothing() -> None:
    started, ended, _analyzed = SCRIPTS["retell"]()
    connection = connect("retell")
    before = row(tell(connection, started, ended))
    poor: dict[str, Any] = {
        "event": "call_analyzed",
        "call": {"call_id": "retell-1", "transcript_object": []},
    }
    poor["call"] |= {"from_number": None, "call_analysis": None}
    assert row(tell(connection, json_message(poor))) == before


def test_what_a_person_changed_stays_while_the_platform_says_nothing_new_of_it() -> None:
    connection = connect("telnyx")
    *most, cost = SCRIPTS["telnyx"]()
    call = tell(connection, *most)
    call.summary, call.outcome = "Wants two quotes.", "voicemail"
    save_call(call, by=MANUAL)
    call = tell(connection, cost)
    assert (call.summary, call.outcome) == ("Wants two quotes.", "voicemail")
    assert call.cost_amount == Decimal("0.0725")


def test_a_call_that_was_deleted_comes_back_whole() -> None:
    connection = connect("telnyx")
    *most, cost = SCRIPTS["telnyx"]()
    call = tell(connection, *most)
    before = row(call)
    delete_calls([call], by=MANUAL)
    amount = {"cost_amount": Decimal("0.0725"), "cost_currency": "USD"}
    assert row(tell(connection, cost)) == before | amount


def test_the_calls_of_two_connections_are_their_own() -> None:
    for connection in (connect("retell"), connect("retell")):
        tell(connection, *SCRIPTS["retell"]())
