"""Finding and sorting records by their teams' own fields.

On PostgreSQL an equal value is found by the index over (team, custom_fields); whatever else is
asked (a range, a part of a text, an order) is read from the team's rows.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections, models
from django.db.models import F, Q
from django.db.models.expressions import OrderBy
from django.db.models.fields.json import DataContains, KeyTransform, KeyTransformExact

from crm.api.filters import Filter
from crm.records.models import CustomField
from crm.records.values import Value


def value_of(key: str) -> KeyTransform:
    """Return the expression of a record's value; a key is never taken for a lookup's name."""
    return KeyTransform(key, F("custom_fields"))


def has_value(key: str, value: Value, *, using: str) -> Any:
    """Return the condition that a record's value is this one."""
    json = models.JSONField()
    if connections[using].vendor == "postgresql":
        return DataContains(F("custom_fields"), models.Value({key: value}, json))
    return KeyTransformExact(value_of(key), models.Value(value, json))


def in_order(key: str, *, descending: bool) -> OrderBy:
    """Return what `order_by` takes; records without a value come last."""
    value = value_of(key)
    return value.desc(nulls_last=True) if descending else value.asc(nulls_last=True)


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
