from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from contacts.models import MAX_TAGS, Contact, Tag
from contacts.operations import (
    clean_tag_names,
    delete_contact,
    save_contact,
    save_contacts,
)
from crm.history.models import Change, Origin, Verb
from crm.history.recording import Author
from crm.records.writing import StaleRecord
from crm.teams.models import Team
from tests.factories import CompanyFactory, ContactFactory, TagFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db

BY = Author(Origin.DEMO)
MACHINES = [Author(Origin.IMPORT), Author(Origin.CALL), Author(Origin.EXTRACTOR)]


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(region="US")


def new(team: Team, **values: Any) -> Contact:
    company = values.pop("company", None) or CompanyFactory.create(team=team)
    values = {"first_name": "Priya", "last_name": "Raghunathan", **values}
    return Contact(team=team, company=company, **values)


def refused(contact: Contact, **extra: Any) -> dict[str, list[ValidationError]]:
    with pytest.raises(ValidationError) as error:
        save_contact(contact, by=BY, **extra)
    return error.value.error_dict


def tags_of(contact: Contact) -> list[str]:
    return sorted(link.tag.name for link in contact.tag_links.select_related("tag"))


def updates(contact: Contact) -> list[dict[str, list[Any]]]:
    changes = Change.objects.filter(record_id=contact.pk, verb=Verb.UPDATED).order_by("at", "id")
    return [change.fields for change in changes]


# Writing one


def test_a_contact_is_stored_in_its_clean_form(team: Team) -> None:
    contact = new(
        team,
        first_name="  Ana  María ",
        email="Ana <ANA@Example.com>",
        phone="(415) 555-0182",
        timezone="america/new_york",
    )
    save_contact(contact, by=BY)
    stored = Contact.objects.get()
    assert (stored.first_name, stored.email) == ("Ana María", "ana@example.com")
    assert (stored.phone, stored.timezone) == ("+14155550182", "America/New_York")
    assert (stored.lead_status, stored.do_not_call, stored.version) == ("new", False, 1)


def test_a_person_stands_in_the_history_of_what_they_did(team: Team) -> None:
    user = UserFactory.create()
    contact = save_contact(new(team), by=Author.person(user))
    change = Change.objects.get(record_id=contact.pk)
    assert (change.verb, change.fields, change.origin) == (Verb.CREATED, {}, Origin.MANUAL)
    assert change.actor_user == user


def test_a_change_names_what_was_and_what_is(team: Team) -> None:
    contact = ContactFactory.create(team=team, job_title="VP")
    contact.job_title, contact.notes = "Chief", "Met in Bonn"
    save_contact(contact, by=BY)
    contact.refresh_from_db()
    assert contact.version == 2
    assert updates(contact) == [{"job_title": ["VP", "Chief"], "notes": ["", "Met in Bonn"]}]


def test_a_contact_moves_to_another_company(team: Team) -> None:
    contact = ContactFactory.create(team=team)
    old, contact.company = contact.company_id, CompanyFactory.create(team=team)
    save_contact(contact, by=BY)
    assert updates(contact) == [{"company": [str(old), str(contact.company_id)]}]


def test_everything_wrong_is_said_at_once(team: Team) -> None:
    ContactFactory.create(team=team, external_id="C-1")
    contact = Contact(
        team=team, first_name="", email="nobody", phone="12", timezone="Mars", external_id="C-1"
    )
    wrong = refused(contact, tags=["x" * 51])
    assert set(wrong) == {
        "first_name",
        "last_name",
        "company",
        "email",
        "phone",
        "timezone",
        "external_id",
        "tags",
    }
    assert wrong["company"][0].code == "required"
    assert not team.contacts.exclude(external_id="C-1").exists()


def test_a_company_of_another_team_does_not_exist_here(team: Team) -> None:
    wrong = refused(new(team, company=CompanyFactory.create()))
    assert wrong["company"][0].code == "does_not_exist"


def test_a_stale_contact_is_not_written_over(team: Team) -> None:
    mine = ContactFactory.create(team=team, tags=["vip"])
    theirs = Contact.objects.get(pk=mine.pk)
    theirs.job_title = "theirs"
    save_contact(theirs, by=BY)
    mine.job_title = "mine"
    with pytest.raises(StaleRecord):
        save_contact(mine, by=BY, tags=["lost"])
    mine.refresh_from_db()
    assert (mine.job_title, tags_of(mine)) == ("theirs", ["vip"])
    assert not Tag.objects.filter(name="lost").exists()


@pytest.mark.parametrize(
    "query",
    ["priya", "RAGHU", "priya meridian.example", "(415) 555-0182", "4155550182", "555 0199"],
)
def test_name_email_and_both_phones_are_found_by_search(team: Team, query: str) -> None:
    contact = new(
        team,
        email="priya@meridian.example",
        phone="+14155550182",
        phone_secondary="+14155550199",
    )
    save_contact(contact, by=BY)
    assert team.contacts.search(query).get() == contact
    assert not TeamFactory.create().contacts.search(query).exists()


# Do not call


def test_do_not_contact_switches_do_not_call_on(team: Team) -> None:
    contact = ContactFactory.create(team=team)
    contact.lead_status = "do_not_contact"
    save_contact(contact, by=BY)
    assert contact.do_not_call
    assert updates(contact) == [
        {"lead_status": ["new", "do_not_contact"], "do_not_call": [False, True]}
    ]


