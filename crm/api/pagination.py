"""A page of a list: rows, whether there are more, and a count that costs less than the page.

`count` is exact up to `COUNT_CAP`; beyond it says the cap, and `countIsExact` false, unless the
client asks for an exact one.
"""

import dataclasses
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from rest_framework.request import Request

from crm.api.parameters import DEFAULT_LIMIT
from crm.api.statements import count_rows

COUNT_CAP = 10_000
#: From this offset on, the ids are found first: skipping over narrow rows is quicker.
DEEP_OFFSET = 1000

type Rows = QuerySet[Any, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is asked for; `count` is "", "exact" or "none"."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    count: str = ""

    @classmethod
    def of(cls, values: dict[str, Any]) -> "Window":
        """Return the window that the query's parameters ask for."""
        names = ("limit", "offset", "count")
        return cls(**{name: values[name] for name in names if name in values})


def list_answer(
    request: Request,
    rows: Rows,
    window: Window,
    represent: Callable[[Rows], list[dict[str, Any]]],
    known_count: int | None = None,
) -> dict[str, Any]:
    """Return the answer for one page of the ordered `rows`.

    `represent` makes what the client sees of a queryset, in its order. `known_count` is the count
    where somebody has counted already.
    """
    results = represent(_cut(rows, window))
    has_next = len(results) > window.limit
    del results[window.limit :]
    return {
        **_count(rows, window, len(results), has_next, known_count),
        "next": _url(request, window.offset + window.limit) if has_next else None,
        "previous": _url(request, max(window.offset - window.limit, 0)) if window.offset else None,
        "results": results,
    }


def _cut(rows: Rows, window: Window) -> Rows:
    """Return the window's rows and one more, which tells whether there is a next page."""
    cut = slice(window.offset, window.offset + window.limit + 1)
    if window.offset < DEEP_OFFSET:
        return rows[cut]
    ids = list(rows.values_list("pk", flat=True)[cut])
    return rows.filter(pk__in=ids)


def _count(
    rows: Rows, window: Window, found: int, has_next: bool, known_count: int | None
) -> dict[str, Any]:
    if window.count == "none":
        return {}
    if not has_next and (found or not window.offset):
        return {"count": window.offset + found, "countIsExact": True}
    if known_count is not None:
        return {"count": known_count, "countIsExact": True}
    if window.count == "exact":
        return {"count": rows.order_by().count(), "countIsExact": True}
    count = count_rows(rows, COUNT_CAP + 1)
    return {"count": min(count, COUNT_CAP), "countIsExact": count <= COUNT_CAP}


def _url(request: Request, offset: int) -> str:
    """Return this request's address with another offset."""
    query = {name: request.query_params[name] for name in request.query_params}
    query["offset"] = str(offset)
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
