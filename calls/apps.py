from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        """Let fields and history know a call, and the contacts table what came of the last one."""
        from calls.history import NAMING
        from calls.models import Call
        from calls.tables import last_outcomes
        from contacts import columns
        from crm.records import catalog
        from crm.records.history import names

        catalog.register(Call)
        columns.register(last_outcomes)
        names.register("call", NAMING)
