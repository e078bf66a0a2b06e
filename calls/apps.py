from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        """Let fields and history know a call, and contacts what belongs to them of their calls."""
        from calls.history import NAMING
        from calls.models import Call
        from calls.operations import delete_recordings_of
        from calls.tables import last_outcomes
        from contacts import columns
        from contacts.operations import goes_along
        from crm.records import catalog
        from crm.records.history import names

        catalog.register(Call)
        columns.register(last_outcomes)
        goes_along(delete_recordings_of)
        names.register("call", NAMING)
