"""Contacts over REST."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound

from contacts.filters import ContactFilterSet
from contacts.models import Contact, LeadStatus, still_do_not_contact
from contacts.operations import delete_contact, save_contact
from contacts.representation import CONTACT
from contacts.serializers import ContactSerializer
from crm.api.schema import Operation
from crm.records.api import BY_CUSTOM_FIELD, CreatesRecords, DeletesRecord, RecordList, RecordView
from crm.records.history.api import RecordHistory


class ContactView(RecordView):
    """An address of contacts."""

    scope = "contacts"
    noun = "contact"
    serializer_class = ContactSerializer
    representation = CONTACT

    def get_records(self) -> QuerySet[Contact]:
        """Return the team's contacts."""
        return self.team.contacts.all()

    def save(self, record: Contact, values: dict[str, Any]) -> None:
        """Set the values and save; do-not-call is not cleared against the status."""
        values = dict(values)
        tags = values.pop("tags", None)
        self.set_values(record, values)
        if values.get("do_not_call") is False and record.lead_status == LeadStatus.DO_NOT_CONTACT:
            raise still_do_not_contact()
        save_contact(record, by=self.author, tags=tags)


class Contacts(ContactView, CreatesRecords, RecordList):
    """The team's contacts."""

    filterset_class = ContactFilterSet
    orderings = {
        "createdAt": "created_at",
        "updatedAt": "updated_at",
        "lastName": "last_name",
        "lastCallAt": "last_call_at",
    }
    default_ordering = "-createdAt"
    operations = {
        "GET": Operation("listContacts", "List the team's contacts", BY_CUSTOM_FIELD),
        "POST": Operation(
            "createContact",
            "Create a contact",
            "Nobody is matched: a second person of the same name, email or phone is a second "
            "contact. Only `externalId` must be new.",
        ),
    }

    def extra_of_new(self, values: dict[str, Any]) -> Any:
        """Return no tags where none were given; else they are read as the team spells them."""
        return None if values.get("tags") else ()


class ContactDetail(ContactView, DeletesRecord):
    """One contact."""

    joined = ("company",)
    operations = {
        "GET": Operation("getContact", "Read a contact"),
        "PATCH": Operation(
            "updateContact",
            "Change a contact",
            "Fields that are left out stay as they are. `doNotCall` cannot be cleared while "
            "`leadStatus` is `do_not_contact`.",
        ),
        "DELETE": Operation(
            "deleteContact", "Delete a contact", "Its calls stay, without a contact."
        ),
    }

    def remove(self, record: Contact) -> None:
        """Delete the contact."""
        delete_contact(record, by=self.author)


class ContactHistory(RecordHistory):
    """What happened to one contact."""

    scope = "contacts"
    noun = "contact"
    operations = {
        "GET": Operation(
            "listContactHistory",
            "List what happened to a contact, newest first",
            "Who or what set which field, when, from what to what. Its calls have their own list.",
        )
    }

    def get_records(self) -> QuerySet[Contact]:
        """Return the team's contacts."""
        return self.team.contacts.all()


class CompanyContacts(ContactView, RecordList):
    """The contacts of one company."""

    requires_team_id = False
    is_whole = False
    operations = {"GET": Operation("listCompanyContacts", "List the contacts of a company")}
    orderings = Contacts.orderings
    default_ordering = Contacts.default_ordering

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return 404 besides: there may be no such company."""
        return sorted([*super().get_refusals(method), 404])

    def get_records(self) -> QuerySet[Contact]:
        """Return the company's contacts; raises NotFound (404)."""
        company_id = self.kwargs["pk"]
        if not self.team.companies.filter(pk=company_id).exists():
            raise NotFound("There is no such company.")
        return self.team.contacts.filter(company_id=company_id)
