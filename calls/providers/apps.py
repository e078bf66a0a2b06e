from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "calls.providers"
    label = "providers"
    verbose_name = "Voice platforms"

    def ready(self) -> None:
        """Say which task works on events, how recordings are fetched, how history names them."""
        from calls.providers import fetching
        from calls.providers.models import ProviderConnection, ProviderEvent
        from calls.providers.operations import RECORD_TYPE
        from calls.providers.tasks import work_on_event
        from crm.jobs import reaper
        from crm.records.history import names

        reaper.register(ProviderEvent, work_on_event)
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
