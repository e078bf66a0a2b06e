"""JSON objects of other systems, which are kept as they come."""

import math
from typing import Any

from crm.normalize.text import NormalizeError, clean_text

DEEPEST = 20


def json_object(value: Any) -> dict[str, Any]:
    """Return the object unchanged; raises NormalizeError for what no database or JSON can hold."""
    if not isinstance(value, dict):
        raise NormalizeError("invalid", "Must be a JSON object.")
    _check(value, 1)
    return value


def _check(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise NormalizeError("deep", f"Must not be nested more than {DEEPEST} deep.")
    match value:
        case dict():
            for key, inner in value.items():
                _check(key, depth)
                _check(inner, depth + 1)
        case list():
            for inner in value:
                _check(inner, depth + 1)
        case str() if "\x00" in value:
            raise NormalizeError("nul", "Must not contain a NUL character.")
        case str():
            clean_text(value)
        case float() if not math.isfinite(value):
            raise NormalizeError(
                "infinite", "Must not contain a number beyond what a double can hold."
            )
