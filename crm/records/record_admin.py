"""Records in the admin: found as their users find them, written and deleted by the operations."""

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import mark_safe

from crm.history.recording import Author
from crm.records.catalog import active_custom_fields
from crm.records.facts import custom_facts
from crm.records.form_admin import TeamFormAdmin, asked_team
from crm.records.forms import RecordForm
from crm.records.models import CustomizedRecord, Record
from crm.records.search import hits_first
from crm.teams.models import Team
from crm.teams.owned_admin import TEAM
from crm.web.admin import NarrowChangeList

MOST_AT_ONCE = 1000


class Undeletable(Exception):
    """Nothing was deleted; the text says why."""


class AdminRecordForm(RecordForm):
    """A record's form in the admin; `team` is whose record a new one becomes."""

    team: ClassVar[Team | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        record = kwargs.get("instance") or self._meta.model()
        if record._state.adding:
            record.team = self.team
        super().__init__(*args, **kwargs | {"instance": record})

    def clean(self) -> dict[str, Any]:
        """Keep the fractions of a second, which forms do not show, of a time nobody touched."""
        cleaned = super().clean()
        for name, value in cleaned.items():
            if isinstance(value, dt.datetime) and name not in self.changed_data:
                cleaned[name] = getattr(self.instance, name)
        return cleaned

    def differences(self, stored: Record) -> list[tuple[str, str]]:
        """Return what would change if written now, in words; of what it refers to, the name."""
        fields: Any = self.fields
        references = {name for name in fields if isinstance(fields[name], forms.ModelChoiceField)}
        found = [one for one in super().differences(stored) if one[0] not in references]
        for name in references:
            field: Any = self.instance._meta.get_field(name)
            before = stored.loaded(name)
            if before != getattr(self.instance, field.attname):
                row = fields[name].queryset.filter(pk=before).first()
                found.append((name, str(row or "empty")))
        return found


class RecordChangeList(NarrowChangeList):
    """A list of records: searched by hits first, since sorting comes cheap after that."""

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> models.QuerySet[Any]:
        """Return the filtered, searched and sorted rows."""
        rows = super().get_queryset(request, exclude_parameters)
        if not self.query:
            return rows
        few, count = hits_first(rows)
        if count is None:
            return rows
        few = few.select_related(*self.list_select_related)  # type: ignore[misc]
        return few.only(*self.model_admin.list_columns)  # type: ignore[attr-defined]


class RecordAdmin(TeamFormAdmin):
    """Finds, shows and writes records; a subclass says which operation deletes them."""

    form: type[AdminRecordForm] = AdminRecordForm
    team_ordering: ClassVar[tuple[str, ...]] = ("-created_at", "-id")
    search_fields: ClassVar[tuple[str, ...]] = ("search",)
    sortable_by = ("created",)
    readonly_fields: ClassVar[tuple[str, ...]] = (TEAM, "created_at", "updated_at")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RecordChangeList]:
        """Return the kind of list that finds its hits before it sorts them."""
        return RecordChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Return the rows in which every word of the search occurs."""
        return (queryset.search(search_term) if search_term.strip() else queryset), False  # type: ignore[attr-defined]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fieldsets; an existing record's carry the version they are filled from."""
        fieldsets = [*super().get_fieldsets(request, obj), *self._custom_fieldset(request, obj)]
        if obj is None or not self.has_change_permission(request, obj):
            return fieldsets
        (name, first), *others = fieldsets
        return [(name, {**first, "fields": [*first["fields"], "version"]}), *others]

    def _custom_fieldset(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Return the team's own fields as a fieldset; a reader sees them as they are stored."""
        if not issubclass(self.model, CustomizedRecord):
            return []
        if obj and not self.has_change_permission(request, obj):
            return [("Custom fields", {"fields": ["custom_values"]})]
        team = obj.team if obj else asked_team(request)
        names = (
            [field.name for field in active_custom_fields(team.pk, self.opts.model_name or "")]
            if team
            else []
        )
        return [("Custom fields", {"fields": names})] if names else []

    @admin.display(description="values")
    def custom_values(self, record: CustomizedRecord) -> str:
        """Return the values of the team's own fields, one a line."""
        facts = custom_facts(record)
        return format_html_join(
            mark_safe("<br>"), "{}: {}", ((f.label, f.text) for f in facts if f.text)
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Lead to the record's history, which knows what came by every door, not this one only."""
        record: Any = self.get_object(request, object_id)
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        asked = {
            TEAM: record.team_id,
            "record_type": self.opts.model_name,
            "record_id": record.pk,
        }
        url = reverse("admin:history_change_changelist", current_app=self.admin_site.name)
        return HttpResponseRedirect(f"{url}?{urlencode(asked)}")

    # Deleting

    def delete_records(self, records: Sequence[Any], *, by: Author) -> None:
        """Delete records of one team by their operation; raises Undeletable."""
        raise NotImplementedError

    def reasons_to_keep(self, records: Sequence[Any]) -> list[str]:
        """Return in words why records cannot be deleted; empty where they can."""
        return []

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, int], set[Any], list[Any]]:
        """Return what goes; raises Undeletable where it cannot."""
        rows = list(objs[: MOST_AT_ONCE + 1])
        plural = str(self.opts.verbose_name_plural)
        if len(rows) > MOST_AT_ONCE:
            raise Undeletable(f"At most {MOST_AT_ONCE:,} {plural} can go at a time.")
        if reasons := self.reasons_to_keep(rows):
            raise Undeletable(" ".join(reasons))
        return [str(row) for row in rows], {plural: len(rows)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete one record."""
        self.delete_records([obj], by=Author.person(request.user))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """Delete the selected records, one team's after the other's, all or none."""
        # The list read a few columns only, and history needs all the values that go.
        whole = self.model._default_manager.filter(pk__in=[row.pk for row in queryset])
        by = Author.person(request.user)
        with transaction.atomic():
            for _team_id, rows in groupby(whole.order_by("team_id"), lambda row: row.team_id):
                self.delete_records(list(rows), by=by)

    def response_action(
        self,
        request: HttpRequest,
        queryset: models.QuerySet[Any],
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> Any:
        """Run the action, all or nothing; say what it could not do."""
        try:
            with transaction.atomic():
                return super().response_action(request, queryset, action_location)
        except Undeletable as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask, then delete; say why where it cannot be."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except Undeletable as error:
            self.message_user(request, str(error), messages.ERROR)
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(name, args=[object_id]))
