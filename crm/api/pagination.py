"""A page of a list: rows, whether there are more, and a count that costs less than the page.

`count` is exact up to `COUNT_CAP`; beyond it says the cap, and `countIsExact` false, unless the
client asks for an exact one.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from rest_framework.request import Request

from crm.api.parameters import DEFAULT_LIMIT
from crm.queries.listings import Listing
from crm.queries.statements import Row

COUNT_CAP = 10_000


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
    listing: Listing,
    window: Window,
    represent: Callable[[Sequence[Row]], list[dict[str, Any]]],
    *,
    is_search: bool = False,
) -> dict[str, Any]:
    """Return the answer for one page of `listing`; `represent` makes what the client sees."""
    read = listing.search_page if is_search else listing.page
    # One row more tells whether there is a next page.
    stop, most = window.offset + window.limit + 1, 0 if window.count else COUNT_CAP + 1
    rows, count = read(window.offset, stop, most)
    has_next = len(rows) > window.limit
    results = represent(rows[: window.limit])
    return {
        **_count(listing, window, count, None if has_next else window.offset + len(rows)),
        "next": _url(request, window.offset + window.limit) if has_next else None,
        "previous": _url(request, max(window.offset - window.limit, 0)) if window.offset else None,
        "results": results,
    }


def _count(listing: Listing, window: Window, count: int | None, end: int | None) -> dict[str, Any]:
    """Return what is said of the count; `end` is where the rows ended, if they have."""
    if window.count == "none":
        return {}
    if end is not None and end > window.offset:
        count = end
    elif count is None:
        count = listing.count(None)
    is_exact = window.count == "exact" or count <= COUNT_CAP or end == count
    return {"count": count if is_exact else COUNT_CAP, "countIsExact": is_exact}


def _url(request: Request, offset: int) -> str:
    """Return this request's address with another offset."""
    query = {name: request.query_params[name] for name in request.query_params}
    query["offset"] = str(offset)
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
