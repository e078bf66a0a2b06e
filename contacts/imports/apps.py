from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "contacts.imports"
    label = "imports"
    verbose_name = "Imports"

    def ready(self) -> None:
        """Say which task works on imports."""
        from contacts.imports.models import Import
        from contacts.imports.tasks import work_on_import
        from crm.jobs import reaper

        reaper.register(Import, work_on_import)
