"""Whatever order a call's events come in, and however often, its row ends the same."""

import json
import os
import random
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from calls.operations import delete_calls, save_call
from calls.providers.models import EventStatus, ProviderConnection, ProviderEvent
from calls.providers.operations import run_again
from calls.providers.registry import PLATFORMS
from calls.providers.tasks import work_on_event
from contacts.models import Contact
from contacts.operations import delete_contact, save_contact
from crm.history.models import Change, Origin
from crm.history.recording import Author
from tests.calls.providers.kit import (
    OURS,
    SCRIPTS,
    SECRETS,
    THEIRS,
    Message,
    after,
    json_message,
    keep,
    read_all,
    row,
    tell,
)
from tests.counts import counts
from tests.factories import ConnectionFactory, ContactFactory

pytestmark = pytest.mark.django_db

ORDERS = counts(20, 500)
PROVIDERS = pytest.mark.parametrize("provider", list(PLATFORMS))
MANUAL = Author(Origin.MANUAL)


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def connect(provider: str, **given: Any) -> ProviderConnection:
    return ConnectionFactory.create(provider=provider, secret=SECRETS[provider], **given)


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


# Whose call it is


@PROVIDERS
def test_our_id_is_carried_along(provider: str) -> None:
    connection = connect(provider)
    contact = ContactFactory.create(team=connection.team)
    ContactFactory.create(team=connection.team, phone=THEIRS)
    call = tell(connection, *SCRIPTS[provider](contact_id=str(contact.pk)))
    assert call.contact_id == contact.pk


def test_vapi_carries_our_id_as_the_customers_external_id() -> None:
    connection = connect("vapi")
    contact = ContactFactory.create(team=connection.team)
    message = SCRIPTS["vapi"]()[0]
    number = f'"customer":{{"number":"{THEIRS}"'
    body = message.body.decode().replace(number, f'{number},"externalId":"{contact.pk}"')
    assert tell(connection, Message(body.encode())).contact_id == contact.pk


@PROVIDERS
@pytest.mark.parametrize("column", ["phone", "phone_secondary"])
def test_without_our_id_the_number_tells(provider: str, column: str) -> None:
    connection = connect(provider)
    contact = ContactFactory.create(team=connection.team, **{column: THEIRS})
    assert tell(connection, *SCRIPTS[provider]()).contact_id == contact.pk


@pytest.mark.parametrize("kind", ["theirs", "gone", "no id"])
def test_an_id_that_is_none_of_ours_is_passed_over(kind: str) -> None:
    connection = connect("retell")
    known = ContactFactory.create(team=connection.team, phone=THEIRS)
    other = ContactFactory.create(**({} if kind == "theirs" else {"team": connection.team}))
    if kind == "gone":
        delete_contact(other, by=MANUAL)
    contact_id = "7" if kind == "no id" else str(other.pk)
    assert tell(connection, *SCRIPTS["retell"](contact_id=contact_id)).contact_id == known.pk


def test_a_call_of_nobody_waits_on_the_unmatched_page() -> None:
    connection = connect("retell")
    call = tell(connection, *SCRIPTS["retell"]())
    assert list(connection.team.calls.unmatched()) == [call]


def test_a_persons_link_stays() -> None:
    connection = connect("retell")
    started, ended, analyzed = SCRIPTS["retell"]()
    ContactFactory.create(team=connection.team, phone=THEIRS)
    call = tell(connection, started)
    chosen = ContactFactory.create(team=connection.team)
    call.contact = chosen
    save_call(call, by=MANUAL)
    assert tell(connection, ended, analyzed).contact_id == chosen.pk


# Do not call


DNC = "user_requested_dnc"


def reload(contact: Contact) -> Contact:
    return Contact.objects.get(pk=contact.pk)


def test_who_asks_not_to_be_called_is_not_called_again() -> None:
    connection = connect("retell")
    contact = ContactFactory.create(team=connection.team, phone=THEIRS)
    tell(connection, *SCRIPTS["retell"](reason=DNC))
    assert reload(contact).do_not_call
    (change,) = Change.objects.filter(record_id=contact.pk, verb="updated")
    assert (change.origin, change.fields) == ("call", {"do_not_call": [False, True]})


def test_only_a_person_clears_it_and_then_the_same_call_is_not_asked_again() -> None:
    connection = connect("retell")
    contact = ContactFactory.create(team=connection.team, phone=THEIRS)
    started, ended, analyzed = SCRIPTS["retell"](reason=DNC)
    tell(connection, started, ended)
    cleared = reload(contact)
    cleared.do_not_call = False
    save_contact(cleared, by=Author(Origin.CALL))
    assert reload(contact).do_not_call
    cleared = reload(contact)
    cleared.do_not_call = False
    save_contact(cleared, by=MANUAL)
    tell(connection, analyzed)
    assert not reload(contact).do_not_call


def test_the_wish_goes_with_the_call_to_whose_it_is() -> None:
    connection = connect("retell")
    call = tell(connection, *SCRIPTS["retell"](reason=DNC))
    assert call.asked_not_to_be_called
    contact = ContactFactory.create(team=connection.team)
    call.contact = contact
    save_call(call, by=MANUAL)
    assert reload(contact).do_not_call


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
