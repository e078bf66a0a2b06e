"""The filters of a page by its team's own fields, and their controls.

A choice, yes or no is equal, a text contains, a number or a date lies between two ends:
`customFields.plan=Gold`, `customFields.budget.from=1000`. An end is read as people write it.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django_filters import Filter

from crm.api.filters import TRUE_FALSE, OneOfField
from crm.records.custom_queries import contains, has_value, is_at_least, is_at_most
from crm.records.models import CustomField
from crm.records.values import FieldType, Value
from crm.web.filters import Control, SpokenFilter, controls

PARAMETER = "customFields."
LONGEST = 200
RANGES = (FieldType.NUMBER, FieldType.DATE)
VERBS = {
    FieldType.NUMBER: ("is at least", "is at most"),
    FieldType.DATE: ("is on or after", "is on or before"),
}


def parameter(field: CustomField) -> str:
    """Return what an address calls the field: `customFields.budget`."""
    return f"{PARAMETER}{field.key}"


class EqualFilter(Filter):
    """One of a few values."""

    field_class = OneOfField

    def __init__(self, custom: CustomField) -> None:
        is_choice = custom.field_type == FieldType.SELECT
        choices = [(name, name) for name in custom.names] if is_choice else TRUE_FALSE
        super().__init__(custom.name, label=custom.label, choices=choices)
        self.custom = custom

    def filter(self, qs: QuerySet[Any, Any], value: str) -> QuerySet[Any, Any]:
        """Narrow the rows to those with the value."""
        if not value:
            return qs
        stored = self.custom.type.read_text(value, self.custom.names)
        assert stored is not None
        return qs.filter(Q(has_value(self.custom.key, stored, using=qs.db)))


class ContainsFilter(SpokenFilter):
    """A part of a text, in any case."""

    verb = "contains"
    field_class = forms.CharField

    def __init__(self, custom: CustomField) -> None:
        super().__init__(custom.name, label=custom.label, max_length=LONGEST)
        self.custom = custom

    def filter(self, qs: QuerySet[Any, Any], value: str) -> QuerySet[Any, Any]:
        """Narrow the rows to those with the text."""
        return qs.filter(Q(contains(self.custom.key, value))) if value else qs


class EndField(forms.CharField):
    """One end of a range, as people of the team's region write it."""

    def __init__(self, *, custom: CustomField, region: str, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)
        self.custom = custom
        self.region = region

    def clean(self, value: Any) -> Value | None:
        """Return the number or the date; raises ValidationError."""
        return self.custom.type.parse(super().clean(value), region=self.region)


class EndFilter(SpokenFilter):
    """At least, or at most, a number or a date."""

    field_class = EndField

    def __init__(
        self, custom: CustomField, region: str, verb: str, condition: Callable[..., Any]
    ) -> None:
        super().__init__(custom.name, label=custom.label, custom=custom, region=region)
        self.custom = custom
        self.verb = verb
        self.condition = condition

    def say(self, value: Any) -> str:
        """Return the number or the date as people read it."""
        return self.custom.type.show(value)

    def filter(self, qs: QuerySet[Any, Any], value: Value | None) -> QuerySet[Any, Any]:
        """Narrow the rows to one side of the value."""
        if value is None:
            return qs
        return qs.filter(Q(self.condition(self.custom.key, value, using=qs.db)))


class CustomFilters:
    """The filters of a team's fields, by parameter, and their controls."""

    def __init__(self, fields: Iterable[CustomField], region: str) -> None:
        self.fields = fields
        self.region = region

    @cached_property
    def by_parameter(self) -> Mapping[str, Filter]:
        """Every filter."""
        return {name: each for field in self.fields for name, each in self._filters(field).items()}

    def _filters(self, field: CustomField) -> Mapping[str, Filter]:
        name = parameter(field)
        if field.field_type in RANGES:
            least, most = VERBS[FieldType(field.field_type)]
            return {
                f"{name}.from": EndFilter(field, self.region, least, is_at_least),
                f"{name}.to": EndFilter(field, self.region, most, is_at_most),
            }
        has_options = field.field_type in (FieldType.SELECT, FieldType.BOOLEAN)
        return {name: EqualFilter(field) if has_options else ContainsFilter(field)}

    def controls(self, query: QueryDict) -> list[Control]:
        """Return a control for each field."""
        return [self._control(field, query) for field in self.fields]

    def _control(self, field: CustomField, query: QueryDict) -> Control:
        name = parameter(field)
        if field.field_type in RANGES:
            ends = [self._end(f"{name}.{end}", end, field, query) for end in ("from", "to")]
            return Control(name, field.label, "range", ends=ends)
        (control,) = controls(self.by_parameter, query, [name], {})
        return control

    def _end(self, name: str, end: str, field: CustomField, query: QueryDict) -> Control:
        typed = query.get(name, "")
        try:
            value = field.type.parse(typed, region=self.region)
        except ValidationError:
            written = typed
        else:
            written = "" if value is None else field.type.write(value)
        kind = "date" if field.field_type == FieldType.DATE else "number"
        return Control(name, end.capitalize(), kind, value=written)
