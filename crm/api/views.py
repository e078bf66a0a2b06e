"""The base of every address under /api/: what happens before a handler is called, in this order.

1. Who asks (401). 2. Not too fast (429). 3. May they (403). 4. Which parameters (400).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from crm.api.filters import Filter, FilterSet
from crm.api.parameters import Parameter, read_query
from crm.api.parsers import BodyRequest
from crm.api.schema import Answer, Operation
from crm.api.serializers import StrictSerializer


class ApiView(APIView):
    """One address. Its methods are declared by defining them, its parameters by the attributes."""

    http_method_names = ["get", "head", "post", "patch", "delete"]
    metadata_class = None

    #: What it is about, as scopes say it (`contacts`); empty where any key will do.
    scope: ClassVar[str] = ""
    #: What it reads bodies with, and what its answers look like.
    serializer_class: ClassVar[type[StrictSerializer] | None] = None
    filterset_class: ClassVar[type[FilterSet] | None] = None

    #: What its methods are called in the schema, and the headers they read.
    operations: ClassVar[Mapping[str, Operation]] = {}
    header_parameters: ClassVar[Mapping[str, Sequence[OpenApiParameter]]] = {}

    #: What the query said: parameters' values, and filters' texts.
    values: dict[str, Any]
    filters: dict[str, str]
    known_filters: Mapping[str, Filter]

    @classmethod
    def get_parameters(cls, method: str) -> list[Parameter]:
        """Return the parameters that `method` (GET, POST, …) takes in the query."""
        return []

    @classmethod
    def get_filters(cls, method: str) -> Mapping[str, Filter]:
        """Return the filters that `method` takes in the query, by name."""
        if cls.filterset_class is None or method not in ("GET", "HEAD"):
            return {}
        return cls.filterset_class.base_filters

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return what `method` answers when all is well, by status."""
        return {200: Answer("What was asked for.", cls.serializer_class)}

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return the statuses by which `method` says no."""
        too_fast_or_strange = [400, 401, 429]
        forbidden = [403] if cls.scope else []
        body = [413, 415] if method in ("POST", "PATCH") else []
        return sorted([*too_fast_or_strange, *forbidden, *body])

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Wrap the request in one that reads any body."""
        return BodyRequest(
            request,
            parsers=self.get_parsers(),
            authenticators=self.get_authenticators(),
            negotiator=self.get_content_negotiator(),
            parser_context=self.get_parser_context(request),
        )

    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[BaseRenderer, str]:
        """Return the one format this address answers in, whatever the client would like."""
        renderer = self.get_renderers()[0]
        return renderer, renderer.media_type or ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Do what the module's docstring says."""
        negotiated = self.perform_content_negotiation(request)
        request.accepted_renderer, request.accepted_media_type = negotiated
        self.perform_authentication(request)
        self.check_throttles(request)
        self.check_permissions(request)
        if self.takes(request.method):
            self.read_parameters(request)

    def takes(self, method: str | None) -> bool:
        """Return whether this address answers `method` at all."""
        return method in self.allowed_methods

    def read_parameters(self, request: Request) -> None:
        """Read the query; raises ValidationError (400) for what is not allowed in it."""
        parameters, filters = _known(type(self), request.method or "")  # type: ignore[arg-type]
        self.known_filters = {**filters, **self.find_filters(request)}
        self.values, self.filters = read_query(request.query_params, parameters, self.known_filters)

    def find_filters(self, request: Request) -> Mapping[str, Filter]:
        """Return the filters that depend on who asks, by name."""
        return {}


@cache
def _known(view: Any, method: str) -> tuple[Mapping[str, Parameter], Mapping[str, Filter]]:
    """Return what the query may say, by name."""
    parameters = {each.name: each for each in view.get_parameters(method)}
    return parameters, view.get_filters(method)


class UnknownAddress(ApiView):
    """Whatever else is asked for under /api/: an error in the API's own shape."""

    schema = None

    def takes(self, method: str | None) -> bool:
        """Return False: what is not there has no methods and no parameters."""
        return False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say 404 to every method, once it is known who asks."""
        super().initial(request, *args, **kwargs)
        raise NotFound("There is no such address.")
