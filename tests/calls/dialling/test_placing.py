"""Placing calls: asked once, carried along, and never to whom may not be called."""

import base64
import datetime as dt
import threading
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection as database
from django.utils import timezone

from calls.dialling.models import OrderStatus, OutboundCall
from calls.dialling.operations import NotCallable
from calls.models import Call
from calls.providers.operations import disconnect
from contacts.models import Contact
from crm.history.models import Change
from crm.teams.models import Team
from tests.calls.dialling.kit import (
    BY,
    NUMBER,
    PATHS,
    Platforms,
    callable_contact,
    forbid,
    line_of,
    open_team,
    place,
)
from tests.calls.providers.kit import tell
from tests.calls.providers.scripts import SCRIPTS
from tests.factories import CallFactory, ConnectionFactory, LineFactory
from tests.local_server import Said

pytestmark = pytest.mark.django_db

PROVIDERS = pytest.mark.parametrize("provider", list(PATHS))


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


def test_a_form_sent_twice_is_one_call(platform: Platforms, team: Team, contact: Contact) -> None:
    line, token = line_of(team), uuid.uuid4()
    first, second = (place(contact, line, token=token) for _ in range(2))
    assert first == second
    assert second.status == OrderStatus.ACCEPTED
    assert len(platform.asked) == 1
    assert Call.objects.count() == 1


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
