from django.apps import AppConfig


class EnrichmentConfig(AppConfig):
    name = "calls.enrichment"
    label = "enrichment"
    verbose_name = "Enrichment"
