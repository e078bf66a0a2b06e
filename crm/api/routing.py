"""Addresses that mean the same with and without a slash at their end."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.urls import URLPattern
from django.urls.resolvers import RoutePattern


class _OptionalSlash(RoutePattern):
    def match(self, path: str) -> Any:
        """Match as if one slash at the end were not there."""
        return super().match(path.removesuffix("/"))


def route(address: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    """Return a URL pattern for `address`, written without its last slash."""
    return URLPattern(_OptionalSlash(address, name=name, is_endpoint=True), view, name=name)
