from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        """Let the catalogue know a contact's fields, and history what it is called."""
        from contacts.history import NAMING
        from contacts.models import Contact
        from crm.records import catalog
        from crm.records.history import names

        catalog.register(Contact, {"tags": "Tags"})
        names.register("contact", NAMING)
