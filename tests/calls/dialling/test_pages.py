"""Calling a contact from its panel, and the lines in the settings."""

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from calls.dialling.models import Line, OrderStatus, OutboundCall
from calls.models import Call
from calls.providers.operations import disconnect
from calls.providers.registry import PLATFORMS
from contacts.models import Contact
from crm.history.models import Origin
from crm.history.recording import Author
from crm.teams.models import Role, Team
from tests.calls.dialling.kit import (
    NUMBER,
    Platforms,
    age,
    callable_contact,
    open_team,
    platforms,
)
from tests.factories import CallFactory, ConnectionFactory, LineFactory
from tests.local_server import Said
from tests.pages import Reader, filled, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BY = Author(Origin.MANUAL)
OWN_PHONE = f'<a class="button is-primary" href="tel:{NUMBER}">'


@pytest.fixture
def platform(settings: Settings) -> Iterator[Platforms]:
    with platforms(settings) as running:
        yield running


@pytest.fixture
def team() -> Team:
    return open_team()


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team)


@pytest.fixture
def contact(team: Team) -> Contact:
    return callable_contact(team)


def closed_today() -> str:
    """The days of a team that does not call today, yesterday or tomorrow."""
    today = timezone.now().isoweekday()
    near = {str((today + shift - 1) % 7 + 1) for shift in (-1, 0, 1)}
    return "".join(day for day in "1234567" if day not in near)


def send(reader: Reader, contact: Contact, **changes: Any) -> Any:
    """Open the form, and send it as it stands but for the changes."""
    form = filled(reader.get("dialling:call", contact.pk))
    return reader.post("dialling:call", contact.pk, follow=True, **form | changes)


# Calling


def test_a_contact_is_called_from_its_panel(
    platform: Platforms, reader: Reader, team: Team, contact: Contact
) -> None:
    LineFactory.create(team=team, provider="vapi", name="Nora, sales")
    panel = reader.get_part("contacts:detail", contact.pk)
    assert f'data-panel href="{reader.url("dialling:call", contact.pk)}"' in panel.text
    form = reader.get("dialling:call", contact.pk)
    assert "Nora, sales, Vapi" in words(form)
    assert "(212) 555-0147" in words(form)
    assert "Call outside" not in words(form)
    response = send(reader, contact)
    assert response.redirect_chain[0][0] == reader.url("contacts:detail", contact.pk)
    page = words(response)
    assert "Nora, sales is calling Ada Lovelace." in page
    assert "Queued" in page
    placed = OutboundCall.objects.get()
    assert placed.created_by == reader.user
    assert placed.number == NUMBER


def test_the_line_and_the_number_are_chosen(
    platform: Platforms, reader: Reader, team: Team
) -> None:
    contact = callable_contact(team, phone_secondary="+12125550188")
    LineFactory.create(team=team, name="Ava")
    other = LineFactory.create(team=team, provider="twilio", name="Zoe")
    send(reader, contact, line=str(other.pk), number="+12125550188")
    placed = OutboundCall.objects.get()
    assert (placed.line_name, placed.number) == ("Zoe", "+12125550188")
    assert placed.connection == other.connection


def test_who_has_no_line_calls_by_their_own_phone(
    reader: Reader, team: Team, contact: Contact
) -> None:
    panel = reader.get("contacts:detail", contact.pk).text
    assert OWN_PHONE in panel
    assert f'<a class="link numeric" href="tel:{NUMBER}">' in panel
    assert "Nobody has set up a line" in words(reader.get("dialling:call", contact.pk))
    line = LineFactory.create(team=team)
    assert OWN_PHONE not in reader.get("contacts:detail", contact.pk).text
    assert OWN_PHONE in Reader(team, Role.VIEWER).get("contacts:detail", contact.pk).text
    disconnect(line.connection, by=BY)
    assert OWN_PHONE in reader.get("contacts:detail", contact.pk).text
    assert "Add a line in" in words(Reader(team, Role.ADMIN).get("dialling:call", contact.pk))


def test_who_asked_not_to_be_called_has_no_button_and_no_form(
    platform: Platforms, reader: Reader, team: Team
) -> None:
    contact = callable_contact(team, phone_secondary="+12125550188", do_not_call=True)
    line = LineFactory.create(team=team)
    panel = reader.get("contacts:detail", contact.pk).text
    assert "tel:" not in panel
    assert reader.url("dialling:call", contact.pk) not in panel
    page = reader.get("dialling:call", contact.pk)
    assert "Ada Lovelace asked not to be called." in words(page)
    assert "<button" not in page.text.partition("<main")[2].partition("</main>")[0]
    for who in (reader, Reader(team, Role.OWNER)):
        sent = {"token": str(uuid.uuid4()), "number": NUMBER, "line": str(line.pk)}
        response = who.post("dialling:call", contact.pk, outside_hours="on", **sent)
        assert "asked not to be called" in words(response)
    assert not platform.asked
    assert not OutboundCall.objects.exists()


