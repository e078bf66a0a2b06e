"""The fields on a model of their own, in an app registry of their own: no table, no database."""

from typing import Any

import pytest
from django import forms
from django.apps.registry import Apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.migrations.writer import MigrationWriter

from crm.fields import (
    CountryField,
    EmailAddressField,
    LineField,
    NotesField,
    PersonNameField,
    PhoneField,
    TimezoneField,
    WebsiteField,
)


class Person(models.Model):
    name = PersonNameField(max_length=20)
    title = LineField(max_length=20, blank=True)
    phone = PhoneField(blank=True)
    email = EmailAddressField(blank=True)
    website = WebsiteField(blank=True)
    timezone = TimezoneField(blank=True)
    country = CountryField(blank=True)
    notes = NotesField(blank=True, max_length=30)

    phone_region = "DE"

    class Meta:
        app_label = "tests"
        apps = Apps()

    def __str__(self) -> str:
        return self.name


class PersonForm(forms.ModelForm[Person]):
    class Meta:
        model = Person
        fields = (
            "name",
            "title",
            "phone",
            "email",
            "website",
            "timezone",
            "country",
            "notes",
        )


GOOD = {
    "name": "  Zoe\u0308  Smith ",
    "title": "Head\tof Sales\u200b",
    "phone": "0171 2345678",
    "email": "Zoe <ZOE@Acme.com>",
    "website": "Acme.com/",
    "timezone": "europe/berlin",
    "country": "Deutschland",
    "notes": " one\r\ntwo ",
}
STORED = {
    "name": "Zoë Smith",
    "title": "Head of Sales",
    "phone": "+491712345678",
    "email": "zoe@acme.com",
    "website": "https://acme.com",
    "timezone": "Europe/Berlin",
    "country": "DE",
    "notes": "one\ntwo",
}
BAD = {
    "phone": ("12", "phone"),
    "email": ("zoe@", "email"),
    "website": ("javascript:alert(1)", "website"),
    "timezone": ("Mars/Olympus", "timezone"),
    "country": ("Atlantis", "country"),
}


def values(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in STORED}


def errors_of(person: Person) -> dict[str, list[ValidationError]]:
    with pytest.raises(ValidationError) as refusal:
        person.clean_fields()
    return refusal.value.error_dict


def test_clean_fields_stores_the_normal_form_and_settles() -> None:
    person = Person(**GOOD)
    person.clean_fields()
    assert values(person) == STORED
    person.clean_fields()
    assert values(person) == STORED


@pytest.mark.parametrize("field", BAD)
def test_what_cannot_be_read_is_an_error_of_its_field(field: str) -> None:
    typed, code = BAD[field]
    errors = errors_of(Person(**GOOD | {field: typed}))
    assert list(errors) == [field]
    assert [error.code for error in errors[field]] == [code]
    assert typed in errors[field][0].message


@pytest.mark.parametrize("field", STORED)
def test_a_nul_is_an_error_of_its_field(field: str) -> None:
    errors = errors_of(Person(**GOOD | {field: "a\x00b"}))
    assert [error.code for error in errors[field]] == ["nul"]


@pytest.mark.parametrize("field", STORED)
@pytest.mark.parametrize("blank", ["", " \t ", "\xa0\n"])
def test_blank_is_empty_text(field: str, blank: str) -> None:
    person = Person(**GOOD | {field: blank})
    if field == "name":
        assert [error.code for error in errors_of(person)["name"]] == ["blank"]
    else:
        person.clean_fields()
        assert getattr(person, field) == ""


def test_the_length_that_counts_is_the_stored_one() -> None:
    spacious = "A" + " " * 50 + "B"
    person = Person(**GOOD | {"title": spacious, "country": "United Kingdom"})
    person.clean_fields()
    assert (person.title, person.country) == ("A B", "GB")
    for field, length in {"name": 21, "notes": 31}.items():
        errors = errors_of(Person(**GOOD | {field: "x" * length}))
        assert [error.code for error in errors[field]] == ["max_length"]


def test_without_a_region_a_phone_needs_its_country_code() -> None:
    person = Person(**GOOD)
    person.phone_region = ""
    assert [error.code for error in errors_of(person)["phone"]] == ["phone_region"]
    field = Person._meta.get_field("phone")
    assert field.clean("+49 171 2345678", None) == "+491712345678"


def test_a_form_reads_phones_in_the_region_of_its_instance() -> None:
    american = Person()
    american.phone_region = "US"
    form = PersonForm(GOOD | {"phone": "(415) 555-0182 ext. 12"}, instance=american)
    assert form.is_valid(), form.errors
    assert american.phone == "+14155550182"
    form = PersonForm(GOOD, instance=Person())
    assert form.is_valid(), form.errors
    assert values(form.instance) == STORED


@pytest.mark.parametrize("field", BAD)
def test_a_form_shows_the_error_beside_the_text_as_typed(field: str) -> None:
    typed, code = BAD[field]
    form = PersonForm(GOOD | {field: typed})
    assert form.errors.as_data()[field][0].code == code
    assert list(form.errors) == [field]
    assert {name: form[name].value() for name in GOOD} == GOOD | {field: typed}


def test_widgets_ask_for_the_right_keyboard_and_keep_the_owners_data_out() -> None:
    form = PersonForm()
    assert form.fields["phone"].widget.input_type == "tel"
    assert form.fields["email"].widget.input_type == "email"
    assert form.fields["website"].widget.input_type == "text"
    assert form.fields["website"].widget.attrs["inputmode"] == "url"
    for field in ("name", "phone", "email", "website"):
        assert form.fields[field].widget.attrs["autocomplete"] == "off"


def test_a_widget_of_the_form_is_respected() -> None:
    widget = forms.Textarea(attrs={"autocomplete": "tel"})
    field = Person._meta.get_field("phone").formfield(widget=widget)
    assert isinstance(field, forms.CharField)
    assert isinstance(field.widget, forms.Textarea)
    assert field.widget.attrs["autocomplete"] == "tel"


def test_a_country_is_shown_by_name() -> None:
    form = PersonForm(instance=Person(country="DE"))
    assert form["country"].value() == "Germany"
    assert 'value="Germany"' in str(form["country"])


@pytest.mark.parametrize("field", STORED)
def test_a_migration_rebuilds_the_same_field(field: str) -> None:
    original = Person._meta.get_field(field)
    assert isinstance(original, models.Field)
    _name, path, args, kwargs = original.deconstruct()
    assert path == f"crm.fields.{type(original).__name__}"
    rebuilt = type(original)(*args, **kwargs)
    assert rebuilt.deconstruct()[1:] == original.deconstruct()[1:]
    assert MigrationWriter.serialize(original)[0].startswith(path)
    assert not original.null
