"""Placing calls: asked once, carried along, and never to whom may not be called."""

import base64
import datetime as dt
import json
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection as database
from django.utils import timezone
from pytest_django import Settings

from calls.dialling.models import Line, OrderStatus, OutboundCall
from calls.dialling.operations import NotCallable, place_call, repeat_call, say_not_placed
from calls.models import Call
from calls.providers.operations import disconnect
from contacts.models import Contact
from contacts.operations import save_contact
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.teams.models import Team
from tests.calls.dialling.kit import (
    IDS,
    NUMBER,
    PATHS,
    Platforms,
    age,
    callable_contact,
    open_team,
    patience,
    platforms,
)
from tests.calls.providers.kit import SCRIPTS, keep, read_all, tell
from tests.factories import CallFactory, ConnectionFactory, LineFactory
from tests.local_server import Said

pytestmark = pytest.mark.django_db

BY = Author(Origin.MANUAL)
PROVIDERS = pytest.mark.parametrize("provider", list(PATHS))


@pytest.fixture
def platform(settings: Settings) -> Iterator[Platforms]:
    with platforms(settings) as running:
        yield running


@pytest.fixture
def team() -> Team:
    return open_team()


@pytest.fixture
def contact(team: Team) -> Contact:
    return callable_contact(team)


def place(contact: Contact, line: Line, **how: Any) -> OutboundCall:
    return place_call(contact, line, **{"by": BY, "token": uuid.uuid4()} | how)


def line_of(team: Team, provider: str = "vapi", **values: Any) -> Line:
    return LineFactory.create(team=team, provider=provider, **values)


@PROVIDERS
def test_an_accepted_call_is_at_the_contact_at_once(
    platform: Platforms, team: Team, contact: Contact, provider: str
) -> None:
    line = line_of(team, provider)
    placed = place(contact, line)
    assert placed.status == OrderStatus.ACCEPTED
    call = Call.objects.get()
    assert (call.contact, call.status, call.direction) == (contact, "queued", "outbound")
    assert (call.provider, call.provider_call_id) == (provider, f"{provider}-call-1")
    assert call.to_number == NUMBER
    assert len(platform.asked) == 1
    contact.refresh_from_db()
    assert contact.last_call_at == call.initiated_at


@PROVIDERS
def test_the_platforms_events_join_it(
    platform: Platforms, team: Team, contact: Contact, provider: str
) -> None:
    line = line_of(team, provider)
    place(contact, line)
    # Nothing in the events says whose call it is, and the number is nobody's.
    told = SCRIPTS[provider](call_id=f"{provider}-call-1")
    call = tell(line.connection, *told)
    assert (call.contact, call.status, call.outcome) == (contact, "completed", "connected")
    assert Call.objects.count() == 1


@PROVIDERS
def test_events_that_come_before_the_answer_are_the_same_call(
    platform: Platforms, team: Team, contact: Contact, provider: str
) -> None:
    line = line_of(team, provider)
    told = SCRIPTS[provider](call_id=f"{provider}-call-1", contact_id=str(contact.pk))
    tell(line.connection, *told)
    Call.objects.update(updated_at=timezone.now() - dt.timedelta(days=1))
    place(contact, line)
    call = Call.objects.get()
    assert (call.contact, call.status, call.outcome) == (contact, "completed", "connected")


def test_whose_call_it_is_follows_from_who_was_to_be_called(
    platform: Platforms, team: Team, contact: Contact
) -> None:
    line = line_of(team, "retell")
    place(contact, line)
    # The process was stopped before the call was written.
    Call.objects.all().delete()
    assert tell(line.connection, *SCRIPTS["retell"](call_id="retell-call-1")).contact == contact


def test_vapi_is_asked_by_its_private_key(
    platform: Platforms, team: Team, contact: Contact
) -> None:
    place(contact, line_of(team, "vapi"))
    assert platform.asked[0].headers["Authorization"] == "Bearer opens-the-api"
    ours = {"crm_contact_id": str(contact.pk)}
    assert platform.sent == {
        "assistantId": "assistant-7",
        "phoneNumberId": "phone-7",
        "customer": {"number": NUMBER, "name": "Ada Lovelace", "externalId": str(contact.pk)},
        "assistantOverrides": {"variableValues": ours, "metadata": ours},
    }