def test_outside_the_hours_only_who_may_calls_all_the_same(platform: Platforms) -> None:
    team = open_team(calling_days=closed_today())
    contact, line = callable_contact(team), LineFactory.create(team=team)
    member, admin = Reader(team), Reader(team, Role.ADMIN)
    page = words(member.get("dialling:call", contact.pk))
    assert "outside the calling hours. Calling is allowed from" in page
    assert "Call outside" not in page
    sent = {"token": str(uuid.uuid4()), "number": NUMBER, "line": str(line.pk)}
    response = member.post("dialling:call", contact.pk, outside_hours="on", **sent)
    assert "outside the calling hours" in words(response)
    assert "Call outside the calling hours" in words(admin.get("dialling:call", contact.pk))
    assert "outside the calling hours." in words(send(admin, contact))
    assert not platform.asked
    response = send(admin, contact, outside_hours="on")
    assert "is calling Ada Lovelace." in words(response)
    assert OutboundCall.objects.get().outside_hours


def test_a_refusal_stands_above_the_form(
    platform: Platforms, reader: Reader, team: Team, contact: Contact
) -> None:
    LineFactory.create(team=team, provider="vapi")
    platform.say(Said(b'{"message": "<b>No credit</b> left."}', 402))
    response = send(reader, contact)
    assert "Vapi did not place the call: <b>No credit</b> left." in words(response)
    platform.place()
    # The form that was shown again is another call.
    response = reader.post("dialling:call", contact.pk, follow=True, **filled(response))
    assert "is calling Ada Lovelace." in words(response)


def test_a_double_click_is_one_call(
    platform: Platforms, reader: Reader, team: Team, contact: Contact
) -> None:
    LineFactory.create(team=team)
    form = filled(reader.get("dialling:call", contact.pk))
    for _click in range(2):
        response = reader.post("dialling:call", contact.pk, follow=True, **form)
        assert "is calling Ada Lovelace." in words(response)
    assert len(platform.asked) == 1
    assert Call.objects.count() == 1


def test_while_one_is_on_the_phone_nobody_calls(
    platform: Platforms, reader: Reader, team: Team, contact: Contact
) -> None:
    LineFactory.create(team=team)
    CallFactory.create(contact=contact, status="in_progress")
    page = words(reader.get("dialling:call", contact.pk))
    assert "A call with Ada Lovelace is going on at this moment." in page


def test_of_a_lost_call_a_person_says_what_came(
    platform: Platforms, reader: Reader, team: Team, contact: Contact
) -> None:
    LineFactory.create(team=team, provider="vapi")
    platform.say(Said(b"", 500))
    page = words(send(reader, contact))
    assert "We do not know whether Ada Lovelace was called: It answered 500." in page
    assert "Look at Vapi before you call again." in page
    assert "again is safe" not in page
    lost = OutboundCall.objects.get()
    response = reader.post("dialling:lost", contact.pk, lost.pk, again="", follow=True)
    assert "This call cannot be sent again any more." in words(response)
    platform.place()
    response = reader.post("dialling:lost", contact.pk, lost.pk, not_placed="", follow=True)
    assert "Call Ada" in words(response)
    assert "is calling Ada Lovelace." in words(send(reader, contact))
    assert len(platform.asked) == 2
    response = reader.post("dialling:lost", contact.pk, lost.pk, not_placed="", follow=True)
    assert "What came of this call is known by now." in words(response)


def test_where_a_repeat_is_safe_it_is_offered(
    platform: Platforms, reader: Reader, team: Team, contact: Contact
) -> None:
    LineFactory.create(team=team, provider="retell")
    platform.say(Said(b"", 503))
    assert "Asking again is safe" in words(send(reader, contact))
    lost = OutboundCall.objects.get()
    again = {"again": "", "follow": True}
    assert "We do not know" in words(reader.post("dialling:lost", contact.pk, lost.pk, **again))
    platform.place()
    response = reader.post("dialling:lost", contact.pk, lost.pk, **again)
    assert "Nora is calling Ada Lovelace." in words(response)
    assert Call.objects.get().status == "queued"
    OutboundCall.objects.update(status=OrderStatus.UNKNOWN)
    Call.objects.all().delete()
    age(lost, minutes=55)
    assert "Asking again" not in words(reader.get("dialling:call", contact.pk))


