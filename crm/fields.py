"""Model fields that store what `crm.normalize` makes of what was typed.

`clean()` normalizes, so `clean_fields()` does, from whichever door it is called; `save()` does not.
What cannot be read is a ValidationError with NormalizeError's code and message. None of them stores
NULL: empty is "". Form fields leave the text alone, so that a form shows it again with its error,
and only the model's instance knows in which region a phone number was typed.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import FieldError, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.expressions import Combinable
from django.utils.functional import cached_property

from crm import encryption, normalize

if TYPE_CHECKING:
    # Django's fields take type arguments in their stubs only.
    CharField = models.CharField[str | Combinable, str]
    TextField = models.TextField[str | Combinable, str]
else:
    CharField, TextField = models.CharField, models.TextField

COUNTRY_CODE_LENGTH = 2
LONGEST_TIMEZONE = 64


class LineField(CharField):
    """One line of text: single spaces, nothing invisible, no NUL."""

    default_max_length: ClassVar[int | None] = None
    # What may be typed is often longer than what is stored ("(415) 555-0182 ext. 12").
    typed_max_length: ClassVar[int | None] = None
    form_widget: ClassVar[type[forms.Widget]] = forms.TextInput
    form_attrs: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if self.default_max_length is not None:
            kwargs.setdefault("max_length", self.default_max_length)
        super().__init__(*args, **kwargs)

    def normalize(self, text: str, instance: models.Model | None) -> str:
        """Return the stored form of `text`; raises NormalizeError where there is none."""
        return normalize.clean_line(text)

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        """Return the stored form; raises ValidationError for the text, its length or choice."""
        try:
            text = self.normalize("" if value is None else str(value), model_instance)
        except normalize.NormalizeError as error:
            raise ValidationError(error.message, code=error.code) from error
        if text and len(text) <= self._longest_plain:
            return text
        return super().clean(text, model_instance)

    @cached_property
    def _longest_plain(self) -> int:
        """Up to which length there is nothing else to check of a text in its form; 0: always."""
        has_more = self.choices is not None or len(self.validators) > 1
        return 0 if has_more else self.max_length or 0

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """Return a form field that takes the text as typed."""
        if self.choices is not None:
            return super().formfield(**kwargs)
        defaults = {"max_length": self.typed_max_length or self.max_length}
        field = super().formfield(**{"widget": self.form_widget} | defaults | kwargs)
        if field is not None:
            field.widget.attrs = self.form_attrs | field.widget.attrs
        return field


class PersonNameField(LineField):
    """A first or last name."""

    form_attrs = {"autocomplete": "off"}

    def normalize(self, text: str, instance: models.Model | None) -> str:
        return normalize.person_name(text)


class PhoneField(LineField):
    """A phone number as E.164.

    Without a country code it is read in the instance's `phone_region` (alpha-2); an instance that
    has none takes international numbers only.
    """

    default_max_length = 16
    typed_max_length = 100
    form_widget = forms.TelInput
    form_attrs = {"autocomplete": "off"}

    def normalize(self, text: str, instance: models.Model | None) -> str:
        return normalize.phone(text, getattr(instance, "phone_region", ""))


class EmailAddressField(LineField):
    """An email address in lower case."""

    default_max_length = 254
    typed_max_length = 400
    form_widget = forms.EmailInput
    form_attrs = {"autocomplete": "off"}

    def normalize(self, text: str, instance: models.Model | None) -> str:
        return normalize.email(text)


class WebsiteField(LineField):
    """The canonical http(s) address of a website."""

    default_max_length = 500
    typed_max_length = 600
    # Not type=url: browsers would refuse "acme.com", which we read.
    form_attrs = {"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}

    def normalize(self, text: str, instance: models.Model | None) -> str:
        return normalize.website(text)


class TimezoneField(LineField):
    """An IANA timezone name."""

    default_max_length = LONGEST_TIMEZONE
    form_attrs = {"autocomplete": "off", "spellcheck": "false"}

    def normalize(self, text: str, instance: models.Model | None) -> str:
        return normalize.timezone(text)


class CountryFormField(forms.CharField):
    """Shows the country's name where the model holds its code; takes either, typed."""

    def prepare_value(self, value: Any) -> Any:
        return normalize.country_name(value) if isinstance(value, str) else value


class CountryField(LineField):
    """An ISO 3166-1 alpha-2 country code."""

    default_max_length = COUNTRY_CODE_LENGTH
    typed_max_length = 100
    form_attrs = {"autocomplete": "off"}

    def normalize(self, text: str, instance: models.Model | None) -> str:
        return normalize.country(text)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """Return a text field that shows the country's name."""
        return super().formfield(**{"form_class": CountryFormField} | kwargs)


class NotesField(TextField):
    """Free text of many lines, no NUL. `max_length` is checked here, too, not in forms alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        """Return the stored form; raises ValidationError for a NUL or too much text."""
        try:
            text = normalize.clean_text("" if value is None else str(value))
        except normalize.NormalizeError as error:
            raise ValidationError(error.message, code=error.code) from error
        return super().clean(text, model_instance)


class EncryptedTextField(TextField):
    """A secret that is stored encrypted and read as it was; "" is stored as it is.

    Nothing can be found by it: each time the same text is encrypted into another.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Return the encrypted text."""
        return super().get_db_prep_save(encryption.encrypt(value) if value else "", connection)

    def from_db_value(self, value: str, _expression: Any, _connection: Any) -> str:
        """Return the text; raises NotDecryptable where its key is lost."""
        return encryption.decrypt(value) if value else ""

    def get_lookup(self, lookup_name: str) -> Any:
        """Return the lookup, of which there is none."""
        raise FieldError(f"Nothing is found by {self.name}, which is encrypted.")
