"""A filterset as a reader sees it: chips for what is set, controls for what can be set.

HTML is lenient where the API is strict: an unknown parameter is ignored, and a bad value narrows
nothing and shows as a chip that says what is wrong with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django_filters import Filter, FilterSet

from crm.web import querystrings
from crm.web.text import date

type Options = Sequence[tuple[str, str]]
type Filters = Mapping[str, Filter]
YES_NO: Options = (("true", "Yes"), ("false", "No"))


class SpokenFilter(Filter):
    """A filter that says what it does in words of its own: `Budget is at least 1,000`."""

    verb = "is"

    def say(self, value: Any) -> str:
        """Return a cleaned value as the chip shows it."""
        return str(value)


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is set: `Status is Qualified ×`."""

    name: str
    label: str
    text: str
    remove_url: str
    error: str = ""
    values: Sequence[str] = ()
    verb: str = "is"


@dataclass(frozen=True, slots=True)
class Control:
    """One filter that can be set. `kind` is `one` (a select), `many` (checks) or an input's type.

    For what is asked by two filters `kind` is `range`, and `ends` are those.
    """

    name: str
    label: str
    kind: str
    value: str = ""
    options: Sequence[tuple[str, str, bool]] = field(default=())
    ends: Sequence["Control"] = ()


def asked(filters: Filters, query: QueryDict) -> dict[str, list[str]]:
    """Return the values of each filter that the address sets."""
    given = {name: [value for value in query.getlist(name) if value != ""] for name in query}
    return {name: given[name] for name in filters if given.get(name)}


def chips(
    filterset: FilterSet,
    query: QueryDict,
    *,
    leave_out: Iterable[str],
    texts: Mapping[str, Options],
) -> list[Chip]:
    """Return a chip for every filter that the address sets.

    `texts` names the values of filters whose form field cannot: `{"company": [(id, name)]}`.
    """
    hidden = set(leave_out)
    return [
        _chip(filterset, query, name, values, texts.get(name, ()))
        for name, values in asked(filterset.filters, query).items()
        if name not in hidden
    ]


def _chip(
    filterset: FilterSet, query: QueryDict, name: str, values: list[str], known: Options
) -> Chip:
    form_field, each = filterset.form.fields[name], filterset.filters[name]
    errors = filterset.form.errors.get(name)
    text, error = ", ".join(values), " ".join(errors or ())
    if not errors and isinstance(each, SpokenFilter):
        text = each.say(filterset.form.cleaned_data[name])
    elif not errors:
        labels = dict(known or _options(form_field))
        if isinstance(form_field, forms.DateField):
            labels = {value: date(form_field.clean(value)) for value in values}
        text = ", ".join(labels.get(value, value) for value in values)
    label, remove_url = _label(filterset.filters, name), querystrings.without(query, name)
    return Chip(name, label, text, remove_url, error, values, getattr(each, "verb", "is"))


def controls(
    filters: Filters, query: QueryDict, names: Iterable[str], texts: Mapping[str, Options]
) -> list[Control]:
    """Return the controls of the filter menu, in the order of `names`."""
    return [_control(filters, query, name, texts.get(name)) for name in names]


def _control(filters: Filters, query: QueryDict, name: str, known: Options | None) -> Control:
    form_field, chosen = filters[name].field, query.getlist(name)
    label = _label(filters, name)
    options = known if known is not None else _options(form_field)
    if not options and known is None:
        kind = "date" if isinstance(form_field, forms.DateField) else "text"
        return Control(name, label, kind, value=chosen[-1] if chosen else "")
    kind = "many" if isinstance(form_field, forms.MultipleChoiceField) else "one"
    return Control(
        name, label, kind, options=[(value, text, value in chosen) for value, text in options]
    )


def _label(filters: Filters, name: str) -> str:
    return str(filters[name].label or name.replace("_", " ").capitalize())


def _options(form_field: forms.Field) -> Options:
    """Return a field's choices; one that would ask the database has none here."""
    if isinstance(form_field, forms.ModelChoiceField):
        return ()
    if isinstance(form_field, forms.NullBooleanField):
        return YES_NO
    choices: Iterable[Any] = getattr(form_field, "choices", ())
    return [(str(value), str(text)) for value, text in choices if value not in ("", None)]
