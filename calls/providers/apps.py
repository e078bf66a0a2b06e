from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "calls.providers"
    label = "providers"
    verbose_name = "Voice platforms"

    def ready(self) -> None:
        """Say what works on events and deletes them, what fetches recordings, what history says."""
        from calls.providers import fetching
        from calls.providers.models import ProviderConnection, ProviderEvent
        from calls.providers.operations import RECORD_TYPE
        from calls.providers.retention import forget_old_events
        from calls.providers.tasks import work_on_event
        from crm.jobs import housekeeping, reaper
        from crm.records.history import names

        reaper.register(ProviderEvent, work_on_event)
        housekeeping.register(forget_old_events)
        fetching.register()
        names.register(
            RECORD_TYPE,
            names.Naming(
                "Voice connection",
                lambda team: team.voice_connections.order_by(),
                ("name",),
                names.name_of,
                model=ProviderConnection,
            ),
        )
