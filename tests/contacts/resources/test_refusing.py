import pytest
import tablib

from companies.models import Company
from contacts.models import Contact
from contacts.operations import save_contact
from contacts.resources import ContactResource
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.teams.models import Team
from tests.contacts.resources.kit import person, resource, run, wrong
from tests.factories import (
    ContactFactory,
    CustomFieldFactory,
)

pytestmark = pytest.mark.django_db


def test_another_team_s_id_is_as_unknown_as_any(team: Team) -> None:
    foreign = ContactFactory.create(first_name="Zanzibar")
    unknown = "00000000-0000-7000-8000-000000000000"
    rows = [{"id": each, "first_name": "X"} for each in (foreign.pk, unknown, "nonsense")]
    said = {"id": ["There is no such contact in this team."]}
    assert wrong(run(team, *rows)) == [said, said, said]
    foreign.refresh_from_db()
    assert (foreign.first_name, foreign.version) == ("Zanzibar", 1)


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


def test_a_field_of_another_team_is_no_column(team: Team) -> None:
    CustomFieldFactory.create(key="secret", label="Secret")
    (error,) = run(team, person(**{"custom_fields.secret": "x"})).base_errors
    assert "There is no column “custom_fields.secret”." in str(error.error)