def test_do_not_contact_forbids_to_allow_calls(team: Team) -> None:
    contact = ContactFactory.create(team=team, lead_status="do_not_contact")
    contact.do_not_call = False
    wrong = refused(contact)
    assert wrong["do_not_call"][0].code == "do_not_contact"
    contact.lead_status = "contacted"
    save_contact(contact, by=BY)
    assert not contact.do_not_call


@pytest.mark.parametrize("machine", MACHINES)
def test_a_machine_never_allows_calls_again(team: Team, machine: Author) -> None:
    contact = ContactFactory.create(team=team, do_not_call=True)
    contact.do_not_call, contact.source = False, "fair"
    save_contact(contact, by=machine)
    contact.refresh_from_db()
    assert (contact.do_not_call, contact.source) == (True, "fair")


@pytest.mark.parametrize("machine", MACHINES)
def test_a_machine_may_forbid_calls(team: Team, machine: Author) -> None:
    contact = ContactFactory.create(team=team)
    contact.do_not_call = True
    save_contact(contact, by=machine)
    contact.refresh_from_db()
    assert contact.do_not_call


@pytest.mark.parametrize(
    ("values", "callable_"),
    [
        ({"phone": "+14155550182"}, True),
        ({"phone_secondary": "+14155550182"}, True),
        ({}, False),
        ({"phone": "+14155550182", "do_not_call": True}, False),
    ],
)
def test_who_may_be_called(team: Team, values: dict[str, Any], callable_: bool) -> None:
    assert new(team, **values).callable_() is callable_


# Tags


def test_tags_are_made_as_they_are_named_and_shared(team: Team) -> None:
    first = save_contact(new(team), by=BY, tags=["Cold  Chain", "food", "FOOD"])
    second = save_contact(new(team), by=BY, tags=["cold chain"])
    assert (tags_of(first), tags_of(second)) == (["Cold Chain", "food"], ["Cold Chain"])
    assert team.tags.count() == 2


def test_the_tags_given_are_all_it_shall_have(team: Team) -> None:
    contact = ContactFactory.create(team=team, tags=["vip", "north"])
    save_contact(contact, by=BY, tags=["north", "south"])
    assert tags_of(contact) == ["north", "south"]
    assert updates(contact) == [{"tags": [["north", "vip"], ["north", "south"]]}]
    save_contact(contact, by=BY, tags=[])
    assert tags_of(contact) == []
    assert contact.version == 3


def test_tags_that_are_not_said_stay(team: Team) -> None:
    contact = ContactFactory.create(team=team, tags=["vip"])
    contact.source = "fair"
    save_contact(contact, by=BY)
    assert tags_of(contact) == ["vip"]


def test_the_same_tags_in_another_case_are_no_change(team: Team) -> None:
    contact = ContactFactory.create(team=team, tags=["vip"])
    save_contact(contact, by=BY, tags=["VIP"])
    assert (contact.version, updates(contact)) == (1, [])


def test_the_same_word_has_the_same_colour_in_every_team(team: Team) -> None:
    ContactFactory.create(team=team, tags=["vip"])
    ContactFactory.create(tags=["VIP"])
    assert len(set(Tag.objects.values_list("color", flat=True))) == 1


def test_tags_have_limits() -> None:
    with pytest.raises(ValidationError, match="at most 50 tags, these are 51"):
        clean_tag_names(f"tag {number}" for number in range(MAX_TAGS + 1))
    with pytest.raises(ValidationError):
        clean_tag_names([" "])


# Batches and deleting


def test_good_ones_of_a_batch_are_written_and_bad_ones_said_by_place(team: Team) -> None:
    company = CompanyFactory.create(team=team)
    batch = [
        new(team, company=company, external_id="C-1"),
        new(team, company=company, external_id="C-1"),
        new(team, company=CompanyFactory.create()),
        new(team, company=company, email="nobody"),
        new(team, company=company),
    ]
    saved = save_contacts(batch, by=BY, tags={batch[4].pk: ["vip"], batch[0].pk: ["x" * 51]})
    assert saved.created == [batch[4]]
    assert {place: set(error.error_dict) for place, error in saved.errors.items()} == {
        0: {"tags"},
        1: {"external_id"},
        2: {"company"},
        3: {"email"},
    }
    assert tags_of(batch[4]) == ["vip"]


def test_a_batch_asks_the_database_as_often_as_one(
    team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    company = CompanyFactory.create(team=team)
    TagFactory.create(team=team, name="vip")
    # custom fields, company, external ids, savepoint, insert, tags, old links, new links,
    # history, end
    for number in (2, 50):
        batch = [
            new(team, company=company, external_id=f"{number}-{index}") for index in range(number)
        ]
        tags = {contact.pk: ["vip"] for contact in batch}
        with django_assert_num_queries(10):
            save_contacts(batch, by=BY, tags=tags)


def test_a_deleted_contact_leaves_what_it_was_in_history(team: Team) -> None:
    contact = ContactFactory.create(team=team, first_name="Bo", last_name="Li", tags=["vip"])
    gone = contact.pk
    delete_contact(contact, by=BY)
    assert not team.contacts.exists()
    change = Change.objects.get(record_id=gone, verb=Verb.DELETED)
    assert change.fields["first_name"] == ["Bo", None]
    assert team.tags.exists()
