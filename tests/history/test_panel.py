"""The last section of a record's panel: what happened to it, in people's words."""

import datetime as dt
import re
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from companies.operations import delete_company, save_company
from contacts.models import Contact
from contacts.operations import save_contact
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.teams.models import Role, Team
from tests.factories import (
    ApiKeyFactory,
    CompanyFactory,
    ContactFactory,
    TeamFactory,
    UserFactory,
)
from tests.pages import Reader, plain, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(region="US")


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team, name="Maya Lindholm")


@pytest.fixture
def contact(team: Team, reader: Reader) -> Contact:
    return ContactFactory.create(
        company=CompanyFactory.create(team=team, name="Acme"), by=Author.person(reader.user)
    )


def edit(contact: Contact, by: Author, tags: list[str] | None = None, **values: Any) -> None:
    for name, value in values.items():
        setattr(contact, name, value)
    save_contact(contact, by=by, tags=tags)


def entries(reader: Reader, contact: Contact) -> list[str]:
    """The words of each entry of the panel, without its time."""
    page = reader.get_part("contacts:detail", contact.pk).text
    found = re.findall(r'<li class="history-entry.*?</li>', page, re.DOTALL)
    return [plain(each).removeprefix("Just now ") for each in found]


def test_a_created_record_says_so_and_by_whom(reader: Reader, team: Team, contact: Contact) -> None:
    assert entries(reader, contact) == ["Created Maya Lindholm"]
    key = ApiKeyFactory.create(team=team, name="Website form")
    for by, said in (
        (Author.api_key(key), "API key Website form"),
        (Author(Origin.IMPORT, user=reader.user), "Import by Maya Lindholm"),
        (Author(Origin.IMPORT), "Import"),
        (Author(Origin.CALL), "A call"),
        (Author(Origin.EXTRACTOR), "Heard on a call"),
        (Author(Origin.DEMO), "Demo data"),
        (Author.person(UserFactory.create(name="", email="x@example.com")), "x@example.com"),
    ):
        other = ContactFactory.create(company=contact.company, by=by)
        assert entries(reader, other) == [f"Created {said}"]


def test_values_are_in_peoples_words(reader: Reader, contact: Contact) -> None:
    by = Author.person(reader.user)
    for values, said in (
        ({"lead_status": "do_not_contact"}, "Status changed from New to Do Not Contact"),
        ({"phone": "+14155550182"}, "Phone changed from empty to (415) 555-0182"),
        ({"preferred_contact_method": "sms"}, "Best reached by changed from empty to Text message"),
        ({"tags": ["vip", "cold, chain"]}, "Tags changed from empty to cold, chain, vip"),
        ({"job_title": "Head"}, "Job title changed from empty to Head"),
        ({"job_title": ""}, "Job title changed from Head to empty"),
        ({"external_id": "C-1"}, "External ID changed from empty to C-1"),
    ):
        edit(contact, by, **values)
        assert entries(reader, contact)[0].startswith(said)
    assert "Do not call changed from No to Yes" in entries(reader, contact)[-2]


def test_a_company_is_called_by_its_name_and_a_deleted_one_says_so(
    reader: Reader, team: Team, contact: Contact
) -> None:
    acme, other = contact.company, CompanyFactory.create(team=team, name="Baltic")
    edit(contact, Author.person(reader.user), company=other)
    assert entries(reader, contact)[0].startswith("Company changed from Acme to Baltic")
    delete_company(acme, by=Author.person(reader.user))
    entry = entries(reader, contact)[0]
    assert entry.startswith("Company changed from Acme (deleted) to Baltic")
    Change.objects.filter(record_type="company").delete()
    assert entries(reader, contact)[0].startswith("Company changed from A deleted company")
    assert str(acme.pk) not in reader.get("contacts:detail", contact.pk).text


def test_a_long_text_is_shortened_near_what_changed_and_unfolds(
    reader: Reader, contact: Contact
) -> None:
    by, long = Author.person(reader.user), "Prefers the morning and asked for an offer.\n" * 4
    edit(contact, by, notes=f"{long}Budget is open.")
    edit(contact, by, notes=f"{long}Budget is there.")
    said, _, in_full = entries(reader, contact)[0].partition(" In full : Notes ")
    assert said == (
        "Notes changed from …for an offer. Budget is open. to …for an offer. Budget is there."
    )
    assert in_full.count("Prefers the morning and asked for an offer.") == 8
    assert "offer.<br>Budget is open." in reader.get("contacts:history", contact.pk).text


def test_times_are_the_viewers(team: Team, contact: Contact) -> None:
    at = dt.datetime(2026, 3, 2, 1, 30, tzinfo=dt.UTC)
    Change.objects.filter(record_id=contact.pk).update(at=at)
    page = Reader(team, timezone="America/New_York").get("contacts:detail", contact.pk).text
    assert "Sun 1 Mar 2026, 20:30 EST" in page


