import datetime as dt
import re
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from contacts.models import Contact
from crm.teams.models import Role, Team
from tests.factories import CallFactory, CompanyFactory, ContactFactory, TeamFactory
from tests.pages import Reader, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]

HOSTILE = '<script>alert("x")</script><b>bold</b>'


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team)


@pytest.fixture
def viewer(team: Team) -> Reader:
    return Reader(team, Role.VIEWER)


def test_text_of_people_is_text_and_no_markup(reader: Reader, team: Team) -> None:
    contact = ContactFactory.create(
        company=CompanyFactory.create(team=team, name=HOSTILE),
        first_name=HOSTILE,
        last_name=HOSTILE,
        job_title=HOSTILE,
        source=HOSTILE,
        notes=HOSTILE,
        tags=["<i>tag</i>"],
    )
    CallFactory.create(
        contact=contact,
        summary=HOSTILE,
        assistant_name=HOSTILE,
        turns=[{"speaker": "contact", "text": HOSTILE}],
    )
    for name, args in (
        ("contacts:list", ()),
        ("contacts:detail", (contact.pk,)),
        ("contacts:edit", (contact.pk,)),
        ("contacts:delete", (contact.pk,)),
        ("contacts:of_company", (contact.company_id,)),
    ):
        page = reader.get(name, *args).content.decode()
        assert "<script>alert" not in page, name
        assert "<b>bold" not in page, name
        assert "<i>tag" not in page, name
        assert "&lt;script&gt;alert" in page, name


def test_a_click_gets_the_panel_and_its_address_a_page(reader: Reader, team: Team) -> None:
    contact = ContactFactory.create(team=team, first_name="Priya", last_name="Raghunathan")
    panel = reader.get_part("contacts:detail", contact.pk)
    page = reader.get("contacts:detail", contact.pk)
    assert "<html" not in panel.content.decode()
    assert "<html" in page.content.decode()
    assert "Priya Raghunathan" in words(panel)
    assert "HX-Request" in panel["Vary"]


def test_the_panel_shows_every_fact(reader: Reader, team: Team) -> None:
    contact = ContactFactory.create(
        company=CompanyFactory.create(team=team, name="Skärgård", website="skargard.example"),
        job_title="Director",
        email="m@skargard.example",
        phone="+46701740612",
        phone_secondary="+46701740613",
        source="Trade fair",
        timezone="Europe/Stockholm",
        preferred_contact_method="sms",
        do_not_call=True,
        notes="First line\nsecond line",
        external_id="C-17",
        tags=["nordics"],
    )
    response = reader.get("contacts:detail", contact.pk)
    page, text = response.content.decode(), words(response)
    assert re.search(r"\d\d:\d\d , Stockholm", text)
    for fact in ("Director", "Skärgård", "Trade fair", "Text message", "C-17"):
        assert fact in text
    for link in ("mailto:m@skargard.example", "https://skargard.example"):
        assert f'href="{link}"' in page
    # Who asked not to be called is called by no link either.
    assert "tel:" not in page
    assert "First line<br>\nsecond line" in page
    assert "Asked not to be called" in text
    assert "nordics" in text


def test_notes_show_as_markdown_and_stay_as_typed(reader: Reader, team: Team) -> None:
    typed = "# Plan\n**Call** [them](https://a.example)"
    contact = ContactFactory.create(team=team, notes=typed)
    page = reader.get("contacts:detail", contact.pk).content.decode()
    assert "<p><strong>Plan</strong></p>" in page
    assert '<strong>Call</strong> <a href="https://a.example"' in page
    form = reader.get("contacts:edit", contact.pk)
    assert form.context["form"]["notes"].value() == typed
    assert "Markdown works: **bold**, lists, links." in words(form)


