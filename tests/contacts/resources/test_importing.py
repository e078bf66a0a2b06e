import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.models import Company
from contacts.models import Contact, Tag
from crm.accounts.models import User
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.records.operations import save_custom_field
from crm.teams.models import Team
from tests.contacts.resources.kit import person, resource, run, totals, wrong
from tests.contacts.worlds import add_fields
from tests.factories import (
    CompanyFactory,
    ContactFactory,
    CustomFieldFactory,
)

pytestmark = pytest.mark.django_db


def test_rows_become_contacts_through_the_operations(team: Team, user: User) -> None:
    result = run(
        team,
        person(
            phone="(415) 555-0182",
            email="A@X.com",
            tags="VIP, new",
            lead_status="",
            do_not_call="no",
            preferred_contact_method="Text message",
        ),
        person(
            first_name="Ben",
            phone="",
            email="",
            tags="",
            lead_status="Do Not Contact",
            do_not_call="",
            preferred_contact_method="",
        ),
        user=user,
    )
    assert totals(result) == {"new": 2}
    anna, ben = Contact.objects.order_by("first_name")
    assert (anna.team, anna.phone, anna.email) == (team, "+14155550182", "a@x.com")
    assert (anna.preferred_contact_method, anna.lead_status) == ("sms", "new")
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["VIP", "new"]
    assert (ben.lead_status, ben.do_not_call) == ("do_not_contact", True)
    assert anna.company == ben.company == Company.objects.get(name="Acme", team=team)
    changes = Change.objects.all()
    assert {(row.origin, row.verb, row.actor_user) for row in changes} == {
        ("import", "created", user)
    }
    made = [anna.pk, ben.pk, anna.company_id, *Tag.objects.values_list("pk", flat=True)]
    assert sorted(row.record_id for row in changes) == sorted(made)


def test_the_teams_own_fields_are_columns(team: Team) -> None:
    add_fields(team)
    CustomFieldFactory.create(team=team, key="old", label="Old", active=False)
    row = {
        "custom_fields.nickname": "=1+1",
        "custom_fields.budget": "1,234.50",
        "custom_fields.start": "2/10/2026",
        "custom_fields.renews": "no",
        "custom_fields.plan": "gold",
        "custom_fields.story": "one\ntwo",
    }
    assert totals(run(team, person(**row))) == {"new": 1}
    contact = Contact.objects.get()
    values = {
        "nickname": "=1+1",
        "budget": 1234.5,
        "start": "2026-02-10",
        "renews": False,
        "plan": "Gold",
        "story": "one\ntwo",
    }
    assert contact.custom_fields == values
    exported = resource(team).export(Contact.objects.all()).dict
    assert "custom_fields.old" not in exported[0]
    assert totals(run(team, *exported)) == {"skip": 1}
    exported[0] |= {"custom_fields.budget": "-3", "custom_fields.plan": ""}
    assert totals(run(team, *exported)) == {"update": 1}
    contact.refresh_from_db()
    del values["plan"]
    assert contact.custom_fields == values | {"budget": -3}


def test_a_retired_option_stays_and_no_other_comes(team: Team) -> None:
    add_fields(team)
    contact = ContactFactory.create(team=team, custom_fields={"plan": "Gold"})
    field = team.custom_fields.get(key="plan")
    field.set_options(["Silver"])
    save_custom_field(field, by=Author(Origin.MANUAL))
    row = {"id": str(contact.pk), "job_title": "Head", "custom_fields.plan": "Gold"}
    assert totals(run(team, row)) == {"update": 1}
    row = {"id": str(contact.pk), "custom_fields.plan": "Bronze", "custom_fields.budget": "x"}
    assert wrong(run(team, row)) == [
        {
            "custom_fields.plan": ["“Bronze” is not one of the options: Silver."],
            "custom_fields.budget": ["“x” is not a number."],
        }
    ]


def test_a_company_is_found_by_its_name_in_any_case(team: Team) -> None:
    company = CompanyFactory.create(team=team, name="Acme Müller")
    CompanyFactory.create(name="ACME  müller")
    run(team, person(company_name=" acme  MÜLLER "), person(company_name="New"))
    assert Contact.objects.filter(company=company).count() == 1
    assert team.companies.count() == 2


def test_a_row_with_an_id_changes_that_contact(team: Team, user: User) -> None:
    contact = ContactFactory.create(team=team, job_title="Buyer", phone="+14155550182", tags=["a"])
    row = {"id": str(contact.pk), "job_title": "Head", "tags": "A, b"}
    assert totals(run(team, row, user=user)) == {"update": 1}
    stored = Contact.objects.get()
    assert (stored.job_title, stored.phone, stored.version) == ("Head", "+14155550182", 2)
    assert Change.objects.get(origin="import", record_id=contact.pk).fields == {
        "job_title": ["Buyer", "Head"],
        "tags": [["a"], ["A", "b"]],
    }