def test_retell_is_given_a_key_by_which_it_knows_repeats(
    platform: Platforms, team: Team, contact: Contact
) -> None:
    placed = place(contact, line_of(team, "retell", assistant="agent-9"))
    assert platform.asked[0].headers["Authorization"] == "Bearer opens-the-api"
    ours = {"crm_contact_id": str(contact.pk)}
    assert platform.sent == {
        "from_number": "+14155550100",
        "to_number": NUMBER,
        "override_agent_id": "agent-9",
        "metadata": ours,
        "retell_llm_dynamic_variables": ours,
        "idempotency_key": str(placed.pk),
    }


def test_twilio_calls_back_at_our_address(
    platform: Platforms, team: Team, contact: Contact
) -> None:
    line = line_of(team, "twilio")
    place(contact, line)
    signature = base64.b64encode(b"AC1:opens-the-api").decode()
    assert platform.asked[0].headers["Authorization"] == f"Basic {signature}"
    callback = f"{line.connection.webhook_url}?crm_contact_id={contact.pk}"
    assert platform.sent == {
        "To": [NUMBER],
        "From": ["+14155550100"],
        "Url": ["https://example.com/twiml"],
        "StatusCallback": [callback],
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "RecordingStatusCallback": [callback],
    }


@PROVIDERS
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Said(b'{"message": "Number is not allowed."}', 400), "Number is not allowed."),
        (Said(b'{"message": ["a", "b"], "error": "Bad Request"}', 400), "a b"),
        (Said(b"", 401), "It answered 401."),
        (Said(b"<html>", 429), "It answered 429."),
    ],
)
def test_a_refusal_is_told_and_another_try_is_free(
    platform: Platforms, team: Team, contact: Contact, provider: str, answer: Said, said: str
) -> None:
    line = line_of(team, provider)
    platform.say(answer)
    placed = place(contact, line)
    assert (placed.status, placed.said) == (OrderStatus.REFUSED, said)
    assert not Call.objects.exists()
    platform.place()
    assert place(contact, line).status == OrderStatus.ACCEPTED


@PROVIDERS
@pytest.mark.parametrize(
    "answer",
    [
        Said(b"{}", 200),
        Said(b"not JSON", 201),
        Said(b"[]", 201),
        Said(b"", 500),
        Said(b"", 408),
        Said(b"", 302, {"Location": "/elsewhere"}),
        Said(b'{"id": "x"}', 503),
    ],
)
def test_what_is_neither_yes_nor_no_is_not_asked_again(
    platform: Platforms, team: Team, contact: Contact, provider: str, answer: Said
) -> None:
    line = line_of(team, provider)
    platform.say(answer)
    assert place(contact, line).status == OrderStatus.UNKNOWN
    with pytest.raises(NotCallable, match="We do not know whether Ada Lovelace was called") as no:
        place(contact, line)
    assert no.value.lost
    assert len(platform.asked) == 1


@PROVIDERS
def test_a_platform_that_answers_twice_has_placed_one_call(
    platform: Platforms, team: Team, contact: Contact, provider: str
) -> None:
    body = json.dumps({IDS[provider]: "the-one"}).encode()
    answer = b"%bHTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%b" % (body, len(body), body)
    length = {"Content-Length": str(len(body))}
    platform.say(Said(status=201, headers=length, write=lambda file: file.write(answer)))
    line = line_of(team, provider)
    assert place(contact, line).provider_call_id == "the-one"
    told = SCRIPTS[provider](call_id="the-one", contact_id=str(contact.pk))
    for message in (*told, *told):
        keep(line.connection, message)
    read_all(line.connection)
    assert Call.objects.get().status == "completed"
    assert len(platform.asked) == 1


