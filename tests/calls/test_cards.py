import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from calls.cards import CARDS
from calls.models import Call
from calls.operations import delete_calls, save_call
from contacts.models import Contact
from contacts.operations import save_contact
from crm.history.recording import Author
from crm.teams.models import Team
from tests.factories import CallFactory, CompanyFactory, ContactFactory
from tests.pages import HTMX, Reader, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]

TURNS = [
    {"speaker": "assistant", "text": "Good morning, this is Nora.", "startSeconds": 0.4},
    {"speaker": "contact", "text": "The contract runs out in May.", "startSeconds": 130.2},
]


@pytest.fixture
def contact(team: Team) -> Contact:
    company = CompanyFactory.create(team=team, name="Skärgård")
    return ContactFactory.create(
        company=company, first_name="Marguerite", last_name="Okonkwo", phone="+14155550182"
    )


def poll(reader: Reader, contact: Contact, etag: str = "") -> Any:
    headers = HTMX | ({"If-None-Match": etag} if etag else {})
    return reader.client.get(reader.url("calls:of_contact", contact.pk), headers=headers)


def test_nothing_new_is_said_in_one_small_query(
    reader: Reader, contact: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    CallFactory.create(contact=contact)
    etag = poll(reader, contact)["ETag"]
    # session, user, membership · count and newest change
    with django_assert_num_queries(4):
        response = poll(reader, contact, etag)
    assert response.status_code == 304
    assert response["ETag"] == etag
    assert response.content == b""


def test_the_panel_and_the_poll_agree_on_what_is_known(reader: Reader, contact: Contact) -> None:
    CallFactory.create(contact=contact)
    page = reader.get_part("contacts:detail", contact.pk).content.decode()
    shown = re.search('data-live-etag="([^"]*)"', page)
    assert shown
    etag = shown[1].replace("&quot;", '"')
    assert poll(reader, contact, etag).status_code == 304


def test_whatever_changes_in_a_contacts_calls_is_shown(reader: Reader, contact: Contact) -> None:
    by = Author.person(reader.user)
    other = ContactFactory.create(team=contact.team)
    call: Call = CallFactory.create(contact=contact)
    elsewhere: Call = CallFactory.create(contact=other)

    def change_summary() -> None:
        call.summary = "More is known now"
        save_call(call, by=by)

    def add_turns() -> None:
        save_call(call, by=by, turns=TURNS)

    def move_here() -> None:
        elsewhere.contact = contact
        save_call(elsewhere, by=by)

    def move_away() -> None:
        elsewhere.contact = other
        save_call(elsewhere, by=by)

    def rename() -> None:
        contact.refresh_from_db()
        contact.first_name = "Margareta"
        save_contact(contact, by=by)

    etag = poll(reader, contact)["ETag"]
    for act in (
        change_summary,
        add_turns,
        lambda: CallFactory.create(contact=contact),
        move_here,
        move_away,
        rename,
        lambda: delete_calls([call], by=by),
    ):
        act()
        response = poll(reader, contact, etag)
        assert response.status_code == 200
        assert response["ETag"] != etag
        etag = response["ETag"]


def test_a_card_says_which_call_and_version_it_shows(reader: Reader, contact: Contact) -> None:
    call = CallFactory.create(contact=contact, turns=TURNS)
    page = poll(reader, contact).content.decode()
    assert f'id="call-{call.pk}" data-call data-version="1-' in page
    assert "runs out in May" not in page
    turns = words(reader.get_part("calls:transcript", call.pk))
    assert "2:10 Marguerite The contract runs out in May." in turns


def test_older_calls_come_on_demand(reader: Reader, contact: Contact) -> None:
    start = timezone.now()
    calls = [
        CallFactory.create(contact=contact, started_at=start - dt.timedelta(hours=number // 2))
        for number in range(CARDS + 5)
    ]
    expected = [
        str(call.pk)
        for call in sorted(calls, key=lambda call: (call.started_at, call.pk), reverse=True)
    ]
    first = poll(reader, contact).content.decode()
    shown = re.findall('id="call-([^"]*)"', first)
    assert shown == expected[:CARDS]
    assert f"?after={shown[-1]}" in first
    rest = reader.get_part("calls:of_contact", contact.pk, after=shown[-1]).content.decode()
    assert re.findall('id="call-([^"]*)"', rest) == expected[CARDS:]
    assert "Show more" not in rest


@pytest.mark.parametrize("after", ["nonsense", "01a20421-4e2f-7734-a0a8-bfe3c6ede332"])
def test_what_follows_an_unknown_call_is_not_there(
    reader: Reader, contact: Contact, after: str
) -> None:
    CallFactory.create(contact=contact)
    assert reader.get("calls:of_contact", contact.pk, after=after).status_code == 404