def test_a_row_with_a_known_external_id_changes_that_contact(team: Team) -> None:
    contact = ContactFactory.create(team=team, external_id="A1")
    ContactFactory.create(external_id="A2")
    result = run(
        team,
        {"external_id": "A1", "first_name": "Berta", "last_name": "X", "company_name": "Acme"},
        {"external_id": "A2", "first_name": "Carla", "last_name": "X", "company_name": "Acme"},
    )
    assert totals(result) == {"new": 1, "update": 1}
    contact.refresh_from_db()
    assert (contact.first_name, contact.company.name) == ("Berta", "Acme")
    assert team.contacts.get(external_id="A2").first_name == "Carla"


def test_the_id_goes_before_the_external_id(team: Team) -> None:
    contact = ContactFactory.create(team=team, external_id="A1")
    run(team, {"id": contact.pk, "external_id": "B2"})
    contact.refresh_from_db()
    assert contact.external_id == "B2"


def test_a_row_without_a_difference_writes_nothing(team: Team) -> None:
    contact = ContactFactory.create(team=team, phone="+14155550182", tags=["VIP"])
    row = {"id": contact.pk, "phone": "415 555 0182", "tags": "vip", "do_not_call": "no"}
    assert totals(run(team, row)) == {"skip": 1}
    contact.refresh_from_db()
    assert contact.version == 1
    assert not Change.objects.filter(origin="import").exists()


def test_another_team_s_company_of_that_name_is_another_company(team: Team) -> None:
    foreign = CompanyFactory.create(name="Acme")
    run(team, person())
    assert Contact.objects.get().company != foreign


def test_an_import_sets_do_not_call_and_never_clears_it(team: Team) -> None:
    contact = ContactFactory.create(team=team, do_not_call=True)
    assert totals(run(team, {"id": contact.pk, "do_not_call": "no"})) == {"skip": 1}
    free = ContactFactory.create(team=team)
    run(team, {"id": free.pk, "do_not_call": "YES"})
    for each in (contact, free):
        each.refresh_from_db()
        assert each.do_not_call


def test_a_preview_leaves_nothing_behind(team: Team) -> None:
    contact = ContactFactory.create(team=team, first_name="Anna")
    before = Change.objects.count()
    result = run(
        team,
        {"id": contact.pk} | person(first_name="Berta", tags="VIP"),
        {"id": ""} | person(tags=""),
        dry=True,
    )
    assert totals(result) == {"new": 1, "update": 1}
    contact.refresh_from_db()
    assert contact.first_name == "Anna"
    assert not Tag.objects.exists()
    assert (Contact.objects.count(), Company.objects.count()) == (1, 1)
    assert Change.objects.count() == before


def test_a_preview_shows_what_changes(team: Team) -> None:
    contact = ContactFactory.create(team=team, first_name="Anna", tags=["a"])
    row = {"id": contact.pk, "first_name": "<b>", "company_name": "Acme", "tags": "b, a"}
    row |= {"last_name": contact.last_name}
    result = run(team, row, {"id": ""} | person(tags=""), dry=True)
    assert result.diff_headers == ["id", "first_name", "last_name", "company_name", "tags"]
    assert result.rows[1].diff == ["", "Anna", "Berg", "Acme", ""]
    shown = dict(zip(result.diff_headers, result.rows[0].diff, strict=True))
    assert shown["first_name"] == "<del>Anna</del> <ins>&lt;b&gt;</ins>"
    assert shown["company_name"] == f"<del>{contact.company.name}</del> <ins>Acme</ins>"
    assert shown["tags"] == "<del>a</del> <ins>a, b</ins>"
    assert shown["last_name"] == contact.last_name


def test_as_many_queries_for_fifty_rows_as_for_one(team: Team) -> None:
    def rows(number: int, name: str) -> list[dict[str, object]]:
        return [
            person(first_name=f"{name}{n}", company_name=f"{name}{n}", tags=f"{name}{n}, x")
            for n in range(number)
        ]

    def updates(contacts: list[Contact]) -> list[dict[str, object]]:
        return [{"id": row.pk, "tags": "same", "company_name": "Same"} for row in contacts]

    with CaptureQueriesContext(connection) as for_one:
        run(team, *rows(1, "a"))
    with CaptureQueriesContext(connection) as for_fifty:
        run(team, *rows(50, "b"))
    assert len(for_fifty) == len(for_one)
    contacts = list(Contact.objects.order_by("id"))
    with CaptureQueriesContext(connection) as one_update:
        run(team, *updates(contacts[:1]))
    with CaptureQueriesContext(connection) as fifty_updates:
        run(team, *updates(contacts[1:]))
    # Each changed row is an UPDATE … WHERE version = x of its own; nothing else is asked per row,
    # and the company “Same” is written by the first import only.
    assert len(fifty_updates) - 49 <= len(one_update)
