from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "companies"

    def ready(self) -> None:
        """Let the catalogue know a company's fields, and history what it is called."""
        from companies.history import NAMING
        from companies.models import Company
        from crm.records import catalog
        from crm.records.history import names

        catalog.register(Company)
        names.register("company", NAMING)
