"""Going back to an earlier value: one action, by the operations, and itself in the history."""

import html
import re
from typing import Any

import pytest

from companies.models import Company
from companies.operations import delete_company, save_company
from contacts.models import Contact
from contacts.operations import save_contact
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.records.operations import save_custom_field
from crm.records.writing import StaleRecord
from crm.teams.models import Role, Team
from tests.factories import CompanyFactory, ContactFactory, CustomFieldFactory, TeamFactory
from tests.pages import Reader, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team, name="Maya Lindholm")


@pytest.fixture
def contact(team: Team) -> Contact:
    company = CompanyFactory.create(team=team, name="Acme")
    return ContactFactory.create(company=company, job_title="Buyer", tags=["vip", "Cold"])


def edit(record: Any, tags: list[str] | None = None, **values: Any) -> Change:
    """Change the record, and return what that left in its history."""
    for name, value in values.items():
        setattr(record, name, value)
    if isinstance(record, Company):
        save_company(record, by=Author(Origin.API))
    else:
        save_contact(record, by=Author(Origin.API), tags=tags)
    return Change.objects.filter(record_id=record.pk).first()


def restore(
    reader: Reader, record: Any, change: Change, field: str, version: int | None = None
) -> str:
    """Press the button, and return what the page then says of it."""
    room = "companies" if isinstance(record, Company) else "contacts"
    version = record.version if version is None else version
    response = reader.post(
        f"{room}:restore", record.pk, change.pk, field=field, version=version, follow=True
    )
    assert response.redirect_chain == [(reader.url(f"{room}:detail", record.pk), 302)]
    [said] = re.findall(r"data-toast>.*?<span>(.*?)</span>", response.text, re.DOTALL)
    return html.unescape(said)


def newest(record: Any) -> Change:
    return Change.objects.filter(record_id=record.pk).first()


def test_a_value_is_restored_and_that_is_in_the_history(reader: Reader, contact: Contact) -> None:
    change = edit(contact, job_title="Head", lead_status="qualified")
    assert restore(reader, contact, change, "job_title") == "Job title restored to Buyer."
    contact.refresh_from_db()
    assert (contact.job_title, contact.lead_status, contact.version) == ("Buyer", "qualified", 3)
    change = newest(contact)
    assert (change.verb, change.origin, change.actor_user) == ("updated", "manual", reader.user)
    assert change.fields == {"job_title": ["Head", "Buyer"]}
    assert restore(reader, contact, change, "job_title") == "Job title restored to Head."


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("lead_status", "customer", "Status restored to New."),
        ("do_not_call", True, "Do not call restored to No."),
        ("phone", "+14155550182", "Phone restored to empty."),
        ("notes", "Some notes", "Notes restored to empty."),
        ("job_title", "", "Job title restored to Buyer."),
        ("first_name", "Berta", "First name restored to Anna."),
    ],
)
def test_every_kind_of_field(
    reader: Reader, contact: Contact, field: str, value: Any, said: str
) -> None:
    edit(contact, first_name="Anna")
    before = getattr(contact, field)
    change = edit(contact, **{field: value})
    assert restore(reader, contact, change, field) == said
    contact.refresh_from_db()
    assert getattr(contact, field) == before


def test_a_long_text_is_not_said_again(reader: Reader, contact: Contact) -> None:
    edit(contact, notes="First line\nsecond line")
    change = edit(contact, notes="")
    assert restore(reader, contact, change, "notes") == "Notes restored."
    contact.refresh_from_db()
    assert contact.notes == "First line\nsecond line"


def test_the_company(reader: Reader, team: Team, contact: Contact) -> None:
    acme = contact.company
    change = edit(contact, company=CompanyFactory.create(team=team, name="Baltic"))
    assert restore(reader, contact, change, "company") == "Company restored to Acme."
    contact.refresh_from_db()
    assert contact.company_id == acme.pk


def test_a_company_that_is_gone(reader: Reader, team: Team, contact: Contact) -> None:
    acme = contact.company
    change = edit(contact, company=CompanyFactory.create(team=team, name="Baltic"))
    delete_company(acme, by=Author(Origin.API))
    page = reader.get("contacts:detail", contact.pk).text
    assert 'name="field"' not in page
    assert restore(reader, contact, change, "company") == (
        "Could not restore “Company”. Acme was deleted."
    )
    Change.objects.filter(record_type="company", verb="deleted").delete()
    assert restore(reader, contact, change, "company") == (
        "Could not restore “Company”. That company was deleted."
    )
    contact.refresh_from_db()
    assert contact.version == 2


