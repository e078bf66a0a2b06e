"""What every record's form does with a record that others change, too."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from contacts.forms import ContactForm
from contacts.models import Contact
from contacts.operations import delete_contact, save_contact
from crm.history.recording import Author
from tests.factories import CompanyFactory, ContactFactory, TeamFactory
from tests.pages import Reader

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def contact() -> Contact:
    return ContactFactory.create(job_title="VP", tags=["vip"])


@pytest.fixture
def reader(contact: Contact) -> Reader:
    return Reader(contact.team)


def editing(contact: Contact, **changes: Any) -> dict[str, Any]:
    same = {name: getattr(contact, name) for name in ("first_name", "last_name", "lead_status")}
    return {**same, "company": contact.company.name, "version": contact.version, **changes}


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    reader: Reader, contact: Contact
) -> None:
    sent = editing(contact, job_title="Chief", tags="vip")
    contact.job_title = "Boss"
    save_contact(contact, by=Author.person(reader.user), tags=["vip", "north"])

    response = reader.post("contacts:edit", contact.pk, **sent)
    found = response.context["form"].errors
    assert "Somebody else changed this contact" in found["__all__"][0]
    assert found["job_title"] == ["Stored now: Boss"]
    assert found["tags"] == ["Stored now: north, vip"]
    assert response.context["form"]["job_title"].value() == "Chief"
    contact.refresh_from_db()
    assert contact.job_title == "Boss"

    sent["version"] = response.context["form"]["version"].value()
    assert reader.post("contacts:edit", contact.pk, **sent).status_code == 302
    contact.refresh_from_db()
    assert contact.job_title == "Chief"


def test_a_change_between_reading_and_writing_is_told_too(reader: Reader, contact: Contact) -> None:
    mine = Contact.objects.select_related("company").get(pk=contact.pk)
    form = ContactForm(editing(contact, job_title="Chief"), instance=mine)
    assert form.is_valid()
    contact.job_title = "Boss"
    save_contact(contact, by=Author.person(reader.user))
    assert not form.save(Author.person(reader.user))
    assert form.errors["job_title"] == ["Stored now: Boss"]
    assert form["version"].value() == "2"


def test_a_contact_deleted_between_reading_and_writing_is_told(
    reader: Reader, contact: Contact
) -> None:
    mine = Contact.objects.select_related("company").get(pk=contact.pk)
    form = ContactForm(editing(contact, job_title="Chief"), instance=mine)
    assert form.is_valid()
    delete_contact(contact, by=Author.person(reader.user))
    assert not form.save(Author.person(reader.user))
    assert form.errors["__all__"] == ["Somebody else deleted this contact meanwhile."]


def test_the_stored_company_is_told_too(reader: Reader, contact: Contact) -> None:
    sent = editing(contact)
    contact.company = CompanyFactory.create(team=contact.team, name="Elsewhere")
    save_contact(contact, by=Author.person(reader.user))
    form = reader.post("contacts:edit", contact.pk, **sent).context["form"]
    assert form.errors["company"] == ["Stored now: Elsewhere"]


def test_values_are_told_in_words(reader: Reader, contact: Contact) -> None:
    sent = editing(contact, phone="+14155550182", do_not_call="on")
    contact.lead_status = "customer"
    save_contact(contact, by=Author.person(reader.user))
    form = reader.post("contacts:edit", contact.pk, **sent).context["form"]
    assert form.errors["lead_status"] == ["Stored now: Customer"]
    assert form.errors["do_not_call"] == ["Stored now: no"]
    assert form.errors["phone"] == ["Stored now: empty"]


def test_checking_a_form_asks_the_database_for_the_company_alone(
    contact: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mine = Contact.objects.select_related("company", "team").get(pk=contact.pk)
    form = ContactForm(editing(contact, external_id="C-1", source="fair"), instance=mine)
    with django_assert_num_queries(1):
        assert form.is_valid()


def test_a_new_record_has_no_version_to_compare() -> None:
    form = ContactForm(instance=Contact(team=TeamFactory.create()))
    assert "version" not in form.fields