def test_the_panel_asks_once_whether_there_is_a_line(
    reader: Reader, team: Team, contact: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    LineFactory.create_batch(3, team=team)
    reader.get("dialling:call", contact.pk)
    # session, user, membership · contact · calls, orders, told, lines
    with django_assert_num_queries(7):
        reader.get_part("dialling:call", contact.pk)


# Lines


@pytest.mark.parametrize(
    ("provider", "sent", "stored"),
    [
        (
            "vapi",
            {"assistant": "a-1", "caller": "p-1", "script": "ignored"},
            {"assistant": "a-1", "caller": "p-1", "script": ""},
        ),
        (
            "retell",
            {"assistant": "", "caller": "(415) 555-0100"},
            {"assistant": "", "caller": "+14155550100"},
        ),
        (
            "twilio",
            {"caller": "+14155550100", "script": "https://example.com/voice.xml"},
            {"assistant": "", "script": "https://example.com/voice.xml"},
        ),
    ],
)
def test_a_line_is_added_edited_and_deleted(
    team: Team, provider: str, sent: dict[str, str], stored: dict[str, str]
) -> None:
    admin = Reader(team, Role.ADMIN)
    connection = ConnectionFactory.create(team=team, provider=provider)
    page = words(admin.get("voice:connection", connection.pk))
    assert "Add an assistant or a number" in page
    response = admin.post("dialling:line_create", connection.pk, name="Nora", **sent, follow=True)
    assert "Nora was saved." in words(response)
    line = Line.objects.get()
    assert {name: getattr(line, name) for name in stored} == stored
    form = filled(admin.get("dialling:line", line.pk))
    response = admin.post("dialling:line", line.pk, **form | {"name": "Ava"}, follow=True)
    assert "Ava was saved." in words(response)
    assert "Delete Ava" in words(admin.get("dialling:line_delete", line.pk))
    response = admin.post("dialling:line_delete", line.pk, follow=True)
    assert "Ava was deleted." in words(response)
    assert not Line.objects.exists()
    audit = words(admin.get("history:audit"))
    assert audit.count("Line") >= 3


@pytest.mark.parametrize(
    ("provider", "sent", "said"),
    [
        ("vapi", {"assistant": "", "caller": "p"}, "This field is required."),
        ("retell", {"caller": "12"}, "is not a phone number"),
        ("twilio", {"caller": "+14155550100", "script": "http://x"}, "begins with https://"),
    ],
)
def test_a_line_that_could_not_call_is_refused(
    team: Team, provider: str, sent: dict[str, str], said: str
) -> None:
    admin = Reader(team, Role.ADMIN)
    connection = ConnectionFactory.create(team=team, provider=provider)
    response = admin.post("dialling:line_create", connection.pk, name="Nora", **sent)
    assert said in words(response)
    assert not Line.objects.exists()


@pytest.mark.parametrize("provider", list(PLATFORMS))
def test_lines_are_there_where_callbook_can_ask(team: Team, provider: str) -> None:
    admin = Reader(team, Role.ADMIN)
    connection = ConnectionFactory.create(team=team, provider=provider)
    is_asked = provider in ("vapi", "retell", "twilio")
    page = admin.get("voice:connection", connection.pk)
    assert ("Who calls" in words(page)) == is_asked
    status = admin.get("dialling:line_create", connection.pk).status_code
    assert status == (200 if is_asked else 404)


def test_a_line_of_an_ended_connection_is_gone(team: Team) -> None:
    line = LineFactory.create(team=team)
    disconnect(line.connection, by=BY)
    admin = Reader(team, Role.ADMIN)
    assert admin.get("dialling:line", line.pk).status_code == 404
    assert admin.get("dialling:line_create", line.connection.pk).status_code == 404


def test_the_reason_is_in_the_panel_too(platform: Platforms) -> None:
    team = open_team(calling_days=closed_today(), calling_start=dt.time(9), timezone="UTC")
    LineFactory.create(team=team)
    contact = callable_contact(team, timezone="UTC")
    part = Reader(team).get_part("dialling:call", contact.pk)
    assert re.search(r"It is \w+, \d\d:\d\d for Ada, outside the calling hours", words(part))
    assert "<h2>Call Ada Lovelace</h2>" in part.text
