"""The forms of a team's custom fields: adding and editing one, and its new type."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from crm.history.recording import Author
from crm.records.forms import RecordForm
from crm.records.models import MOST_OPTIONS, CustomField
from crm.records.operations import save_custom_field
from crm.records.values import FieldType


class OptionsField(forms.CharField):
    """The options of a choice, one a line."""

    widget = forms.Textarea(attrs={"rows": 6})

    def clean(self, value: Any) -> list[str]:
        """Return the names, without empty lines."""
        names = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(names) > MOST_OPTIONS:
            raise ValidationError(f"A field has at most {MOST_OPTIONS} options.", "max_length")
        return names


class CustomFieldForm(RecordForm):
    """Adds or edits a field of `instance.team`; the type of a stored one has its own page."""

    option_names = OptionsField(
        label="Options", required=False, help_text="Of a choice: one a line, in order."
    )

    class Meta:
        model = CustomField
        fields: ClassVar[tuple[str, ...]] = (
            "label",
            "field_type",
            "description",
            "required",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = not self.instance._state.adding
        self.initial["option_names"] = "\n".join(self.instance.choices)
        self.order_fields(["label", "field_type", "option_names", "description", "required"])
        if stored:
            del self.fields["field_type"]
        if stored and self.instance.field_type != FieldType.SELECT:
            del self.fields["option_names"]
        elif stored:
            help_text = "One a line, in order. One that you take out stays where it is in use."
            self.fields["option_names"].help_text = help_text

    def _post_clean(self) -> None:
        if "option_names" in self.cleaned_data:
            self.instance.set_options(self.cleaned_data["option_names"])
        super()._post_clean()

    def write(self, by: Author) -> None:
        """Write the field."""
        save_custom_field(self.instance, by=by)

    def add_error(self, field: str | None, error: Any) -> None:
        """Say beside the options what is wrong with them."""
        if isinstance(getattr(error, "error_dict", None), dict) and "options" in error.error_dict:
            error.error_dict["option_names"] = error.error_dict.pop("options")
        super().add_error(field, error)


class FieldTypeForm(forms.Form):
    """The type that a field shall have, and the options of a choice."""

    to = forms.ChoiceField(label="New type", choices=FieldType.choices)
    options = OptionsField(
        required=False,
        help_text="Of a choice: one a line. Leave it empty to take what the values say.",
    )

    def __init__(self, *args: Any, field: CustomField, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.choices = [choice for choice in FieldType.choices if choice[0] != field.field_type]


class RenameOptionForm(forms.Form):
    """An option and its new name."""

    old = forms.ChoiceField(label="Option")
    new = forms.CharField(label="New name", max_length=100)

    def __init__(self, *args: Any, field: CustomField, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        old: Any = self.fields["old"]
        old.choices = [(name, name) for name in field.names]
