from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "crm.records"
    label = "records"
    verbose_name = "Custom fields"
