import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from calls import live
from calls.live import first_cursor
from calls.models import Call
from calls.operations import delete_calls, save_call
from contacts.models import Contact
from crm.history.recording import Author
from crm.teams.models import Team
from tests.factories import CallFactory, ContactFactory
from tests.pages import Reader, plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(team: Team) -> Contact:
    return ContactFactory.create(team=team, first_name="Marguerite", last_name="Okonkwo")


class Page:
    """An open page that asks what is new."""

    def __init__(self, reader: Reader, shown: str = "", **query: str) -> None:
        self.reader = reader
        self.query = {"list": shown, **query}
        self.since = str(first_cursor())

    def ask(self) -> Any:
        response = self.reader.get_part("calls:live", **self.query, since=self.since)
        if response.status_code == 200:
            self.since = re.findall('data-since="([^"]*)"', response.text)[0]
        return response

    def hears_nothing(self) -> bool:
        return bool(self.ask().status_code == 204)

    def hears(self) -> str:
        response = self.ask()
        assert response.status_code == 200
        return str(response.text)


def ring(contact: Contact, status: str = "ringing", **values: Any) -> Call:
    return CallFactory.create(contact=contact, status=status, outcome="unknown", **values)


def move(call: Call, reader: Reader, **values: Any) -> None:
    for name, value in values.items():
        setattr(call, name, value)
    save_call(call, by=Author.person(reader.user))


def long_ago(call: Call) -> Call:
    Call.objects.filter(pk=call.pk).update(updated_at=timezone.now() - dt.timedelta(hours=1))
    return call


def test_an_idle_page_costs_one_small_query(
    reader: Reader, contact: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    long_ago(CallFactory.create(contact=contact))
    for shown in ("calls", "contacts", ""):
        page = Page(reader, shown, search="x")
        # session, user, membership · changes
        with django_assert_num_queries(4):
            response = page.ask()
        assert response.status_code == 204
        assert response.content == b""


def test_what_was_told_once_is_not_told_again(reader: Reader, contact: Contact) -> None:
    page = Page(reader, "calls")
    assert page.hears_nothing()
    ring(contact)
    assert "Ringing" in page.hears()
    assert page.hears_nothing()


def test_a_change_that_is_committed_late_is_told(reader: Reader, contact: Contact) -> None:
    page = Page(reader, "calls")
    ring(contact)
    page.hears()
    late = ring(contact, assistant_name="Late")
    Call.objects.filter(pk=late.pk).update(updated_at=timezone.now() - dt.timedelta(seconds=5))
    assert "Late" in page.hears()
    assert page.hears_nothing()


def test_a_call_that_is_gone_again_is_told(reader: Reader, contact: Contact) -> None:
    page = Page(reader, "calls")
    call = ring(contact)
    page.hears()
    delete_calls([call], by=Author.person(reader.user))
    assert 'data-calls=""' in page.hears()
    assert page.hears_nothing()


def test_the_list_of_calls_follows_a_call(
    reader: Reader, contact: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page = Page(reader, "calls")
    call = ring(contact)
    # session, user, membership · changes · rows · count, unmatched
    with django_assert_num_queries(7):
        news = page.hears()
    assert "Ringing" in news
    assert "data-enters" in news
    assert f'data-calls="{call.pk}"' in news
    assert f'data-href="/t/{reader.team.slug}/calls/{call.pk}"' in news
    assert '<span id="count">1</span>' in news
    move(call, reader, status="in_progress")
    assert "In progress" in page.hears()
    move(call, reader, status="completed", outcome="voicemail")
    assert "Voicemail" in page.hears()


def test_a_row_is_the_same_in_the_list_and_in_the_news(reader: Reader, contact: Contact) -> None:
    page = Page(reader, "calls")
    ring(contact, summary="Wants <b>pallets</b>")
    rows = [
        re.findall("<article.*?</article>", text, re.DOTALL)
        for text in (page.hears(), reader.get_part("calls:list").text)
    ]
    assert rows[0][0].replace(" data-enters", "") == rows[1][0]


def test_only_what_passes_the_filters_enters_the_list(reader: Reader, contact: Contact) -> None:
    page, words = Page(reader, "calls", status="ringing"), Page(reader, "calls", search="pallets")
    later, oldest = Page(reader, "calls", page="2"), Page(reader, "calls", sort="started")
    call = ring(contact)
    assert "data-enters" in page.hears()
    assert "data-enters" not in words.hears()
    move(call, reader, status="in_progress", summary="About pallets")
    news = page.hears()
    assert "In progress" in news
    assert "data-enters" not in news
    news = words.hears()
    assert "data-enters" in news
    assert "<mark>pallets</mark>" in news
    assert "data-enters" not in later.hears()
    assert "data-enters" not in oldest.hears()


def test_a_contacts_row_says_how_the_last_call_stands(
    reader: Reader, contact: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    CallFactory.create(contact=contact, started_at=timezone.now() - dt.timedelta(days=2))
    page = Page(reader, "contacts", leadStatus="new")
    page.ask()
    call = ring(contact)
    # session, user, membership · changes · outcomes · contacts
    with django_assert_num_queries(6):
        news = page.hears()
    assert f'data-cell-of="/t/{reader.team.slug}/contacts/{contact.pk}"' in news
    assert plain(news) == "Ringing Just now"
    assert "Ringing Just now" in plain(reader.get("contacts:list").text)
    move(call, reader, status="in_progress")
    assert plain(page.hears()) == "In progress Just now"
    move(call, reader, status="completed", outcome="connected")
    assert plain(page.hears()) == "Connected Just now"
    CallFactory.create(contact=None, team=reader.team)
    assert "data-cell-of" in page.hears()


def test_a_page_without_a_list_hears_which_calls_have_changed(
    reader: Reader, contact: Contact
) -> None:
    page = Page(reader)
    call = ring(contact)
    assert plain(page.hears()) == ""
    assert page.since.endswith(".1")
    move(call, reader, status="completed")
    assert str(call.pk) in page.hears()


def test_a_page_that_missed_much_reads_its_list_again(
    reader: Reader, contact: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST", 2)
    pages = [Page(reader, shown) for shown in ("calls", "contacts", "")]
    CallFactory.create_batch(3, contact=contact)
    for page in pages:
        news = page.hears()
        assert "data-behind" in news
        assert "<article" not in news
        assert page.hears_nothing()


@pytest.mark.parametrize(
    "since", ["", "x", "-1", "1.x", "99999999999999999999", "1764000000000000.", "1٣"]
)
def test_a_cursor_without_sense_is_no_error(reader: Reader, contact: Contact, since: str) -> None:
    CallFactory.create(contact=contact)
    assert reader.get("calls:live", since=since).status_code in (200, 204)
    assert reader.get("calls:live", list="x", since=since).status_code in (200, 204)


def test_changes_are_found_by_their_index(team: Team) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("Plans are PostgreSQL's.")
    contact = ContactFactory.create(team=team)
    CallFactory.create(contact=contact)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = live._changes(team.pk, timezone.now()).explain()
    assert "call_by_update" in plan
    assert "Sort" not in plan
