"""What stands in a cell of an imported or exported file, and how it is read."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from import_export.fields import Field
from import_export.widgets import Widget

from crm.records.catalog import RecordField
from crm.records.customizing import merged
from crm.records.models import CustomField, CustomizedRecord


class TextCell(Widget):
    """Text as it stands; the model's own field gives it its form."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the text; raises ValueError for a list or an object in JSON."""
        if isinstance(value, list | dict):
            raise ValueError("This is not text.")
        return "" if value is None else str(value)


class ChoiceCell(TextCell):
    """One of a few values, by its code or its name; blank leaves it as it is."""

    def __init__(self, choices: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        choices = [(value, label) for value, label in choices if value]
        self.values = {label.lower(): value for value, label in choices}
        self.values |= {value: value for value, _label in choices}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        """Return the value; raises ValueError for one that there is not."""
        text = " ".join(super().clean(value).split())
        if not text:
            return None
        try:
            return self.values[text.lower()]
        except KeyError:
            values = ", ".join(dict.fromkeys(self.values.values()))
            raise ValueError(f"“{text}” is not one of: {values}.") from None


class YesNoCell(TextCell):
    """Yes or no; blank leaves it as it is."""

    WORDS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool | None:
        """Return whether it is yes; raises ValueError for any other word."""
        text = super().clean(value).strip().lower()
        if text and text not in self.WORDS:
            raise ValueError(f"“{text}” is neither yes nor no.")
        return self.WORDS.get(text)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return the word."""
        return "yes" if value else "no"


class TimeCell(Widget):
    """A moment in UTC."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Return it as in the API: 2026-11-22T09:30:00Z."""
        return f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}" if value else ""


class CustomColumn(Field):
    """The column of a field of the team's own; `region` says how its dates are written."""

    def __init__(self, custom: CustomField, region: str) -> None:
        super().__init__(custom.name, custom.name)
        self.custom = custom
        self.region = region
        self.known = RecordField(custom.name, custom.label, custom=custom)

    def export(self, instance: CustomizedRecord, **kwargs: Any) -> str:
        """Return the record's value as a file holds it."""
        return self.known.write(instance.custom_fields.get(self.custom.key))

    def save(
        self, instance: CustomizedRecord, row: Any, is_m2m: bool = False, **kwargs: Any
    ) -> None:
        """Set what the row says, blank for no value; raises ValueError where that is none."""
        cell = row[self.column_name]
        if cell == self.export(instance):
            return  # an option that was retired since stays
        try:
            value = self._read(cell)
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from error
        instance.custom_fields = merged(instance, {self.custom.key: value})

    def _read(self, cell: Any) -> Any:
        kind, options = self.custom.type, self.custom.choices
        if isinstance(cell, str):
            return kind.parse(cell, options, self.region)
        return kind.read(cell, options)


def column(field: models.Field) -> Field:
    """Return the column of a model's field; one that nobody edits is exported only."""
    name = field.name
    if isinstance(field, models.DateTimeField):
        return told(name, TimeCell())
    if not field.editable:
        return told(name)
    if isinstance(field, models.BooleanField):
        return Field(name, name, YesNoCell(), saves_null_values=False)
    if field.choices:
        return Field(name, name, ChoiceCell(field.flatchoices), saves_null_values=False)
    return Field(name, name, TextCell())


def told(attribute: str, widget: Widget | None = None, *, name: str = "") -> Field:
    """Return a column that is exported, and read by the resource itself or not at all."""
    return Field(attribute, name or attribute, widget, readonly=True)
