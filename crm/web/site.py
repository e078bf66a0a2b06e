"""The admin's site: Callbook's name, and suggestions that a model's admin narrows and labels."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Model, QuerySet
from django.http import HttpRequest


class Suggestions(AutocompleteJsonView):
    """Answers what an autocomplete field asks.

    A model's admin may define `narrow_suggestions(request, queryset)` and
    `suggestion_label(request, row)`.
    """

    def get_queryset(self) -> QuerySet[Any]:
        """Return what matches, narrowed by the model's admin."""
        queryset = super().get_queryset()
        narrow = getattr(self.model_admin, "narrow_suggestions", None)
        return narrow(self.request, queryset) if narrow else queryset

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        """Return the row's id and what is shown for it."""
        result = super().serialize_result(obj, to_field_name)
        label = getattr(self.model_admin, "suggestion_label", None)
        return result | {"text": label(self.request, obj)} if label else result


class AdminSite(admin.AdminSite):
    """Callbook's admin."""

    site_header = "Callbook"
    site_title = "Callbook admin"
    index_title = "Everything, of all teams"

    def autocomplete_view(self, request: HttpRequest) -> Any:
        """Answer an autocomplete field."""
        return Suggestions.as_view(admin_site=self)(request)


class AdminConfig(DjangoAdminConfig):
    """Django's admin with our site in the place of its own."""

    default_site = "crm.web.site.AdminSite"
