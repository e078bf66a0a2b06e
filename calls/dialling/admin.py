"""Lines, and calls that were asked for, in the admin: to look at."""

from typing import Any, ClassVar

from django.contrib import admin

from calls.dialling.models import Line, OutboundCall
from crm.teams.owned_admin import InTeamSuggestFilter, TeamOwnedAdmin
from crm.web.admin import ReadOnlyAdmin


@admin.register(Line)
class LineAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """By which assistants and numbers teams call."""

    list_display = ("name", "connection", "team", "assistant", "caller")
    list_filter: ClassVar[tuple[Any, ...]] = (
        *TeamOwnedAdmin.list_filter,
        ("connection", InTeamSuggestFilter),
    )
    list_select_related = ("team", "connection")
    search_fields = ("name", "=caller", "=assistant")
    list_columns = (
        "name",
        "connection",
        "connection__name",
        "connection__team",
        "team",
        "team__name",
        "assistant",
        "caller",
    )
    fields = ("team", "connection", "name", "assistant", "caller", "script")


@admin.register(OutboundCall)
class OutboundCallAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """Calls that people asked for, and what the platforms answered."""

    list_display = ("number", "connection", "team", "line_name", "status", "said", "created_at")
    list_filter: ClassVar[tuple[Any, ...]] = (
        *TeamOwnedAdmin.list_filter,
        ("connection", InTeamSuggestFilter),
        "status",
    )
    list_select_related = ("team", "connection")
    search_fields = ("=number", "=provider_call_id")
    list_columns = (
        "number",
        "connection",
        "connection__name",
        "connection__team",
        "team",
        "team__name",
        "line_name",
        "status",
        "said",
        "created_at",
    )
    fields = (
        "team",
        "contact",
        "number",
        "connection",
        "line_name",
        "assistant",
        "caller",
        "script",
        "outside_hours",
        "status",
        "said",
        "provider_call_id",
        "created_by",
        "created_at",
        "asked_at",
    )
