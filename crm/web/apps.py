"""The kit as a Django app, so that its template tags are found."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """crm.web, without models."""

    name = "crm.web"
    label = "web"
