from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        """Let the catalogue know a contact's fields."""
        from contacts.models import Contact
        from crm.records import catalog

        catalog.register(Contact, {"tags": "Tags"})
