from django.apps import AppConfig


class EnrichmentConfig(AppConfig):
    name = "calls.enrichment"
    label = "enrichment"
    verbose_name = "Enrichment"

    def ready(self) -> None:
        """Say which task reads calls, and who looks for calls to be read."""
        from calls.enrichment.models import EnrichmentRun
        from calls.enrichment.searching import find_calls
        from calls.enrichment.tasks import read_call
        from crm.jobs import reaper

        reaper.register(EnrichmentRun, read_call)
        reaper.register_search(find_calls)