def test_calls_come_newest_first_in_the_viewers_timezone(team: Team) -> None:
    reader = Reader(team, timezone="America/New_York")
    contact = ContactFactory.create(team=team)
    start = dt.datetime(2026, 3, 2, 1, 30, tzinfo=dt.UTC)
    CallFactory.create(contact=contact, started_at=start, summary="the older call")
    CallFactory.create(
        contact=contact, started_at=start + dt.timedelta(days=1), summary="the newer call"
    )
    response = reader.get("contacts:detail", contact.pk)
    page = response.content.decode()
    assert page.index("the newer call") < page.index("the older call")
    assert "Sun 1 Mar 2026, 20:30 EST" in page


def test_the_panel_asks_the_database_as_often_for_twenty_calls_as_for_one(
    reader: Reader, team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    contact = ContactFactory.create(team=team, tags=["vip"])
    CallFactory.create(contact=contact, recorded=True)
    # session, user, membership · contact, tags, history, custom fields · the calls' state, the
    # calls, their recordings
    with django_assert_num_queries(13):
        reader.get_part("contacts:detail", contact.pk)
    for _ in range(25):
        CallFactory.create(contact=contact, turns=[{"speaker": "contact", "text": "Hello"}])
    with django_assert_num_queries(13):
        reader.get_part("contacts:detail", contact.pk)


def test_a_contact_of_another_team_is_not_there(reader: Reader) -> None:
    theirs = ContactFactory.create()
    for name in ("contacts:detail", "contacts:edit", "contacts:delete"):
        assert reader.get(name, theirs.pk).status_code == 404
    assert reader.post("contacts:delete", theirs.pk).status_code == 404
    assert Contact.objects.filter(pk=theirs.pk).exists()


# Deleting


def test_deleting_names_the_contact_and_keeps_its_calls(reader: Reader, team: Team) -> None:
    contact = ContactFactory.create(team=team, first_name="Walt", last_name="Szymanski")
    call = CallFactory.create(contact=contact)
    assert "Delete Walt Szymanski" in words(reader.get("contacts:delete", contact.pk))
    response = reader.post("contacts:delete", contact.pk, follow=True)
    assert "Walt Szymanski was deleted." in words(response)
    assert not team.contacts.exists()
    call.refresh_from_db()
    assert call.contact_id is None


def test_viewers_see_no_button_and_get_403(viewer: Reader, team: Team) -> None:
    contact = ContactFactory.create(team=team)
    for page in (
        viewer.get("contacts:list").content.decode(),
        viewer.get("contacts:detail", contact.pk).content.decode(),
    ):
        assert not re.search(r"Add contact|/edit|/delete|/facts/", page)
    answers: list[Any] = [
        viewer.get("contacts:create"),
        viewer.get("contacts:edit", contact.pk),
        viewer.get("contacts:delete", contact.pk),
        viewer.post("contacts:create", first_name="A"),
        viewer.post("contacts:edit", contact.pk),
        viewer.get("contacts:fact", contact.pk, "lead_status"),
        viewer.post("contacts:fact", contact.pk, "lead_status", lead_status="customer"),
        viewer.post("contacts:delete", contact.pk),
    ]
    assert [answer.status_code for answer in answers] == [403] * 8
    assert Contact.objects.get().lead_status == "new"


# The people of a company


def test_the_people_of_a_company_come_alone_for_its_page(reader: Reader, team: Team) -> None:
    company = CompanyFactory.create(team=team)
    ContactFactory.create(company=company, first_name="Anna", last_name="Berg")
    ContactFactory.create(team=team, first_name="Somebody", last_name="Else")
    part = reader.get_part("contacts:of_company", company.pk)
    assert "Anna Berg" in words(part)
    assert "Somebody Else" not in words(part)
    assert "<html" not in part.content.decode()
    assert "<html" in reader.get("contacts:of_company", company.pk).content.decode()


def test_the_people_of_a_company_of_another_team_are_not_there(reader: Reader) -> None:
    theirs = ContactFactory.create()
    assert reader.get("contacts:of_company", theirs.company_id).status_code == 404
