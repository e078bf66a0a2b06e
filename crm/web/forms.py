"""How forms look: the project's renderer, folded rare fields, the combobox."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import orjson
from django import forms
from django.forms.fields import InvalidJSONInput
from django.forms.renderers import TemplatesSetting

if TYPE_CHECKING:
    _Form = forms.BaseForm
else:
    _Form = object


class FormRenderer(TemplatesSetting):
    """Label above, help below, the error in words beside its field."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class StrictJSONField(forms.JSONField):
    """JSON as RFC 8259 has it: no NaN, no half characters, no number that nothing can hold."""

    def to_python(self, value: Any) -> Any:
        """Return what the text says; raises ValidationError."""
        if self.disabled or not isinstance(value, str) or not value.strip():
            return None if value in self.empty_values else value
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise forms.ValidationError(
                f"Enter a valid JSON. {str(error).capitalize()}.", code="invalid"
            ) from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what was typed as it was typed, good or not."""
        return initial if self.disabled or data is None else InvalidJSONInput(data)


class FoldedFieldsMixin(_Form):
    """A form that shows `rare_field_names` folded away, and unfolds them for an error."""

    rare_field_names: ClassVar[tuple[str, ...]] = ()

    @property
    def main_fields(self) -> list[forms.BoundField]:
        """The visible fields that everybody fills, in order."""
        return [f for f in self.visible_fields() if f.name not in self.rare_field_names]

    @property
    def rare_fields(self) -> list[forms.BoundField]:
        """The visible fields that few fill, in order."""
        return [f for f in self.visible_fields() if f.name in self.rare_field_names]

    @property
    def rare_fields_open(self) -> bool:
        """Whether an error hides in the fold."""
        return any(field.errors for field in self.rare_fields)


class Combobox(forms.TextInput):
    """A text input that suggests while one types; without JavaScript it is a plain text input.

    `options_url` answers `?q=` with the HTML of role=option elements, whose `data-value` is the
    text to take over. An option with `data-create` offers a new thing: choosing it also fills the
    form's hidden input `create_field` with the text, which says that creating it is meant. Where
    a text does not tell which thing is meant, the hidden input `id_field` gets the option's
    `data-id`.
    """

    template_name = "forms/combobox.html"

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        *,
        options_url: str = "",
        create_field: str = "",
        id_field: str = "",
    ) -> None:
        super().__init__(attrs)
        self.more = {
            "options_url": options_url,
            "create_field": create_field,
            "id_field": id_field,
        }

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add what combobox.js needs to the template's context."""
        context = super().get_context(name, value, attrs)
        context["widget"] |= self.more
        return context


class Tokens(forms.TextInput):
    """Several short texts with commas between, which tokens.js turns into chips.

    `options_url` answers `?q=` as a Combobox's does; `colors` are the numbers of those `.tag-…`
    classes that the texts have, by text.
    """

    template_name = "forms/tokens.html"

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        *,
        options_url: str = "",
        colors: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.options_url = options_url
        self.colors = dict(colors or {})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add what tokens.js needs to the template's context."""
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"options_url": self.options_url, "colors": json.dumps(self.colors)}
        return context


class Switch(forms.CheckboxInput):
    """A yes or no that takes effect for the record: drawn as a switch."""

    def __init__(self, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__({"class": "switch", "role": "switch", **(attrs or {})}, **kwargs)
