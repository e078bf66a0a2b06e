from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "companies"

    def ready(self) -> None:
        """Let the catalogue know a company's fields."""
        from companies.models import Company
        from crm.records import catalog

        catalog.register(Company)
