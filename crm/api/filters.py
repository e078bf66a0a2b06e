"""Filters of lists, declared once with django-filter: read strictly here, leniently by the pages.

A filterset is declared with Python names and asked with the API's (`lead_status`, `leadStatus`).
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from crm.api.naming import camel
from crm.api.values import TIME_EXAMPLE, read_time, read_uuid

LONGEST_SEARCH = 200
TRUE_FALSE = (("true", "Yes"), ("false", "No"))


class OneOfField(forms.TypedChoiceField):
    """One of the values it names, and its error names them."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid_choice": "“%(value)s” is not one of: %(allowed)s."
    }

    def validate(self, value: Any) -> None:
        """Raise ValidationError that says which values are allowed."""
        if value in self.empty_values or self.valid_value(value):
            return
        choices: Iterable[Any] = self.choices  # type: ignore[assignment]
        allowed = ", ".join(str(key) for key, _label in choices)
        message = self.error_messages["invalid_choice"]
        raise ValidationError(
            message, code="invalid_choice", params={"value": value, "allowed": allowed}
        )


class IdField(forms.CharField):
    """An id, written with its dashes."""

    def clean(self, value: Any) -> uuid.UUID | None:
        """Return the id; raises ValidationError where the text is none."""
        text = super().clean(value)
        try:
            return read_uuid(text) if text else None
        except ValueError as error:
            raise ValidationError(f"“{text}” is not a UUID.", code="invalid") from error


class TimeField(forms.CharField):
    """A moment: ISO 8601 with its offset."""

    def clean(self, value: Any) -> dt.datetime | None:
        """Return the moment in UTC; raises ValidationError where the text is none."""
        text = super().clean(value)
        try:
            return read_time(text) if text else None
        except ValueError as error:
            message = f"“{text}” is not an ISO 8601 time with its offset, such as {TIME_EXAMPLE}."
            raise ValidationError(message, code="invalid") from error


class Filter(django_filters.Filter):
    """A filter that can say in JSON Schema what it takes."""

    #: Whether an empty value means "do not filter" to the API too.
    may_be_empty = False

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the parameter."""
        raise NotImplementedError


class ChoiceFilter(Filter):
    """One of an enumeration's values."""

    field_class = OneOfField

    def __init__(self, *args: Any, choices: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, choices=list(choices), **kwargs)

    def schema(self) -> dict[str, Any]:
        """Return the enumeration."""
        return {"type": "string", "enum": [value for value, _label in self.extra["choices"]]}


class TrueFalseFilter(Filter):
    """Exactly `true` or `false`."""

    field_class = OneOfField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"choices": TRUE_FALSE, "coerce": "true".__eq__, "empty_value": None}
        super().__init__(*args, **kwargs)

    def schema(self) -> dict[str, Any]:
        """Return a boolean."""
        return {"type": "boolean"}


class TextFilter(Filter):
    """A text, of at most `max_length` characters."""

    field_class = forms.CharField

    def __init__(self, *args: Any, max_length: int, **kwargs: Any) -> None:
        super().__init__(*args, max_length=max_length, **kwargs)

    def schema(self) -> dict[str, Any]:
        """Return a text of a bounded length."""
        shortest = {} if self.may_be_empty else {"minLength": 1}
        return {"type": "string", **shortest, "maxLength": self.extra["max_length"]}


class SearchFilter(TextFilter):
    """What a person types into a search field: the queryset's own `search()`."""

    may_be_empty = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_SEARCH, label="Search", **kwargs)

    def filter(self, qs: Any, value: str | None) -> Any:
        """Narrow the rows to those where every word occurs."""
        return qs.search(value) if value else qs


class IdFilter(Filter):
    """The id of another record; one that is not there, or another team's, finds nothing."""

    field_class = IdField

    def schema(self) -> dict[str, Any]:
        """Return an id."""
        return {"type": "string", "format": "uuid"}


class TimeFilter(Filter):
    """A moment."""

    field_class = TimeField

    def schema(self) -> dict[str, Any]:
        """Return a time."""
        return {"type": "string", "format": "date-time"}


class FilterSet(django_filters.FilterSet):
    """A list's filters. Every one is a `Filter` of this module."""

    base_filters: ClassVar[dict[str, Filter]]
    #: By order: the sets of filters that one index answers in that order.
    indexed: ClassVar[Mapping[Sequence[str], Collection[Set[str]]]] = {}

    @classmethod
    def has_index(cls, names: Iterable[str], order: Sequence[Any]) -> bool:
        """Return whether one index holds the rows that just these filters let pass, in order."""
        return set(names) in cls.indexed.get(tuple(order), ())

    @classmethod
    def get_filters(cls) -> dict[str, Filter]:
        """Return the filters by the names the API calls them."""
        return {camel(name): each for name, each in super().get_filters().items()}


def narrow[Rows: QuerySet[Any, Any]](
    filters: Mapping[str, Filter], rows: Rows, given: dict[str, str]
) -> Rows:
    """Return the rows that pass every filter of which a text is given.

    Raises ValidationError by parameter. It asks the filters themselves, because building the form
    of a django-filter set costs as much as the query it is for.
    """
    errors: dict[str, Any] = {}
    for name, text in given.items():
        each = filters[name]
        try:
            rows = each.filter(rows, _clean(each, text))
        except ValidationError as error:
            errors[name] = error
    if errors:
        raise ValidationError(errors)
    return rows


def _clean(each: Filter, text: str) -> Any:
    if not text.strip() and not each.may_be_empty:
        raise ValidationError("Say a value, or leave this parameter out.", code="blank")
    return each.field.clean(text)
