"""The fetching of recordings in the admin: what waits, and why something could not be had."""

from typing import Any, ClassVar

from django.contrib import admin

from calls.recordings.models import RecordingCopy
from crm.teams.owned_admin import TeamOwnedAdmin
from crm.web.admin import ReadOnlyAdmin


@admin.register(RecordingCopy)
class RecordingCopyAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """Recordings that are fetched from their platforms."""

    list_display = ("recording", "team", "status", "attempts", "not_before", "reason")
    list_filter: ClassVar[tuple[Any, ...]] = (*TeamOwnedAdmin.list_filter, "status")
    list_select_related = ("team", "recording")
    search_fields = ("reason", "last_error", "recording__source_url")
    ordering = ("-id",)
