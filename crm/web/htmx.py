"""Is this request for a whole page or for a piece of one."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_partial(request: HttpRequest) -> bool:
    """Return whether htmx asks for a fragment; restoring history needs the whole page."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers


def target(request: HttpRequest) -> str:
    """Return the id of the element that the fragment will go into, or an empty string."""
    return request.headers.get("HX-Target", "")


def render_either(
    request: HttpRequest, page: str, partial: str, context: Mapping[str, Any]
) -> HttpResponse:
    """Render `partial` for htmx and `page` for everybody else.

    One address has two representations, so caches and the Back button must be told them apart.
    """
    template = partial if wants_partial(request) else page
    response = render(request, template, dict(context))
    patch_vary_headers(response, ["HX-Request"])
    return response
