from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "crm.records"
    label = "records"
    verbose_name = "Custom fields"

    def ready(self) -> None:
        """Let the worker come to conversions."""
        from crm.jobs import reaper
        from crm.records.conversions.tasks import convert
        from crm.records.models import FieldConversion

        reaper.register(FieldConversion, convert)
