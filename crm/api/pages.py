"""The API's document and its page, which need no key."""

from typing import Any

from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.schema import document


class SchemaView(APIView):
    """The OpenAPI document, as JSON."""

    schema = None
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    http_method_names = ["get", "head"]

    def get(self, request: Request) -> Response:
        """Answer with the document."""
        return Response(document())


class DocsView(SpectacularSwaggerSplitView):
    """The document as a page to read and try."""

    schema = None
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    http_method_names = ["get", "head"]
    url_name = "api-schema"
    template_name = "api/docs.html"
    title = "Callbook API"
