"""Imports in the admin: to be found and read; what they wrote is undone on their own page."""

from typing import Any, ClassVar

from django.contrib import admin

from contacts.imports.models import ColumnMapping, Import, ImportRow
from crm.teams.owned_admin import TeamOwnedAdmin
from crm.web.admin import ReadOnlyAdmin


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """Files, how they are read, and how many rows did what."""

    list_display = (
        "file_name",
        "team",
        "status",
        "total",
        "created",
        "updated",
        "skipped",
        "rejected",
        "created_at",
    )
    list_filter: ClassVar[tuple[Any, ...]] = (*TeamOwnedAdmin.list_filter, "status")
    search_fields = ("file_name",)
    ordering = ("-id",)


@admin.register(ImportRow)
class ImportRowAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """What became of each row."""

    list_display = ("number", "run", "team", "outcome", "has_warnings", "contact_id")
    list_filter: ClassVar[tuple[Any, ...]] = (*TeamOwnedAdmin.list_filter, "outcome")
    list_select_related = ("team", "run")
    search_fields = ("=contact_id",)
    ordering = ("-id",)


@admin.register(ColumnMapping)
class ColumnMappingAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """What teams take columns for."""

    list_display = ("header_key", "field", "team", "updated_at")
    search_fields = ("header_key",)
    ordering = ("-id",)