def test_text_of_people_is_no_markup(reader: Reader, contact: Contact) -> None:
    edit(contact, Author.person(reader.user), notes=HOSTILE * 10, job_title=HOSTILE, tags=["<i>x"])
    for page in (
        reader.get("contacts:detail", contact.pk).text,
        reader.get("contacts:history", contact.pk).text,
    ):
        assert "<script>alert" not in page
        assert "<i>x" not in page


def change_often(contact: Contact, times: int) -> None:
    for number in range(times):
        edit(contact, Author(Origin.API), job_title=f"Title {number}")


def test_ten_are_shown_and_more_on_demand(reader: Reader, contact: Contact) -> None:
    change_often(contact, 25)
    page = reader.get("contacts:detail", contact.pk).text
    seen = []
    for number in (10, 10, 6):
        found = re.findall(r"<ins>Title (\d+)</ins>|<b>(Created)</b>", page)
        assert len(found) == number
        seen += ["".join(each) for each in found]
        [more] = re.findall(r'hx-get="([^"]+/history\?after=[^"]+)"', page) or [""]
        page = reader.client.get(more, headers={"HX-Request": "true"}).text if more else ""
    assert seen == [*(str(number) for number in reversed(range(25))), "Created"]
    assert not more


def test_the_way_to_more_works_without_scripts(reader: Reader, contact: Contact) -> None:
    change_often(contact, 12)
    page = reader.get("contacts:detail", contact.pk).text
    [more] = re.findall(r'<a class="button is-small is-plain" href="([^"]+after=[^"]+)"', page)
    older = reader.client.get(more)
    assert "<html" in older.text
    assert re.findall(r"<ins>Title (\d+)</ins>", older.text) == ["1", "0"]
    assert "Created" in words(older)
    newest = reader.get("contacts:history", contact.pk)
    assert len(re.findall(r"<ins>Title (\d+)</ins>", newest.text)) == 12


def test_fifty_stand_on_a_page(reader: Reader, contact: Contact) -> None:
    change_often(contact, 55)
    page = reader.get("contacts:history", contact.pk).text
    assert page.count("<ins>") == 50
    [more] = re.findall(r'href="([^"]+after=[^"]+)"', page)
    rest = reader.client.get(more).text
    assert rest.count("<ins>") == 5
    assert "after=" not in rest


@pytest.mark.parametrize("after", ["", "x", "00000000-0000-7000-8000-000000000000"])
def test_after_what_is_no_change_of_this_record(
    reader: Reader, contact: Contact, after: str
) -> None:
    assert reader.get("contacts:history", contact.pk, after=after).status_code == 404
    other = Change.objects.get(record_id=contact.company_id)
    assert reader.get("contacts:history", contact.pk, after=other.pk).status_code == 404


def test_the_history_asks_as_often_for_ten_changes_as_for_one(
    reader: Reader, contact: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    edit(contact, Author.person(reader.user), job_title="Head")
    # session, user, membership · contact, tags · its changes
    with django_assert_num_queries(6):
        reader.get_part("contacts:history", contact.pk)
    key = ApiKeyFactory.create(team=contact.team)
    for number in range(10):
        edit(contact, Author.api_key(key), job_title=f"Title {number}", tags=[str(number)])
    with django_assert_num_queries(6):
        reader.get_part("contacts:history", contact.pk)
    for _ in range(5):
        company = CompanyFactory.create(team=contact.team)
        edit(contact, Author.api_key(key), company=company)
    # · the names of companies
    with django_assert_num_queries(7):
        reader.get_part("contacts:history", contact.pk)


def test_a_company_has_a_history_too(reader: Reader, team: Team) -> None:
    company = CompanyFactory.create(team=team, name="Acme", country="SE")
    company.country, company.website = "DE", "acme.example"
    save_company(company, by=Author.person(reader.user))
    said = words(reader.get("companies:detail", company.pk))
    assert "Country changed from Sweden to Germany" in said
    assert "Website changed from empty to https://acme.example" in said
    assert "Created Demo data" in said
    assert reader.get("companies:history", company.pk).status_code == 200


def test_only_who_administers_is_led_to_the_audit_log(team: Team, contact: Contact) -> None:
    for role, is_led in ((Role.OWNER, True), (Role.ADMIN, True), (Role.MEMBER, False)):
        page = Reader(team, role).get("contacts:detail", contact.pk).text
        link = f"settings/audit?record=contact-{contact.pk}"
        assert (link in page) == is_led


def test_a_contact_of_another_team_has_no_history_here(reader: Reader) -> None:
    theirs = ContactFactory.create()
    assert reader.get("contacts:history", theirs.pk).status_code == 404
    assert reader.get("companies:history", theirs.company_id).status_code == 404


def test_what_came_before_history_says_nothing(reader: Reader, contact: Contact) -> None:
    Change.objects.filter(record_id=contact.pk).delete()
    said = words(reader.get("contacts:detail", contact.pk))
    assert "Nothing is known of how this came here." in said
