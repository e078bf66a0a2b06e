from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        """Let the contacts table show what came of a contact's last call."""
        from calls.tables import last_outcomes
        from contacts import columns

        columns.register(last_outcomes)
