"""Addresses of the same page with another query."""

from urllib.parse import urlencode

from django.http import QueryDict


def changed(query: QueryDict, **changes: str | None) -> str:
    """Return `?…` with the given parameters set (None: removed). The page number falls away."""
    pairs = [
        (key, value)
        for key, values in query.lists()
        if key not in changes and key != "page"
        for value in values
        if value != ""
    ]
    pairs += [(key, value) for key, value in changes.items() if value is not None]
    return f"?{urlencode(pairs)}"


def without(query: QueryDict, name: str, value: str | None = None) -> str:
    """Return `?…` without the parameter, or only without one of its values."""
    pairs = [
        (key, each)
        for key, values in query.lists()
        if key != "page"
        for each in values
        if each != "" and (key != name or (value is not None and each != value))
    ]
    return f"?{urlencode(pairs)}"