def test_tags_are_restored_as_a_list(reader: Reader, contact: Contact) -> None:
    change = edit(contact, tags=["other"])
    assert restore(reader, contact, change, "tags") == "Tags restored to Cold, vip."
    links = contact.tag_links.order_by("tag__name").values_list("tag__name", flat=True)
    assert list(links) == ["Cold", "vip"]
    assert newest(contact).fields == {"tags": [["other"], ["Cold", "vip"]]}
    contact.refresh_from_db()
    assert (
        restore(reader, contact, change, "tags")
        == "Nothing to restore: “Tags” has this value already."
    )


def test_do_not_call_stays_while_the_status_says_so(reader: Reader, contact: Contact) -> None:
    change = edit(contact, lead_status="do_not_contact")
    assert restore(reader, contact, change, "do_not_call") == (
        "Could not restore “Do not call”. "
        "The status is Do Not Contact. Choose another status to allow calls again."
    )
    contact.refresh_from_db()
    assert (contact.do_not_call, contact.version) == (True, 2)
    assert restore(reader, contact, change, "lead_status") == "Status restored to New."
    contact.refresh_from_db()
    assert (contact.lead_status, contact.do_not_call) == ("new", True)
    assert restore(reader, contact, change, "do_not_call") == "Do not call restored to No."


def test_going_back_to_do_not_contact_forbids_calls(reader: Reader, contact: Contact) -> None:
    edit(contact, lead_status="do_not_contact")
    change = edit(contact, lead_status="new", do_not_call=False)
    assert restore(reader, contact, change, "lead_status") == "Status restored to Do Not Contact."
    contact.refresh_from_db()
    assert contact.do_not_call


def test_a_value_that_is_no_longer_allowed(reader: Reader, team: Team, contact: Contact) -> None:
    edit(contact, external_id="C-1")
    change = edit(contact, external_id="C-2")
    ContactFactory.create(team=team, external_id="C-1")
    assert restore(reader, contact, change, "external_id") == (
        "Could not restore “External ID”. Another contact has this external ID."
    )
    company = contact.company
    change = edit(company, name="Acme Two")
    CompanyFactory.create(team=team, name="acme")
    assert restore(reader, company, change, "name") == (
        "Could not restore “Name”. This team has a company of this name already."
    )
    company.refresh_from_db()
    assert (company.name, company.version) == ("Acme Two", 2)


def test_a_choice_that_is_no_more(reader: Reader, contact: Contact) -> None:
    change = edit(contact, lead_status="qualified")
    change.fields["lead_status"][0] = "hot"
    Change.objects.filter(pk=change.pk).update(fields=change.fields)
    said = restore(reader, contact, change, "lead_status")
    assert said.startswith("Could not restore “Status”. Value 'hot' is not a valid choice.")
    contact.refresh_from_db()
    assert contact.lead_status == "qualified"


def test_a_value_that_the_field_has_already(reader: Reader, contact: Contact) -> None:
    change = edit(contact, job_title="Head")
    edit(contact, job_title="Buyer")
    assert (
        restore(reader, contact, change, "job_title")
        == "Nothing to restore: “Job title” has this value already."
    )
    contact.refresh_from_db()
    assert contact.version == 3


def test_what_somebody_changed_meanwhile_is_not_overwritten(
    reader: Reader, contact: Contact
) -> None:
    change = edit(contact, job_title="Head")
    seen = contact.version
    edit(contact, job_title="Chief")
    said = restore(reader, contact, change, "job_title", version=seen)
    assert said == (
        f"Somebody else changed {contact} meanwhile, so nothing was restored. "
        "Look at the history as it is now."
    )
    contact.refresh_from_db()
    assert contact.job_title == "Chief"


