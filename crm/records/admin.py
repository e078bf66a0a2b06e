"""Custom fields of all teams, in the admin."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from crm.history.recording import Author
from crm.records.models import CustomField
from crm.records.operations import (
    COUNTED,
    FieldHasValues,
    delete_custom_field,
    holders,
    save_custom_field,
)
from crm.records.record_admin import AdminRecordForm, RecordAdmin
from crm.teams.owned_admin import TeamOwnedAdmin


class CustomFieldForm(AdminRecordForm):
    """A field's form; its options stand one a line."""

    option_names = forms.CharField(
        label="Options",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Of a choice: one a line, in order. One that is taken out is retired.",
    )

    class Meta:
        model = CustomField
        fields = (
            "entity_type",
            "key",
            "label",
            "field_type",
            "description",
            "required",
            "position",
            "active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "key" in self.fields:
            self.fields["key"].required = False
        self.initial["option_names"] = "\n".join(self.instance.choices)

    def add_error(self, field: str | None, error: Any) -> None:
        """Put what is wrong with the options beside where they are typed."""
        found = getattr(error, "error_dict", {})
        if "options" in found:
            named = {"option_names" if name == "options" else name: found[name] for name in found}
            error = ValidationError(named)
        super().add_error("option_names" if field == "options" else field, error)

    def _post_clean(self) -> None:
        typed = self.cleaned_data.get("option_names", "")
        self.instance.set_options([line for line in typed.splitlines() if line.strip()])
        super()._post_clean()

    def write(self, by: Author) -> None:
        """Write the field."""
        save_custom_field(self.instance, by=by)


@admin.register(CustomField)
class CustomFieldAdmin(RecordAdmin):
    """What teams have added to their contacts and companies."""

    form = CustomFieldForm
    list_display = ("label", "key", "team", "entity_type", "field_type", "required", "active")
    list_columns = (
        "label",
        "key",
        "entity_type",
        "field_type",
        "required",
        "active",
        "position",
        "created_at",
        "team__name",
    )
    list_select_related = ("team",)
    list_filter = (*TeamOwnedAdmin.list_filter, "entity_type", "field_type", "active")
    team_ordering: ClassVar[tuple[str, ...]] = ("entity_type", "position", "id")
    search_fields: ClassVar[tuple[str, ...]] = ("label", "key")
    search_help_text = "Words of the label or the key."
    fieldsets = (
        (None, {"fields": ("team", "entity_type", "label", "key", "field_type", "option_names")}),
        ("In forms", {"fields": ("description", "required", "position", "active")}),
        ("More", {"fields": ("created_at", "updated_at")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: CustomField | None = None) -> Any:
        """Keep what never changes, and the type, whose change converts all values."""
        fixed = (*CustomField.FIXED, "field_type") if obj else ()
        return (*self.readonly_fields, *fixed)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[CustomField], search_term: str
    ) -> tuple[QuerySet[CustomField], bool]:
        """Return the fields in whose label or key every word occurs."""
        for word in search_term.split():
            named = Q(label__icontains=word) | Q(key__icontains=word)
            queryset = queryset.filter(named)
        return queryset, False

    def delete_records(self, records: Sequence[CustomField], *, by: Author) -> None:
        """Delete fields of one team."""
        for field in records:
            delete_custom_field(field, by=by)

    def reasons_to_keep(self, records: Sequence[CustomField]) -> list[str]:
        """Return in words why fields cannot be deleted."""
        counts = {field: holders(field)[: COUNTED + 1].count() for field in records}
        return [str(FieldHasValues(field, count)) for field, count in counts.items() if count]