@PROVIDERS
def test_nobody_is_asked_again_after_a_timeout(
    platform: Platforms,
    team: Team,
    contact: Contact,
    provider: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = line_of(team, provider)
    patience(monkeypatch, 0.3)
    released = platform.say_nothing(but_place=True)
    placed = place(contact, line)
    released.set()
    assert placed.status == OrderStatus.UNKNOWN
    platform.place()
    for _attempt in range(2):
        with pytest.raises(NotCallable, match=r"Look at .* before you call again"):
            place(contact, line)
    assert len(platform.asked) == 1
    # Once the platform tells of it, that was the call.
    told = SCRIPTS[provider](call_id=f"{provider}-call-1", contact_id=str(contact.pk))
    tell(line.connection, told[-2 if provider == "twilio" else -1])
    platform.place()
    assert place(contact, line).status == OrderStatus.ACCEPTED


def test_a_repeat_that_the_platform_knows_is_one_call(
    platform: Platforms, team: Team, contact: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = line_of(team, "retell")
    patience(monkeypatch, 0.3)
    released = platform.say_nothing(but_place=True)
    placed = place(contact, line)
    released.set()
    assert placed.may_repeat
    platform.place()
    patience(monkeypatch, 10)
    repeat_call(placed, by=BY)
    assert placed.status == OrderStatus.ACCEPTED
    assert len(platform.asked) == 2
    assert list(platform.placed.values()) == ["retell-call-1"]
    assert Call.objects.get().provider_call_id == "retell-call-1"
    with pytest.raises(NotCallable, match="cannot be sent again"):
        repeat_call(placed, by=BY)


def test_a_repeat_is_refused_where_it_would_be_another_call(
    platform: Platforms, team: Team, contact: Contact
) -> None:
    platform.say(Said(b"", 500))
    for provider in ("vapi", "twilio"):
        other = callable_contact(team, phone="+12125550188")
        placed = place(other, line_of(team, provider))
        assert not placed.may_repeat
        with pytest.raises(NotCallable, match="cannot be sent again"):
            repeat_call(placed, by=BY)
    placed = place(contact, line_of(team, "retell"))
    age(placed, minutes=51)
    with pytest.raises(NotCallable, match="cannot be sent again"):
        repeat_call(placed, by=BY)
    assert len(platform.asked) == 3


def test_a_repeat_heeds_do_not_call(platform: Platforms, team: Team, contact: Contact) -> None:
    platform.say(Said(b"", 500))
    placed = place(contact, line_of(team, "retell"))
    forbid(contact)
    with pytest.raises(NotCallable, match="asked not to be called"):
        repeat_call(placed, by=BY)
    assert len(platform.asked) == 1


def test_a_server_that_was_stopped_while_it_asked_knows_nothing(
    platform: Platforms, team: Team, contact: Contact
) -> None:
    line = line_of(team)
    placed = place(contact, line)
    Call.objects.all().delete()
    OutboundCall.objects.update(status=OrderStatus.ASKING, provider_call_id="")
    with pytest.raises(NotCallable, match="is being placed at this moment"):
        place(contact, line)
    age(placed, minutes=2)
    with pytest.raises(NotCallable, match="We do not know whether") as no:
        place(contact, line)
    assert no.value.lost == placed
    say_not_placed(placed, by=BY)
    assert place(contact, line).status == OrderStatus.ACCEPTED
    with pytest.raises(NotCallable, match="known by now"):
        say_not_placed(placed, by=BY)


def test_a_platform_that_cannot_be_reached_was_not_asked(
    settings: Settings, platform: Platforms, team: Team, contact: Contact
) -> None:
    line = line_of(team)
    for url, said in (
        ("http://127.0.0.1:9", "takes no connection"),
        ("https://nowhere.invalid", "was not found"),
        ("http://10.1.2.3", "private network"),
    ):
        settings.VOICE_API_URLS = {"vapi": url}
        placed = place(contact, line)
        assert placed.status == OrderStatus.REFUSED
        assert said in placed.said


def test_a_form_sent_twice_is_one_call(platform: Platforms, team: Team, contact: Contact) -> None:
    line, token = line_of(team), uuid.uuid4()
    first, second = (place(contact, line, token=token) for _ in range(2))
    assert first == second
    assert second.status == OrderStatus.ACCEPTED
    assert len(platform.asked) == 1
    assert Call.objects.count() == 1


def forbid(contact: Contact) -> None:
    stored = Contact.objects.get(pk=contact.pk)
    stored.do_not_call = True
    save_contact(stored, by=BY)


def test_who_asked_not_to_be_called_is_not(
    platform: Platforms, team: Team, contact: Contact
) -> None:
    forbid(contact)
    # What was read before the wish came does not count.
    assert not contact.do_not_call
    with pytest.raises(NotCallable, match="asked not to be called") as no:
        place(contact, line_of(team), outside_hours=True)
    assert not no.value.is_hours
    assert not platform.asked
    assert not OutboundCall.objects.exists()


def test_outside_the_hours_nobody_is_called_unless_somebody_says_so(platform: Platforms) -> None:
    now = timezone.now()
    closed = {1: "234567", 7: "123456"}.get(now.isoweekday(), "17")
    team = open_team(calling_days=closed)
    contact, line = callable_contact(team, timezone="UTC"), line_of(team)
    with pytest.raises(NotCallable, match="outside the calling hours") as no:
        place(contact, line)
    assert no.value.is_hours
    assert not platform.asked
    assert place(contact, line, outside_hours=True).outside_hours


@pytest.mark.parametrize("status", ["queued", "ringing", "in_progress"])
def test_who_is_on_the_phone_is_not_called(
    platform: Platforms, team: Team, contact: Contact, status: str
) -> None:
    call = CallFactory.create(contact=contact, status=status, provider="vapi")
    with pytest.raises(NotCallable, match="is going on at this moment"):
        place(contact, line_of(team))
    Call.objects.update(updated_at=timezone.now() - dt.timedelta(hours=3))
    assert place(contact, line_of(team)).status == OrderStatus.ACCEPTED
    assert call.pk


def test_numbers_are_the_contacts_own(platform: Platforms, team: Team) -> None:
    contact = callable_contact(team, phone="", phone_secondary="+12125550188")
    assert place(contact, line_of(team)).number == "+12125550188"
    with pytest.raises(NotCallable, match="is not a number of Ada Lovelace any more"):
        place(contact, line_of(team), number=NUMBER)
    without = callable_contact(team, phone="")
    with pytest.raises(NotCallable, match="has no phone number"):
        place(without, line_of(team))
    assert len(platform.asked) == 1


def test_a_line_without_a_key_calls_nobody(
    platform: Platforms, team: Team, contact: Contact
) -> None:
    bare = LineFactory.create(connection=ConnectionFactory.create(team=team, provider="vapi"))
    accountless = LineFactory.create(
        connection=ConnectionFactory.create(team=team, provider="twilio")
    )
    ended = line_of(team)
    disconnect(ended.connection, by=BY)
    for line in (bare, accountless, ended):
        with pytest.raises(ValidationError, match="nothing that opens"):
            place(contact, line)
    assert not platform.asked


def test_history_says_who_called_whom(platform: Platforms, team: Team, contact: Contact) -> None:
    platform.say(Said(b'{"message": "No credit."}', 402))
    placed = place(contact, line_of(team))
    changes = Change.objects.filter(team=team, record_id=placed.pk).order_by("at", "id")
    assert [change.verb for change in changes] == ["created", "updated"]
    assert changes[0].fields["contact"] == [None, "Ada Lovelace"]
    assert changes[1].fields["said"] == ["", "No credit."]
    assert "opens-the-api" not in str(list(changes.values()))


@pytest.mark.django_db(transaction=True)
def test_two_people_at_the_same_moment_are_one_call(platform: Platforms) -> None:
    team = open_team()
    contact, line = callable_contact(team), line_of(team)
    released = platform.say_nothing()
    outcomes: list[str] = []

    def call() -> None:
        try:
            outcomes.append(str(place(Contact.objects.get(pk=contact.pk), line).status))
        except NotCallable as no:
            outcomes.append(str(no))
            released.set()
        finally:
            database.close()

    people = [threading.Thread(target=call) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join(15)
    assert len(platform.asked) == 1
    assert sum("is being placed at this moment" in each for each in outcomes) == 1
