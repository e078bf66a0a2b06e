"""Finding and sorting records by their teams' own fields.

On PostgreSQL an equal value is found by the index over (team, custom_fields); whatever else is
asked (a range, a part of a text, an order) is read from the team's rows.
"""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections, models
from django.db.models import Case, F, Q, When
from django.db.models.expressions import OrderBy
from django.db.models.fields.json import (
    DataContains,
    KeyTextTransform,
    KeyTransform,
    KeyTransformExact,
)
from django.db.models.lookups import Exact, GreaterThanOrEqual, IsNull, LessThanOrEqual, Regex

from crm.api.filters import Filter
from crm.records.models import CustomField
from crm.records.values import FieldType, Value


def value_of(key: str) -> KeyTransform:
    """Return the expression of a record's value; a key is never taken for a lookup's name."""
    return KeyTransform(key, F("custom_fields"))


def text_of(key: str) -> KeyTextTransform:
    """Return the expression of a record's value as a text."""
    return KeyTextTransform(key, F("custom_fields"))


def has_value(key: str, value: Value, *, using: str) -> Any:
    """Return the condition that a record's value is this one."""
    json = models.JSONField()
    if connections[using].vendor == "postgresql":
        return DataContains(F("custom_fields"), models.Value({key: value}, json))
    return KeyTransformExact(value_of(key), models.Value(value, json))


def is_at_least(key: str, value: Value, *, using: str) -> Any:
    """Return the condition that a record's number or date is this one or above it."""
    return GreaterThanOrEqual(value_of(key), _comparable(value, using))


def is_at_most(key: str, value: Value, *, using: str) -> Any:
    """Return the condition that a record's number or date is this one or below it."""
    return LessThanOrEqual(value_of(key), _comparable(value, using))


def _comparable(value: Value, using: str) -> models.Value:
    """Return the value as the engine compares it: JSON, or what SQLite has taken out of JSON."""
    is_json = connections[using].vendor == "postgresql"
    return models.Value(value, models.JSONField() if is_json else None)


def contains(key: str, text: str) -> Any:
    """Return the condition that a record's text has this one in it, in any case.

    As a pattern that names both cases of each letter it means the same on every engine and in every
    locale; what engines take for upper case does not.
    """
    return Regex(text_of(key), "".join(map(_in_any_case, text)))


def _in_any_case(letter: str) -> str:
    cases = {each for each in (letter, letter.lower(), letter.upper()) if len(each) == 1}
    return f"[{''.join(sorted(cases))}]" if len(cases) > 1 else re.escape(letter)


def in_order(field: CustomField, *, descending: bool) -> OrderBy:
    """Return what `order_by` takes: a choice by its options' order, what has no value last."""
    is_choice = field.field_type == FieldType.SELECT
    value = _place_of(field) if is_choice else value_of(field.key)
    return value.desc(nulls_last=True) if descending else value.asc(nulls_last=True)


def _place_of(field: CustomField) -> Case:
    text, number = text_of(field.key), models.IntegerField()
    places = [
        When(Exact(text, name), then=models.Value(place, number))
        for place, name in enumerate(field.names)
    ]
    other = When(IsNull(text, False), then=models.Value(len(places), number))
    return Case(*places, other, output_field=number)


class CustomFilter(Filter):
    """Records with exactly this value in a field of their team's own."""

    def __init__(self, custom: CustomField) -> None:
        super().__init__(custom.name, label=custom.label)
        self.custom = custom

    @property
    def field(self) -> Any:
        """What reads the text; a form field's `clean` is all that is asked of it."""
        return self

    def clean(self, text: str) -> Value:
        """Return the value; raises ValidationError."""
        value = self.custom.type.read_text(text, self.custom.names)
        if value is None:
            raise ValidationError("Say a value, or leave this parameter out.", code="blank")
        return value

    def filter(self, qs: models.QuerySet[Any, Any], value: Value) -> models.QuerySet[Any, Any]:
        """Narrow the rows to those with the value."""
        return qs.filter(Q(has_value(self.custom.key, value, using=qs.db)))
