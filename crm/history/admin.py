"""History in the admin: to be read. It is written by what it tells of."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from crm.accounts.models import User
from crm.history.models import Change
from crm.teams.owned_admin import TeamOwnedAdmin, as_uuid
from crm.web.admin import ReadOnlyAdmin


class RecordTypeFilter(admin.SimpleListFilter):
    """Changes of one kind of record. The kinds are named here: to ask the table reads all of it."""

    title = "record"
    parameter_name = "record_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the kinds of records."""
        return [
            ("company", "Companies"),
            ("contact", "Contacts"),
            ("call", "Calls"),
            ("team", "Teams"),
            ("membership", "Memberships"),
            ("api_key", "API keys"),
            ("invitation", "Invitations"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Change]) -> QuerySet[Change]:
        """Return the changes of the chosen kind."""
        return queryset.filter(record_type=self.value()) if self.value() else queryset


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """Who or what changed which field of which record, newest first."""

    team_ordering = ("-at", "-id")
    list_display = ("at", "team", "record_type", "record", "verb", "changed", "origin", "actor")
    list_filter = (*TeamOwnedAdmin.list_filter, RecordTypeFilter, "verb", "origin")
    list_select_related = ("team", "actor_user", "actor_key")
    search_fields = ("record_id",)
    search_help_text = "A record's id, or the email address of who changed it."
    fields = ("at", "team", "record_type", "record_id", "verb", "origin", "actor", "values")
    readonly_fields = ("actor", "values")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Change], search_term: str
    ) -> tuple[QuerySet[Change], bool]:
        """Return the changes of one record, or those one person made."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if record_id := as_uuid(term):
            return queryset.filter(record_id=record_id), False
        people = User.objects.filter(email__startswith=term.lower()).values_list("pk", flat=True)
        return queryset.filter(Q(actor_user__in=list(people[:100]))), False

    @admin.display(description="record")
    def record(self, change: Change) -> SafeString:
        """Return a link to everything that happened to the record."""
        asked = f"?team={change.team_id}&record_type={change.record_type}"
        url = f"{asked}&record_id={change.record_id}"
        return format_html('<a href="{}">{}</a>', url, change.record_id)

    @admin.display(description="fields")
    def changed(self, change: Change) -> str:
        """Return the names of the fields."""
        return ", ".join(change.fields)

    @admin.display(description="by")
    def actor(self, change: Change) -> str:
        """Return the person or the key behind the write."""
        return str(change.actor_user or change.actor_key or "")

    @admin.display(description="values")
    def values(self, change: Change) -> SafeString | str:
        """Return each field's old and new value."""
        rows = format_html_join(
            "",
            "<tr><th>{}</th><td>{}</td><td>{}</td></tr>",
            ((name, _text(old), _text(new)) for name, (old, new) in change.fields.items()),
        )
        head = "<tr><th>Field</th><th>Before</th><th>After</th></tr>"
        return format_html("<table>" + head + "{}</table>", rows) if rows else ""


def _text(value: Any) -> Any:
    return "" if value is None else value