def test_somebody_who_is_quicker_at_the_same_moment(
    reader: Reader, contact: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(record: Contact, **_: Any) -> None:
        raise StaleRecord(record)

    change = edit(contact, job_title="Head")
    monkeypatch.setattr("contacts.history.save_contact", too_late)
    assert "so nothing was restored" in restore(reader, contact, change, "job_title")


@pytest.mark.parametrize("field", ["", "email", "nothing", "version", "custom_fields.gone"])
def test_what_the_change_does_not_hold(reader: Reader, contact: Contact, field: str) -> None:
    change = edit(contact, job_title="Head")
    said = restore(reader, contact, change, field)
    assert said == "This change has no such value to restore."


def test_a_field_that_is_no_more(reader: Reader, contact: Contact) -> None:
    change = edit(contact, job_title="Head")
    Change.objects.filter(pk=change.pk).update(fields={"shoe_size": [1, 2]})
    assert 'name="field"' not in reader.get("contacts:detail", contact.pk).text
    said = restore(reader, contact, change, "shoe_size")
    assert said == "There is no such field any more."


def test_only_what_differs_now_is_offered(reader: Reader, contact: Contact) -> None:
    edit(contact, job_title="Head", tags=["other"])
    edit(contact, job_title="Buyer", tags=["VIP", "cold"])
    page = reader.get("contacts:detail", contact.pk).text
    assert re.findall(r'aria-label="(Restore [^"]+)"', page) == [
        "Restore Job title to Head",
        "Restore Tags to other",
    ]
    assert re.findall(r'name="field" value="(\w+)"', page) == ["job_title", "tags"]
    assert page.count('name="version" value="3"') == 2


def test_a_viewer_is_offered_nothing_and_gets_403(team: Team, contact: Contact) -> None:
    change = edit(contact, job_title="Head")
    viewer = Reader(team, Role.VIEWER)
    page = viewer.get("contacts:detail", contact.pk).text
    assert "Head" in page
    assert "restore" not in page.lower().replace("#i-restore", "").replace("i-restore", "")
    answer = viewer.post("contacts:restore", contact.pk, change.pk, field="job_title", version=2)
    assert answer.status_code == 403


def test_a_change_of_another_record_or_team(reader: Reader, contact: Contact) -> None:
    other = ContactFactory.create(company=contact.company)
    theirs = ContactFactory.create()
    changes = [edit(each, job_title="Head") for each in (other, theirs)]
    for pk, change in ((contact.pk, changes[0]), (contact.pk, changes[1]), (theirs.pk, changes[1])):
        answer = reader.post("contacts:restore", pk, change.pk, field="job_title", version=1)
        assert answer.status_code == 404
    assert reader.get("contacts:restore", other.pk, changes[0].pk).status_code == 405


# The team's own fields


def test_a_field_of_the_teams_own(reader: Reader, team: Team, contact: Contact) -> None:
    CustomFieldFactory.create(team=team, label="Fleet size", field_type="number")
    edit(contact, custom_fields={"fleet_size": 1200})
    change = edit(contact, custom_fields={})
    page = words(reader.get("contacts:detail", contact.pk))
    assert "Fleet size changed from 1,200 to empty" in page
    name = "custom_fields.fleet_size"
    assert restore(reader, contact, change, name) == "Fleet size restored to 1,200."
    contact.refresh_from_db()
    assert contact.custom_fields == {"fleet_size": 1200}
    assert newest(contact).fields == {name: [None, 1200]}


def test_an_option_that_was_retired(reader: Reader, team: Team, contact: Contact) -> None:
    field = CustomFieldFactory.create(
        team=team, label="Plan", field_type="select", options=["Gold", "Silver"]
    )
    edit(contact, custom_fields={"plan": "Gold"})
    change = edit(contact, custom_fields={"plan": "Silver"})
    field.set_options(["Silver"])
    save_custom_field(field, by=Author(Origin.API))
    assert restore(reader, contact, change, "custom_fields.plan") == (
        "Could not restore “Plan”. “Gold” is not one of the options: Silver."
    )
    contact.refresh_from_db()
    assert contact.custom_fields == {"plan": "Silver"}


def test_an_archived_field(reader: Reader, team: Team, contact: Contact) -> None:
    field = CustomFieldFactory.create(team=team, label="Budget")
    edit(contact, custom_fields={"budget": "10k"})
    change = edit(contact, custom_fields={"budget": "20k"})
    field.active = False
    save_custom_field(field, by=Author(Origin.API))
    page = reader.get("contacts:detail", contact.pk)
    assert "Budget changed from 10k to 20k" in words(page)
    assert 'name="field"' not in page.text
    assert restore(reader, contact, change, "custom_fields.budget") == (
        "Could not restore “Budget”. This field is archived. Restore it to change it."
    )


def test_a_required_field_is_not_emptied(reader: Reader, team: Team, contact: Contact) -> None:
    field = CustomFieldFactory.create(team=team, label="Budget")
    change = edit(contact, custom_fields={"budget": "20k"})
    field.required = True
    save_custom_field(field, by=Author(Origin.API))
    assert restore(reader, contact, change, "custom_fields.budget") == (
        "Could not restore “Budget”. Budget is required."
    )
