"""Query parameters, read exactly: what is unknown, repeated or malformed is said, not ignored."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import QueryDict
from rest_framework.exceptions import ErrorDetail, ValidationError

from crm.api.values import BIGGEST_COUNT, read_count, read_uuid

MAX_LIMIT = 500
DEFAULT_LIMIT = 50


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query; `read` raises ValueError for a text that `expects` says no to."""

    name: str
    read: Callable[[str], Any]
    expects: str
    schema: Mapping[str, Any]
    description: str = ""
    required: bool = False


def id_parameter(name: str, description: str, *, required: bool = False) -> Parameter:
    """Return a parameter that is an id."""
    schema = {"type": "string", "format": "uuid"}
    return Parameter(name, read_uuid, "a UUID", schema, description, required)


def choice_parameter(name: str, choices: Iterable[str], description: str, **more: Any) -> Parameter:
    """Return a parameter that is one of `choices`; `more` goes into its schema."""
    allowed = list(choices)

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    schema = {"type": "string", "enum": allowed, **more}
    return Parameter(name, read, f"one of: {', '.join(allowed)}", schema, description)


def count_parameter(name: str, least: int, most: int, default: int, description: str) -> Parameter:
    """Return a parameter that is a whole number from `least` to `most`."""

    def read(text: str) -> int:
        number = read_count(text)
        if not least <= number <= most:
            raise ValueError(text)
        return number

    schema = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return Parameter(name, read, f"a whole number from {least} to {most}", schema, description)


LIMIT = count_parameter("limit", 1, MAX_LIMIT, DEFAULT_LIMIT, "How many to return at most.")
OFFSET = count_parameter("offset", 0, BIGGEST_COUNT, 0, "How many to skip.")
COUNT = choice_parameter(
    "count",
    ["exact", "none"],
    "`exact` counts beyond 10,000, `none` leaves the count out. Else it is exact up to 10,000.",
)
PAGING = (LIMIT, OFFSET, COUNT)


def read_query(
    query: QueryDict, parameters: Mapping[str, Parameter], filters: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values of `parameters`, and the texts given for `filters`.

    Raises ValidationError (400) that names each wrong parameter and says what is allowed.
    """
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    errors: dict[str, ErrorDetail] = {}
    for name, given in query.lists():
        if name not in parameters and name not in filters:
            errors[name] = _unknown([*parameters, *filters])
        elif len(given) > 1:
            errors[name] = ErrorDetail("Say this parameter once.", "repeated")
        elif name in filters:
            texts[name] = given[0]
        else:
            try:
                values[name] = parameters[name].read(given[0])
            except ValueError:
                errors[name] = ErrorDetail(f"Expected {parameters[name].expects}.", "invalid")
    for name, parameter in parameters.items():
        if parameter.required and name not in query:
            errors[name] = ErrorDetail(f"Required: {parameter.expects}.", "required")
    if errors:
        raise ValidationError({name: [detail] for name, detail in errors.items()})
    return values, texts


def _unknown(names: Iterable[str]) -> ErrorDetail:
    allowed = ", ".join(sorted(names))
    known = f"Allowed are: {allowed}." if allowed else "This address takes none."
    return ErrorDetail(f"There is no such parameter. {known}", "unknown")
