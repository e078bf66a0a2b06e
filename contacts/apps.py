from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        """Let the catalogue know a contact's fields, and history what it and a tag are called."""
        from contacts import history
        from contacts.models import Contact
        from contacts.tags import history as tag_history
        from crm.records import catalog
        from crm.records.history import names

        catalog.register(Contact, {"tags": "Tags"})
        names.register("contact", history.NAMING)
        names.register("tag", tag_history.NAMING)
