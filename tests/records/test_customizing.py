"""Values in a team's own fields, by whichever door they come."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django.fixtures import DjangoAssertNumQueries

from contacts.models import Contact
from contacts.operations import delete_contact, save_contact, save_contacts
from crm.history.models import Change, Origin, Verb
from crm.history.recording import Author
from crm.records.operations import save_custom_field
from crm.teams.models import Team
from tests.admin.kit import Staff, change
from tests.api.client import Program, errors
from tests.factories import CompanyFactory, ContactFactory, CustomFieldFactory, TeamFactory
from tests.pages import Reader

BY = Author(Origin.MANUAL)


@pytest.fixture
def team(db: None) -> Team:
    """A team with one field of each type."""
    team = TeamFactory.create(region="US")
    for kind in ("text", "number", "date", "boolean", "textarea"):
        CustomFieldFactory.create(team=team, key=f"a_{kind}", label=f"A {kind}", field_type=kind)
    options = ["Gold", "Silver"]
    CustomFieldFactory.create(
        team=team, key="a_select", label="A select", field_type="select", options=options
    )
    CustomFieldFactory.create(team=team, entity_type="company", key="region", label="Region")
    return team


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team)


VALUES = {
    "a_text": "some words",
    "a_number": 12.5,
    "a_date": "2026-11-22",
    "a_boolean": False,
    "a_select": "Gold",
    "a_textarea": "one\ntwo",
}


def test_values_are_kept_and_history_names_each(team: Team) -> None:
    contact = ContactFactory.create(team=team, custom_fields=VALUES)
    contact = Contact.objects.get(pk=contact.pk)
    assert contact.custom_fields == VALUES
    contact.custom_fields["a_number"] = 13
    del contact.custom_fields["a_text"]
    save_contact(contact, by=BY)
    written = Change.objects.get(record_id=contact.pk, verb=Verb.UPDATED)
    assert written.fields == {
        "custom_fields.a_number": [12.5, 13],
        "custom_fields.a_text": ["some words", None],
    }
    assert Contact.objects.get(pk=contact.pk).version == 2
    deleted = contact.pk
    delete_contact(contact, by=BY)
    gone = Change.objects.get(record_id=deleted, verb=Verb.DELETED)
    assert gone.fields["custom_fields.a_select"] == ["Gold", None]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"nothing": 1}, "unknown"),
        ({"region": "x"}, "unknown"),
        ({"a_number": "12"}, "invalid"),
        ({"a_select": "Bronze"}, "invalid_choice"),
        ({"a_date": "soon"}, "invalid"),
    ],
)
def test_a_wrong_value_is_told_beside_its_field(
    team: Team, values: dict[str, Any], code: str
) -> None:
    api = Program(team)
    company = CompanyFactory.create(team=team)
    names = {"firstName": "Anna", "lastName": "Berg", "companyId": str(company.pk)}
    body = {"teamId": str(team.pk), **names, "customFields": values}
    response = api.post("contacts", body)
    assert response.status_code == 400
    assert errors(response) == {f"customFields.{next(iter(values))}": code}


def test_a_patch_adds_changes_and_clears_keys(team: Team) -> None:
    contact = ContactFactory.create(team=team, custom_fields=VALUES)
    given = {"a_text": "other", "a_number": None, "a_select": "silver"}
    answer = Program(team).patch(f"contacts/{contact.pk}", {"customFields": given})
    expected = VALUES | {"a_text": "other", "a_select": "Silver"}
    del expected["a_number"]
    assert answer.json()["customFields"] == expected


def test_a_required_field_may_not_be_missed_nor_lost(team: Team) -> None:
    old = ContactFactory.create(team=team)
    field = CustomFieldFactory.create(team=team, key="plan", label="Plan", required=True)
    with pytest.raises(ValidationError) as missed:
        ContactFactory.create(team=team)
    assert missed.value.message_dict == {field.name: ["Plan is required."]}
    old.job_title = "CEO"
    save_contact(old, by=BY)
    new = ContactFactory.create(team=team, custom_fields={"plan": "x"})
    new.custom_fields = {}
    with pytest.raises(ValidationError):
        save_contact(new, by=BY)
    company = CompanyFactory.create(team=team)
    read = Contact(team=team, company=company, first_name="A", last_name="B")
    assert save_contact(read, by=Author(Origin.IMPORT)).pk


def test_what_is_archived_or_retired_stays_readable(team: Team) -> None:
    contact = ContactFactory.create(team=team, custom_fields={"a_select": "Gold", "a_text": "x"})
    select, text = (team.custom_fields.get(key=key) for key in ("a_select", "a_text"))
    select.set_options(["Silver"])
    save_custom_field(select, by=BY)
    text.active = False
    save_custom_field(text, by=BY)
    contact = Contact.objects.get(pk=contact.pk)
    contact.job_title = "CEO"
    save_contact(contact, by=BY)
    assert Contact.objects.get(pk=contact.pk).custom_fields == {"a_select": "Gold", "a_text": "x"}
    for values in ({"a_select": "Gold", "a_text": "y"}, {"a_select": "Bronze", "a_text": "x"}):
        contact.custom_fields = values
        with pytest.raises(ValidationError):
            save_contact(contact, by=BY)


def test_a_batch_asks_for_the_fields_once(
    team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    company = CompanyFactory.create(team=team)
    for number in (2, 50):
        batch = [
            Contact(team=team, company=company, first_name="A", last_name=str(n),
                    custom_fields=dict(VALUES))
            for n in range(number)
        ]  # fmt: skip
        # custom fields, company; savepoint, contacts, history, end
        with django_assert_num_queries(6):
            assert not save_contacts(batch, by=BY).errors


# Filters of the API


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("a_number=12.5", True),
        ("a_number=13", False),
        ("a_text=some words", True),
        ("a_text=Some words", False),
        ("a_boolean=false", True),
        ("a_boolean=true", False),
        ("a_date=2026-11-22", True),
        ("a_select=Gold", True),
    ],
)
def test_contacts_are_found_by_a_value(team: Team, query: str, found: bool) -> None:
    contact = ContactFactory.create(team=team, custom_fields=VALUES)
    ContactFactory.create(team=team)
    key, value = query.split("=")
    rows = Program(team).list("contacts", **{f"customFields.{key}": value}).json()["results"]
    assert [row["id"] for row in rows] == ([str(contact.pk)] if found else [])


@pytest.mark.parametrize(
    ("name", "value"),
    {"a_boolean": "flase", "a_number": "1,5", "a_date": "soon", "a_select": "x", "no": "1"}.items(),
)
def test_a_filter_that_makes_no_sense_is_told(team: Team, name: str, value: str) -> None:
    response = Program(team).list("contacts", **{f"customFields.{name}": value})
    assert response.status_code == 400
    assert list(errors(response)) == [f"customFields.{name}"]


def test_a_key_that_is_a_lookup_s_name_is_a_key(team: Team) -> None:
    CustomFieldFactory.create(team=team, key="contains")
    contact = ContactFactory.create(team=team, custom_fields={"contains": "nuts"})
    rows = Program(team).list("contacts", **{"customFields.contains": "nuts"}).json()["results"]
    assert [row["id"] for row in rows] == [str(contact.pk)]


# Pages and the admin


FORM = {
    "first_name": "Anna",
    "last_name": "Berg",
    "company": "Acme",
    "lead_status": "new",
    "custom_fields.a_text": " some  words ",
    "custom_fields.a_number": "12,5",
    "custom_fields.a_date": "2026-11-22",
    "custom_fields.a_boolean": "No",
    "custom_fields.a_select": "Gold",
    "custom_fields.a_textarea": "one\r\ntwo",
}


def test_the_form_has_the_fields_and_the_panel_shows_them(reader: Reader, team: Team) -> None:
    CompanyFactory.create(team=team, name="Acme")
    reader.post("contacts:create", **FORM)
    contact = team.contacts.get()
    assert contact.custom_fields == VALUES
    panel = reader.get_part("contacts:detail", contact.pk).text
    assert "A number" in panel
    assert "22 Nov 2026" in panel
    form = reader.get("contacts:edit", contact.pk).text
    assert 'value="12.5"' in form
    assert "some words" in form


def test_a_wrong_value_keeps_what_was_typed(reader: Reader, team: Team) -> None:
    CompanyFactory.create(team=team, name="Acme")
    page = reader.post("contacts:create", **FORM | {"custom_fields.a_number": "a dozen"}).text
    assert "“a dozen” is not a number." in page
    assert 'value="a dozen"' in page
    assert not team.contacts.exists()


def test_a_retired_option_can_stay_in_the_form(reader: Reader, team: Team) -> None:
    contact = ContactFactory.create(team=team, custom_fields=VALUES)
    field = team.custom_fields.get(key="a_select")
    field.set_options(["Silver"])
    save_custom_field(field, by=BY)
    data = FORM | {"company": contact.company.name, "version": "1"}
    assert reader.post("contacts:edit", contact.pk, **data).status_code == 302
    assert Contact.objects.get(pk=contact.pk).custom_fields["a_select"] == "Gold"


def test_the_admin_edits_and_shows_the_fields(team: Team) -> None:
    contact = ContactFactory.create(team=team, custom_fields=VALUES)
    response = change(Staff(), contact, **{"custom_fields.a_number": "14"})
    assert response.status_code == 302
    assert Contact.objects.get(pk=contact.pk).custom_fields == VALUES | {"a_number": 14}
