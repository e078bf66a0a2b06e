"""Changing one fact of a record in its place: its form, what is answered, what is refused."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from companies.models import Company
from contacts.models import Contact
from contacts.operations import delete_contact, save_contact
from contacts.views import get_main_context
from crm.history.models import Change, Origin, Verb
from crm.history.recording import Author
from crm.teams.models import Role, Team
from tests.factories import CompanyFactory, ContactFactory, CustomFieldFactory, TeamFactory
from tests.pages import HTMX, Reader, filled, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team)


@pytest.fixture
def contact(team: Team) -> Contact:
    return ContactFactory.create(
        company=CompanyFactory.create(team=team, name="Meridian"),
        first_name="Ada",
        last_name="Berg",
        job_title="VP",
        tags=["vip"],
    )


def change(reader: Reader, record: Any, fact: str, **typed: Any) -> Any:
    """Open the fact, type, and save, as somebody without scripts."""
    name = f"{record._meta.app_label}:fact"
    sent = filled(reader.get(name, record.pk, fact))
    sent.pop("do_not_call", None)
    return reader.post(name, record.pk, fact, **sent | typed)


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["form"].errors
    return found


def somebody_changes(contact: Contact, tags: list[str] | None = None, **values: Any) -> None:
    stored = Contact.objects.get(pk=contact.pk)
    for name, value in values.items():
        setattr(stored, name, value)
    save_contact(stored, by=Author(Origin.DEMO), tags=tags)


# Every fact


def test_every_field_of_the_form_is_a_fact(contact: Contact) -> None:
    CustomFieldFactory.create(team=contact.team, key="plan")
    context = get_main_context(contact)
    facts = [*context["heading"], *context["facts"]]
    changed = {field for fact in facts for field in fact.fields}
    assert changed == {
        "first_name",
        "last_name",
        "company",
        "job_title",
        "email",
        "phone",
        "phone_secondary",
        "lead_status",
        "source",
        "timezone",
        "preferred_contact_method",
        "do_not_call",
        "notes",
        "external_id",
        "tags",
        "custom_fields.plan",
    }


@pytest.mark.parametrize(
    ("fact", "typed", "stored"),
    [
        ("name", {"first_name": "Ida", "last_name": "Berg"}, {"first_name": "Ida"}),
        ("job_title", {"job_title": " Chief  Baker "}, {"job_title": "Chief Baker"}),
        ("phone", {"phone": "(415) 555-0182"}, {"phone": "+14155550182"}),
        ("lead_status", {"lead_status": "customer"}, {"lead_status": "customer"}),
        ("do_not_call", {"do_not_call": "on"}, {"do_not_call": True}),
        ("notes", {"notes": "One\r\ntwo"}, {"notes": "One\ntwo"}),
        ("custom_fields.since", {"custom_fields.since": "2026-11-22"}, {}),
    ],
)
def test_a_fact_is_changed_and_nothing_else(
    reader: Reader, contact: Contact, fact: str, typed: dict[str, str], stored: dict[str, Any]
) -> None:
    CustomFieldFactory.create(team=reader.team, key="since", field_type="date")
    response = change(reader, contact, fact, **typed)
    address = reader.url("contacts:detail", contact.pk)
    assert response.url == f"{address}#fact-{fact.replace('.', '-')}"
    contact.refresh_from_db()
    for name, value in stored.items():
        assert getattr(contact, name) == value
    made = Change.objects.get(record_id=contact.pk, verb=Verb.UPDATED)
    assert made.actor_user == reader.user
    assert len(made.fields) == 1
    if fact.startswith("custom"):
        assert contact.custom_fields == {"since": "2026-11-22"}


def test_the_tags(reader: Reader, contact: Contact) -> None:
    change(reader, contact, "tags", tags='north, "a, b"')
    assert sorted(link.tag.name for link in contact.tag_links.all()) == ["a, b", "north"]


def test_the_company_is_found_or_created_where_it_is_meant(
    reader: Reader, contact: Contact
) -> None:
    response = change(reader, contact, "company", company="New Ltd")
    (error,) = errors(response)["company"]
    assert error.startswith("No company is called “New Ltd” yet.")
    meant = {"new_company": response.context["form"]["new_company"].value()}
    change(reader, contact, "company", company="New Ltd", **meant)
    contact.refresh_from_db()
    assert contact.company.name == "New Ltd"


def test_a_company_s_address_is_one_fact(reader: Reader) -> None:
    company = CompanyFactory.create(team=reader.team, city="Berlin", country="DE")
    address = {"address_line1": "Weg 1", "city": "Bern", "country": "Switzerland"}
    change(reader, company, "address", **address)
    stored = Company.objects.get(pk=company.pk)
    assert (stored.address_line1, stored.city, stored.country) == ("Weg 1", "Bern", "CH")
    assert "Weg 1 Bern Switzerland" in words(reader.get("companies:detail", company.pk))


def test_what_is_typed_as_it_was_writes_nothing(reader: Reader, contact: Contact) -> None:
    assert change(reader, contact, "job_title", job_title="VP").status_code == 302
    contact.refresh_from_db()
    assert contact.version == 1


def test_bad_input_stands_beside_the_field_with_what_was_typed(
    reader: Reader, contact: Contact
) -> None:
    response = change(reader, contact, "phone", phone="call me maybe")
    assert set(errors(response)) == {"phone"}
    assert response.context["form"]["phone"].value() == "call me maybe"
    taken = ContactFactory.create(team=reader.team, external_id="C-1")
    response = change(reader, contact, "external_id", external_id="C-1")
    assert errors(response) == {"external_id": ["Another contact has this external ID."]}
    assert taken.external_id == "C-1"


def test_do_not_contact_forbids_to_allow_calls(reader: Reader, contact: Contact) -> None:
    change(reader, contact, "lead_status", lead_status="do_not_contact")
    assert set(errors(change(reader, contact, "do_not_call"))) == {"do_not_call"}


# In the panel


def test_the_panel_gets_the_fact_with_its_form_and_then_all_that_may_have_changed(
    reader: Reader, contact: Contact
) -> None:
    part = reader.get_part("contacts:fact", contact.pk, "lead_status")
    assert "<html" not in part.text
    assert 'id="fact-lead_status"' in part.text
    assert "data-fact-form" in part.text
    url = reader.url("contacts:fact", contact.pk, "lead_status")
    sent = {"lead_status": "do_not_contact", "initial-lead_status": "new"}
    saved = reader.client.post(url, sent, headers=HTMX)
    assert "<html" not in saved.text
    assert "data-fact-form" not in saved.text
    assert "Asked not to be called" in words(saved)
    refused = reader.client.post(url, {"lead_status": "hot"}, headers=HTMX)
    assert "data-fact-form" in refused.text
    assert 'id="fact-job_title"' not in refused.text


def test_without_scripts_each_fact_is_a_link_to_a_page(reader: Reader, contact: Contact) -> None:
    panel = reader.get("contacts:detail", contact.pk).text
    address = reader.url("contacts:fact", contact.pk, "job_title")
    assert f'href="{address}"' in panel
    page = reader.get("contacts:fact", contact.pk, "job_title")
    assert "<html" in page.text
    assert "Change job title of Ada Berg" in words(page)
    assert "hx-post" not in page.text


@pytest.mark.parametrize("name", ["created_at", "website", "version", "nothing", "custom_fields.x"])
def test_what_is_no_fact_to_change_is_not_there(
    reader: Reader, contact: Contact, name: str
) -> None:
    assert reader.get("contacts:fact", contact.pk, name).status_code == 404
    assert reader.post("contacts:fact", contact.pk, name).status_code == 404


def test_an_archived_field_is_no_fact(reader: Reader, contact: Contact) -> None:
    CustomFieldFactory.create(team=reader.team, key="plan", active=False)
    assert reader.get("contacts:fact", contact.pk, "custom_fields.plan").status_code == 404


def test_viewers_get_no_form(team: Team, contact: Contact) -> None:
    viewer = Reader(team, Role.VIEWER)
    assert "data-fact-edit" not in viewer.get("contacts:detail", contact.pk).text
    assert viewer.get("contacts:fact", contact.pk, "notes").status_code == 403
    assert viewer.post("contacts:fact", contact.pk, "notes", notes="x").status_code == 403


def test_hostile_text_is_text(reader: Reader, team: Team) -> None:
    hostile = "<b>bold</b>"
    contact = ContactFactory.create(team=team, first_name=hostile, job_title=hostile)
    for fact in ("name", "job_title"):
        assert hostile not in reader.get("contacts:fact", contact.pk, fact).text
        assert hostile not in reader.get_part("contacts:fact", contact.pk, fact).text


def test_the_queries_of_a_change(
    reader: Reader, contact: Contact, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    url = reader.url("contacts:fact", contact.pk, "job_title")
    # session, user, memberships · contact, tags, custom fields, the form's fields and tags · begin,
    # update, history, end · contact, tags, custom fields
    with django_assert_max_num_queries(18):
        reader.client.post(url, {"job_title": "x", "initial-job_title": "VP"}, headers=HTMX)


# Two people


def test_another_field_that_changed_meanwhile_stops_nobody(
    reader: Reader, contact: Contact
) -> None:
    somebody_changes(contact, phone="+14155550182", tags=["north"])
    sent = {"job_title": "Chief", "initial-job_title": "VP"}
    assert reader.post("contacts:fact", contact.pk, "job_title", **sent).status_code == 302
    contact.refresh_from_db()
    assert (contact.job_title, contact.phone) == ("Chief", "+14155550182")


@pytest.mark.parametrize(("choice", "expected"), [("mine", "Chief"), ("theirs", "Boss")])
def test_who_is_second_sees_both_values_and_chooses(
    reader: Reader, contact: Contact, choice: str, expected: str
) -> None:
    somebody_changes(contact, job_title="Boss")
    sent = {"job_title": "Chief", "initial-job_title": "VP"}
    response = reader.post("contacts:fact", contact.pk, "job_title", **sent)
    assert errors(response)["job_title"] == ["Stored now: Boss"]
    told = words(response)
    assert "Somebody else changed this meanwhile." in told
    assert "Stored now: Boss Keep mine Take theirs" in told
    again = filled(response)
    assert again["job_title"] == "Chief"
    contact.refresh_from_db()
    assert contact.job_title == "Boss"
    again["choice-job_title"] = choice
    assert reader.post("contacts:fact", contact.pk, "job_title", **again).status_code == 302
    contact.refresh_from_db()
    assert contact.job_title == expected


def test_a_third_change_is_asked_about_again(reader: Reader, contact: Contact) -> None:
    somebody_changes(contact, job_title="Chairman")
    sent = {"job_title": "Chief", "initial-job_title": "Boss", "choice-job_title": "mine"}
    response = reader.post("contacts:fact", contact.pk, "job_title", **sent)
    assert errors(response)["job_title"] == ["Stored now: Chairman"]


def test_the_same_change_twice_is_none(reader: Reader, contact: Contact) -> None:
    somebody_changes(contact, phone="+14155550182")
    sent = {"phone": "415 555 0182", "initial-phone": ""}
    assert reader.post("contacts:fact", contact.pk, "phone", **sent).status_code == 302


def test_tags_of_two_people_both_stand(reader: Reader, contact: Contact) -> None:
    somebody_changes(contact, tags=["vip", "north"])
    sent = {"tags": "south", "initial-tags": "vip"}
    assert reader.post("contacts:fact", contact.pk, "tags", **sent).status_code == 302
    assert sorted(link.tag.name for link in contact.tag_links.all()) == ["north", "south"]


def test_a_contact_that_is_gone_is_not_there(reader: Reader, contact: Contact) -> None:
    pk = contact.pk
    delete_contact(contact, by=Author(Origin.DEMO))
    assert reader.post("contacts:fact", pk, "notes", notes="x").status_code == 404


# The whole form


def test_the_form_keeps_what_others_changed_and_asks_about_what_both_did(
    reader: Reader, contact: Contact
) -> None:
    sent = filled(reader.get("contacts:edit", contact.pk))
    sent |= {"job_title": "Chief", "source": "Fair", "tags": "vip, mine"}
    somebody_changes(
        contact, job_title="Boss", lead_status="customer", do_not_call=True, tags=["vip", "theirs"]
    )
    response = reader.post("contacts:edit", contact.pk, **sent)
    assert set(errors(response)) == {"__all__", "job_title"}
    told = words(response)
    assert "Job title Keep mine: Chief Take theirs: Boss" in told
    assert "Status (Customer)" in told
    assert "Do not call (yes)" in told

    again = filled(response)
    assert again["choice-job_title"] == "mine"
    again["choice-job_title"] = "theirs"
    assert reader.post("contacts:edit", contact.pk, **again).status_code == 302
    contact.refresh_from_db()
    assert (contact.job_title, contact.source) == ("Boss", "Fair")
    assert (contact.lead_status, contact.do_not_call) == ("customer", True)
    tags = sorted(link.tag.name for link in contact.tag_links.all())
    assert tags == ["mine", "theirs", "vip"]


def test_who_changed_other_fields_is_not_asked(reader: Reader, contact: Contact) -> None:
    sent = filled(reader.get("contacts:edit", contact.pk)) | {"source": "Fair"}
    somebody_changes(contact, job_title="Boss", do_not_call=True)
    assert reader.post("contacts:edit", contact.pk, **sent).status_code == 302
    contact.refresh_from_db()
    assert (contact.job_title, contact.source, contact.do_not_call) == ("Boss", "Fair", True)
