"""The app of the `seed_demo` command."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Demo data; it has no models of its own."""

    name = "crm.demo"
    label = "demo"
