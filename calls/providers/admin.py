"""Voice platforms in the admin: connections without their secrets, and what became of events."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.db.models import QuerySet
from django.http import HttpRequest

from calls.providers.models import ProviderConnection, ProviderEvent
from calls.providers.operations import disconnect, run_again
from crm.history.recording import Author
from crm.teams.owned_admin import InTeamSuggestFilter, TeamOwnedAdmin
from crm.web.admin import ReadOnlyAdmin


@admin.register(ProviderConnection)
class ProviderConnectionAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """Connections are made by `create_voice_connection`; here they are looked at and ended."""

    list_display = ("name", "team", "provider", "account_id", "is_open", "created")
    list_filter: ClassVar[tuple[Any, ...]] = (
        *TeamOwnedAdmin.list_filter,
        ("disconnected_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("name", "account_id", "team__name")
    sortable_by = ("created",)
    # Not one of the secrets is even read.
    list_columns = (
        "name",
        "team",
        "team__name",
        "provider",
        "account_id",
        "created_at",
        "disconnected_at",
    )
    fields = (
        "team",
        "provider",
        "name",
        "webhook_url",
        "account_id",
        "previous_until",
        "created_at",
        "disconnected_at",
    )
    actions = ("end",)

    @admin.display(description="connected", boolean=True)
    def is_open(self, connection: ProviderConnection) -> bool:
        """Return whether deliveries are taken."""
        return connection.is_connected

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may disconnect a team's platform."""
        return request.user.has_perm("providers.change_providerconnection")

    @admin.action(
        description="Disconnect this %(verbose_name)s",
        description_plural="Disconnect selected %(verbose_name_plural)s",
        permissions=["end"],
        location=[ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM],
    )
    def end(self, request: HttpRequest, queryset: QuerySet[ProviderConnection]) -> None:
        """Take no more deliveries there."""
        connections = list(queryset)
        for connection in connections:
            disconnect(connection, by=Author.person(request.user))
        noun = "connection was" if len(connections) == 1 else "connections were"
        said = f"{len(connections)} {noun} ended."
        self.message_user(request, said, messages.SUCCESS)


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """What the platforms have posted and what became of it; those that failed can be run again."""

    list_display = (
        "event_type",
        "connection",
        "team",
        "provider_call_id",
        "status",
        "last_error",
        "received_at",
    )
    list_display_links = ("event_type", "provider_call_id")
    list_filter: ClassVar[tuple[Any, ...]] = (
        *TeamOwnedAdmin.list_filter,
        ("connection", InTeamSuggestFilter),
        "status",
    )
    list_select_related = ("team", "connection")
    search_fields = ("=provider_call_id",)
    list_columns = (
        "event_type",
        "connection",
        "connection__name",
        "connection__team",
        "team",
        "team__name",
        "provider_call_id",
        "status",
        "last_error",
        "received_at",
    )
    fields = (
        "team",
        "connection",
        "event_type",
        "provider_call_id",
        "status",
        "last_error",
        "attempts",
        "occurred_at",
        "received_at",
        "processed_at",
    )
    actions = ("run_again",)

    def has_run_again_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may have events read once more."""
        return request.user.has_perm("providers.change_providerevent")

    @admin.action(
        description="Run this %(verbose_name)s again",
        description_plural="Run selected %(verbose_name_plural)s again, where they failed",
        permissions=["run_again"],
        location=[ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM],
    )
    def run_again(self, request: HttpRequest, queryset: QuerySet[ProviderEvent]) -> None:
        """Have events that failed read once more."""
        started = run_again(queryset)
        noun = "event is" if started == 1 else "events are"
        self.message_user(request, f"{started} {noun} being read again.", messages.SUCCESS)
