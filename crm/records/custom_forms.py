"""The form fields of what a team has added to its records."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms

from crm.records.catalog import active_custom_fields
from crm.records.customizing import merged
from crm.records.models import CustomField, CustomizedRecord, Record
from crm.records.values import LONGEST_TEXT, FieldType, Value

if TYPE_CHECKING:
    _Form = forms.ModelForm[Any]
else:
    _Form = object

YES_NO = (("", "Not known"), ("Yes", "Yes"), ("No", "No"))


class CustomFormField(forms.CharField):
    """Reads and shows the value of one custom field; `region` says how its dates are written."""

    def __init__(self, custom: CustomField, value: Any, region: str) -> None:
        super().__init__(
            label=custom.label,
            help_text=custom.description,
            required=custom.required,
            max_length=LONGEST_TEXT,
            strip=False,
            widget=_widget(custom, value),
        )
        self.custom = custom
        self.value = value
        self.region = region

    def prepare_value(self, value: Any) -> Any:
        """Return a stored value as it is typed; what was typed stays as it is."""
        if value is None or isinstance(value, str):
            return value
        return self.custom.type.write(value)

    def clean(self, value: Any) -> Value | None:
        """Return the stored form of what was typed; raises ValidationError."""
        typed = super().clean(value)
        if self.value is not None and typed == self.custom.type.write(self.value):
            # Untouched: an option that was retired since stays.
            return self.value
        return self.custom.type.parse(typed, self.custom.choices, self.region)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether something else was typed than what is stored."""
        return bool((data or "") != (self.prepare_value(initial) or ""))


def _widget(custom: CustomField, value: Any) -> forms.Widget:
    match custom.field_type:
        case FieldType.TEXTAREA:
            return forms.Textarea(attrs={"rows": 3})
        case FieldType.BOOLEAN:
            return forms.Select(choices=YES_NO)
        case FieldType.SELECT:
            names = custom.choices
            if value and value not in names:
                names = [*names, value]
            return forms.Select(choices=[("", "None"), *((name, name) for name in names)])
        case FieldType.DATE:
            return forms.DateInput(attrs={"type": "date"})
        case FieldType.NUMBER:
            return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.TextInput(attrs={"autocomplete": "off"})


class CustomFieldsMixin(_Form):
    """A form over a record with fields of its team's own, by their names (`custom_fields.key`)."""

    custom: Sequence[CustomField] = ()

    def add_custom_fields(self) -> None:
        """Add a form field for each that is not archived: one query."""
        record = self.instance
        if not isinstance(record, CustomizedRecord):
            return
        entity_type = record._meta.model_name or ""
        self.custom = active_custom_fields(record.team_id, entity_type)
        for field in self.custom:
            value = record.custom_fields.get(field.key)
            self.fields[field.name] = CustomFormField(field, value, record.phone_region)
            self.initial.setdefault(field.name, value)

    def set_custom_values(self) -> None:
        """Put what was typed into the record; what has an error stays as it is stored."""
        typed = {
            field.key: self.cleaned_data[field.name]
            for field in self.custom
            if field.name in self.cleaned_data
        }
        if typed:
            self.instance.custom_fields = merged(self.instance, typed)

    def custom_differences(self, stored: Record) -> list[tuple[str, str]]:
        """Return (field, stored value in words) for each that would change if written now."""
        before: dict[str, Any] = stored.loaded("custom_fields") or {}
        return [
            (field.name, _words(field, before.get(field.key)))
            for field in self.custom
            if before.get(field.key) != self.instance.custom_fields.get(field.key)
        ]

    @property
    def custom_fields(self) -> list[forms.BoundField]:
        """The bound fields of the team's own, in its order."""
        return [self[field.name] for field in self.custom]


def _words(field: CustomField, value: Any) -> str:
    return "empty" if value is None else field.type.show(value)
