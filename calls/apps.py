from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        """Let the catalogue know a call, and the contacts table what came of the last one."""
        from calls.models import Call
        from calls.tables import last_outcomes
        from contacts import columns
        from crm.records import catalog

        catalog.register(Call)
        columns.register(last_outcomes)
