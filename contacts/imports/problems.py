"""What is wrong with a row, as the API says it: {"field", "code", "detail"}, and the text."""

from functools import cache
from typing import Any

from django.core.exceptions import ValidationError

from contacts.imports.mapping.fields import Target, built_in
from crm import normalize
from crm.api.naming import camel
from crm.normalize.text import quote

type Said = dict[str, Any]

LONGEST_SHOWN = 500


def said(field: str | None, code: str, detail: str, value: str | None = None) -> Said:
    """Return a problem; `value` is the text that is left out for it."""
    problem: Said = {"field": field, "code": code, "detail": detail}
    return problem if value is None else problem | {"value": value[:LONGEST_SHOWN]}


def missing(field: str) -> Said:
    """Return the problem of a row that lacks what a contact cannot be without."""
    return said(field, "required", f"{built_in()[field].label} is missing.")


def left_out(target: Target, text: str) -> Said:
    """Return the problem of a word that is none of those that the field knows."""
    detail = f"{quote(as_line(text))} is no {target.label.lower()} here, so it was left out."
    return said(target.name, "invalid_choice", detail, text)


def as_line(text: str) -> str:
    """Return a cell as one line, whatever is wrong with it."""
    try:
        return normalize.clean_line(text)
    except normalize.NormalizeError:
        return ""


def of_field(field: str, error: ValidationError, value: str | None = None) -> list[Said]:
    """Return what a field's own rule says of a text."""
    return [
        missing(field)
        if each.code in ("blank", "null")
        else said(field, each.code or "invalid", _sentence(field, each), value)
        for each in error.error_list
    ]


def _sentence(field: str, error: ValidationError) -> str:
    """Return what is wrong; beside no field, a length must say itself of what it is."""
    if error.code != "max_length" or not error.params:
        return " ".join(error.messages)
    target = built_in().get(field)
    label = target.label if target else "This value"
    most, there = error.params["limit_value"], error.params["show_value"]
    return f"{label} may have at most {most:,} characters; this has {there:,}."


def of_record(error: ValidationError, model: str) -> list[Said]:
    """Return what an operation says of a contact or a company."""
    names = _names(model)
    return [
        problem
        for attribute, errors in error.error_dict.items()
        for problem in of_field(names.get(attribute) or camel(attribute), ValidationError(errors))
    ]


@cache
def _names(model: str) -> dict[str, str]:
    """Return what the built-in fields of a model are called here, by attribute."""
    targets = built_in().values()
    return {each.attribute: each.name for each in targets if each.model == model}
