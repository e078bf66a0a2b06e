import pytest
import tablib
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from import_export.results import Result
from pytest_django import DjangoAssertNumQueries

from companies.models import Company
from contacts.models import Contact, Tag
from contacts.operations import save_contact
from contacts.resources import ContactResource, join_tags, split_tags
from crm.accounts.models import User
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.records.operations import save_custom_field
from crm.teams.models import Team
from tests.contacts.worlds import add_fields
from tests.factories import (
    CompanyFactory,
    ContactFactory,
    CustomFieldFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(region="US")


@pytest.fixture
def user() -> User:
    return UserFactory.create()


def resource(team: Team, user: User | None = None) -> ContactResource:
    return ContactResource(team=team, by=Author(Origin.IMPORT, user=user))


def run(
    team: Team, *rows: dict[str, object], user: User | None = None, dry: bool = False
) -> Result:
    headers = list(rows[0])
    dataset = tablib.Dataset(*[[row[name] for name in headers] for row in rows], headers=headers)
    return resource(team, user).import_data(dataset, dry_run=dry)


def person(**values: object) -> dict[str, object]:
    return {"first_name": "Anna", "last_name": "Berg", "company_name": "Acme"} | values


def wrong(result: Result) -> list[dict[str, list[str]]]:
    """What is wrong, row by row."""
    assert result.has_validation_errors()
    return [row.error_dict for row in result.invalid_rows]


def totals(result: Result) -> dict[str, int]:
    assert not result.has_errors(), [str(error.error) for error in result.base_errors]
    return {kind: number for kind, number in result.totals.items() if number}


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


def test_a_field_of_another_team_is_no_column(team: Team) -> None:
    CustomFieldFactory.create(key="secret", label="Secret")
    (error,) = run(team, person(**{"custom_fields.secret": "x"})).base_errors
    assert "There is no column “custom_fields.secret”." in str(error.error)


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


def test_another_team_s_id_is_as_unknown_as_any(team: Team) -> None:
    foreign = ContactFactory.create(first_name="Zanzibar")
    unknown = "00000000-0000-7000-8000-000000000000"
    rows = [{"id": each, "first_name": "X"} for each in (foreign.pk, unknown, "nonsense")]
    said = {"id": ["There is no such contact in this team."]}
    assert wrong(run(team, *rows)) == [said, said, said]
    foreign.refresh_from_db()
    assert (foreign.first_name, foreign.version) == ("Zanzibar", 1)


def test_another_team_s_company_of_that_name_is_another_company(team: Team) -> None:
    foreign = CompanyFactory.create(name="Acme")
    run(team, person())
    assert Contact.objects.get().company != foreign


def test_one_wrong_row_and_nothing_is_written(team: Team) -> None:
    result = run(team, person(phone=""), person(phone="12", first_name=""))
    assert [row.number for row in result.invalid_rows] == [2]
    (errors,) = wrong(result)
    assert set(errors) == {"first_name", "phone"}
    assert not any(model.objects.exists() for model in (Contact, Company, Change))


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("first_name", "", "This field cannot be blank."),
        ("first_name", "x" * 101, "Ensure this value has at most 100 characters"),
        ("first_name", ["Anna"], "This is not text."),
        ("last_name", "a\0b", "This text contains a NUL character."),
        ("company_name", "", "Every contact belongs to a company."),
        ("company_name", "x" * 201, "Ensure this value has at most 200 characters"),
        ("company_name", "a\0b", "This text contains a NUL character."),
        ("phone", "12", "“12” is not a phone number."),
        ("email", "nobody", "“nobody” is not an email address."),
        ("timezone", "Mars", "“Mars” is not a timezone."),
        ("lead_status", "hot", "“hot” is not one of: new, contacted,"),
        ("preferred_contact_method", "fax", "“fax” is not one of: phone, email, sms."),
        ("do_not_call", "maybe", "“maybe” is neither yes nor no."),
        ("tags", "x" * 51, "Ensure this value has at most 50 characters"),
        ("external_id", "A1", "Another contact has this external ID."),
    ],
)
def test_what_is_wrong_stands_at_its_row_and_column(
    team: Team, column: str, value: object, words: str
) -> None:
    contact = ContactFactory.create(team=team)
    ContactFactory.create(team=team, external_id="A1")
    (errors,) = wrong(run(team, {"id": contact.pk, column: value}))
    assert set(errors) == {column}
    assert len(errors[column]) == 1
    assert errors[column][0].startswith(words)


