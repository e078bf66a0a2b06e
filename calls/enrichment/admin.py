"""Enrichment in the admin: to be found and read; it is decided on the team's own pages."""

from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from calls.enrichment.models import (
    EnrichmentRun,
    EnrichmentSettings,
    FieldAlias,
    FieldPolicy,
    Proposal,
)
from crm.teams.owned_admin import TeamOwnedAdmin, as_uuid
from crm.web.admin import ReadOnlyAdmin


class OfCallAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """Rows that are found by the id of what they are about."""

    #: The references whose ids are searched for.
    about: ClassVar[tuple[str, ...]] = ("call",)
    search_fields = ("id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return the rows about the record of this id."""
        term = search_term.strip()
        if not term:
            return queryset, False
        record_id = as_uuid(term)
        if record_id is None:
            return queryset.none(), False
        conditions = [Q(**{name: record_id}) for name in self.about]
        return queryset.filter(reduce(or_, conditions)), False


@admin.register(EnrichmentRun)
class EnrichmentRunAdmin(OfCallAdmin):
    """Which calls were read, by what, and what came of it."""

    team_ordering = ("-created_at", "-id")
    list_display = ("created_at", "team", "extractor", "status", "filled", "proposed", "note")
    list_filter: ClassVar[tuple[Any, ...]] = (*TeamOwnedAdmin.list_filter, "status", "extractor")
    search_help_text = "A call's id."
    ordering = ("-id",)


@admin.register(Proposal)
class ProposalAdmin(OfCallAdmin):
    """What waits for a person, and what people have decided."""

    list_display = ("created_at", "team", "contact", "field", "label", "status", "decided_by_user")
    list_filter: ClassVar[tuple[Any, ...]] = (*TeamOwnedAdmin.list_filter, "status")
    list_select_related = ("team", "contact", "decided_by_user")
    about = ("call", "contact", "company")
    search_help_text = "The id of a call, a contact or a company."
    ordering = ("-id",)


@admin.register(FieldPolicy)
class FieldPolicyAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """What teams let calls fill, where it is not what every team has."""

    list_display = ("field", "entity_type", "fill", "team")
    search_fields = ("field",)
    ordering = ("-id",)


@admin.register(EnrichmentSettings)
class EnrichmentSettingsAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """What teams do with facts that no field holds."""

    list_display = ("team", "new_fields")
    search_fields = ("team__name",)
    ordering = ("-id",)


@admin.register(FieldAlias)
class FieldAliasAdmin(ReadOnlyAdmin, TeamOwnedAdmin):
    """Under which names extractors know a field."""

    list_display = ("label_key", "field", "team")
    list_select_related = ("team", "field")
    search_fields = ("label_key",)
    ordering = ("-id",)
