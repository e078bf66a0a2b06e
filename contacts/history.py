"""A contact's history: what it calls a contact, its page, and going back to an earlier value."""

from django.urls import reverse

from contacts.models import Contact, Tag
from contacts.operations import save_contact
from contacts.views import get_contact
from crm.history.recording import Author
from crm.records.history.names import Naming, Values
from crm.records.history.restoring import Others
from crm.records.history.views import RecordHistory, RecordMixin, RestoreValue


def _name(values: Values) -> str:
    return f"{values.get('first_name', '')} {values.get('last_name', '')}".strip()


NAMING = Naming(
    "Contact",
    lambda team: team.contacts.order_by(),
    ("first_name", "last_name"),
    _name,
    lambda team, pk: reverse("contacts:detail", args=[team.slug, pk]),
)


class ContactMixin(RecordMixin):
    """Addresses under a contact's own."""

    def get_record(self) -> Contact:
        """Return the team's contact; raises Http404."""
        return get_contact(self.team, self.kwargs["pk"])

    def get_others(self, record: Contact) -> Others:
        """Return the contact's tags."""
        tags = Tag.objects.filter(team=self.team, contact_links__contact=record)
        return {"tags": list(tags.values_list("name", flat=True))}

    def get_record_url(self, record: Contact) -> str:
        """Return the contact's own address."""
        return reverse("contacts:detail", args=[self.team.slug, record.pk])

    def get_history_url(self, record: Contact) -> str:
        """Return the address of the contact's history."""
        return reverse("contacts:history", args=[self.team.slug, record.pk])

    def write(self, record: Contact, others: Others, by: Author) -> object:
        """Write the contact, and its tags where given."""
        return save_contact(record, by=by, tags=others.get("tags"))


class ContactHistory(ContactMixin, RecordHistory):
    """What happened to a contact."""


class ContactRestore(ContactMixin, RestoreValue):
    """Gives a field of a contact an earlier value."""