def test_what_cannot_be_read_and_what_is_refused_are_told_together(team: Team) -> None:
    (errors,) = wrong(run(team, person(do_not_call="maybe", phone="12", tags="x" * 51)))
    assert set(errors) == {"do_not_call", "phone", "tags"}


def test_two_rows_about_one_contact_are_refused(team: Team) -> None:
    contact = ContactFactory.create(team=team, external_id="A1")
    rows = [{"id": contact.pk, "external_id": "A1"}, {"id": "", "external_id": "A1"}]
    assert wrong(run(team, *rows)) == [{"id": ["Row 1 is about the same one."]}]
    new = [person(external_id="N1"), person(external_id="N1")]
    assert wrong(run(team, *new)) == [{"external_id": ["Another contact has this external ID."]}]


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


def test_who_changed_it_meanwhile_is_not_overwritten(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = ContactFactory.create(team=team)

    def save_first(self: ContactResource, records: list[Contact]) -> object:
        other = Contact.objects.get()
        other.job_title = "Chef"
        save_contact(other, by=Author(Origin.MANUAL))
        return original(self, records)

    original = ContactResource.save
    monkeypatch.setattr(ContactResource, "save", save_first)
    result = run(team, {"id": contact.pk, "first_name": "Berta"})
    (error,) = result.base_errors
    assert str(error.error) == "This contact was changed by somebody else meanwhile."
    contact.refresh_from_db()
    assert contact.first_name != "Berta"


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (["frist_name"], "There is no column “frist_name”. The columns are: id, external_id,"),
        (["email", "email"], "The file has the column “email” twice."),
    ],
)
def test_columns_that_make_no_sense_are_refused(team: Team, headers: list[str], words: str) -> None:
    dataset = tablib.Dataset(["x"] * len(headers), headers=headers)
    result = resource(team).import_data(dataset, dry_run=True)
    (error,) = result.base_errors
    assert error.error.message.startswith(words)


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


def export(team: Team) -> tablib.Dataset:
    return resource(team).export(queryset=Contact.objects.order_by("id"))


def test_an_export_holds_one_team_and_reads_back_as_nothing_new(team: Team) -> None:
    contacts = [
        ContactFactory.create(
            team=team,
            phone="+14155550182",
            lead_status="customer",
            do_not_call=True,
            preferred_contact_method="email",
            timezone="Europe/Berlin",
            notes="=HYPERLINK()\nsecond line",
            external_id="A1",
            tags=["a, b", 'say "c"', "d"],
        ),
        ContactFactory.create(team=team),
    ]
    ContactFactory.create(first_name="Zanzibar")
    exported = export(team)
    assert exported["id"] == [str(contact.pk) for contact in contacts]
    assert exported["company_name"] == [contact.company.name for contact in contacts]
    assert exported["tags"][0] == '"a, b", d, "say ""c"""'
    assert (exported["do_not_call"], exported["lead_status"]) == (
        ["yes", "no"],
        ["customer", "new"],
    )
    assert exported["created_at"][0] == f"{contacts[0].created_at:%Y-%m-%dT%H:%M:%SZ}"
    assert totals(resource(team).import_data(exported)) == {"skip": 2}


def test_an_export_asks_as_often_for_fifty_rows_as_for_one(
    team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(50):
        ContactFactory.create(team=team, tags=[f"t{number}"])
    narrow = Contact.objects.only("first_name").order_by("id")
    # the team's own fields, the contacts, their tags
    with django_assert_num_queries(3):
        assert len(resource(team).export(queryset=narrow)) == 50


@given(st.lists(st.text(alphabet='ab ,"', min_size=1).map(str.strip).filter(bool)))
def test_tags_in_one_cell_come_back(names: list[str]) -> None:
    assert split_tags(join_tags(names)) == names


def test_tags_may_be_a_list_in_json() -> None:
    assert split_tags(["a, b", "c"]) == ["a, b", "c"]
    assert split_tags(None) == split_tags("") == []
