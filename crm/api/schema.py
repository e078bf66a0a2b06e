"""The OpenAPI document, made of what the addresses declare: what the server does, exactly."""

import dataclasses
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

if TYPE_CHECKING:
    from crm.api.views import ApiView

type Json = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Operation:
    """What a method of an address is called, and what more there is to say of it."""

    name: str
    summary: str
    description: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer: one object of `serializer`, a page of them, or another media type."""

    description: str
    serializer: Any = None
    is_page: bool = False
    media_type: str = "application/json"
    headers: Sequence[str] = ()


REFUSALS = {
    400: "Something in the request is wrong; `attr` names it.",
    401: "No key, or one that is unknown, expired or revoked.",
    403: "The key lacks the scope, or opens another team.",
    404: "There is no such thing in this team.",
    409: "As things stand it cannot be done.",
    412: "The record is not in the version that If-Match names.",
    413: "The body is too large.",
    415: "The body is not of the type that this address takes.",
    416: "The range begins after the file's end.",
    429: "Too many requests in this hour.",
}

ERROR: Json = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "enum": ["validation_error", "client_error", "server_error"]},
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string", "description": "A word for programs."},
                    "detail": {"type": "string", "description": "A sentence for people."},
                    "attr": {
                        "type": ["string", "null"],
                        "description": "The field or parameter, as the client called it.",
                    },
                },
                "required": ["code", "detail", "attr"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["type", "errors"],
    "additionalProperties": False,
}

HEADERS: Mapping[str, Json] = {
    "RateLimit": {
        "description": "What is left: `r` requests in the next `t` seconds.",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "The limit: `q` requests in `w` seconds.",
        "schema": {"type": "string"},
    },
    "ETag": {"description": "The record's version.", "schema": {"type": "string"}},
    "Location": {
        "description": "Where the new record is.",
        "schema": {"type": "string", "format": "uri"},
    },
    "Retry-After": {
        "description": "Seconds to wait.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}},
}
RATE_HEADERS = ("RateLimit", "RateLimit-Policy")
REFUSAL_HEADERS = {401: ("WWW-Authenticate",), 429: ("Retry-After", *RATE_HEADERS)}
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="The ETag of the version you know: 412 where the record has changed since.",
)


class CallbookSchema(AutoSchema):
    """Describes an ApiView by its declarations."""

    view: "ApiView"  # type: ignore[override]

    def get_operation_id(self) -> str:
        """Return the operation's name, as client generators call its function."""
        return self._operation.name

    def get_summary(self) -> str:
        """Return the operation in a few words."""
        return self._operation.summary

    def get_description(self) -> str:  # type: ignore[override]
        """Return what more there is to say."""
        return self._operation.description

    def get_tags(self) -> list[str]:
        """Return what the operation is about, as scopes call it."""
        return [self.view.scope or "key"]

    @property
    def _operation(self) -> Operation:
        return self.view.operations[self.method]

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters of path, query and headers."""
        parameters = [*self.view.header_parameters.get(self.method, ())]
        if "{id}" in self.path:
            schema = {"type": "string", "format": "uuid"}
            parameters.append(OpenApiParameter("id", schema, OpenApiParameter.PATH, required=True))
        for each in self.view.get_parameters(self.method):
            parameter = OpenApiParameter(
                each.name,
                dict(each.schema),
                required=each.required,
                description=each.description,
            )
            parameters.append(parameter)
        for name, each in self.view.get_filters(self.method).items():
            help_text = each.extra.get("help_text", "")
            parameters.append(OpenApiParameter(name, each.schema(), description=help_text))
        return parameters

    def get_filter_backends(self) -> list[Any]:
        """Return none: the filters are parameters already."""
        return []

    def _get_response_bodies(self, direction: Any = "response") -> Json:
        bodies: Json = {}
        for status, answer in self.view.get_answers(self.method).items():
            bodies[str(status)] = self._answer(answer)
        for status in self.view.get_refusals(self.method):
            bodies[str(status)] = self._refusal(status)
        return bodies

    def _answer(self, answer: Answer) -> Json:
        body: Json = {
            "description": answer.description,
            "headers": _headers((*answer.headers, *RATE_HEADERS)),
        }
        if answer.serializer is not None:
            component = self.resolve_serializer(answer.serializer, "response")
            schema = self._page(component) if answer.is_page else component.ref
            body["content"] = {answer.media_type: {"schema": schema}}
        elif answer.media_type != "application/json":
            body["content"] = {answer.media_type: {"schema": {}}}
        return body

    def _refusal(self, status: int) -> Json:
        body: Json = {
            "description": REFUSALS[status],
            "headers": _headers(REFUSAL_HEADERS.get(status, RATE_HEADERS)),
        }
        if status != 416:
            error = self._component("Error", ERROR)
            body["content"] = {"application/json": {"schema": error.ref}}
        return body

    def _page(self, rows: ResolvedComponent) -> Json:
        link = {"type": ["string", "null"], "format": "uri"}
        page = {
            "type": "object",
            "properties": {
                "count": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Exact up to 10,000; left out with `count=none`.",
                },
                "countIsExact": {"type": "boolean"},
                "next": link,
                "previous": link,
                "results": {"type": "array", "items": rows.ref},
            },
            "required": ["next", "previous", "results"],
            "additionalProperties": False,
        }
        return dict(self._component(f"{rows.name}Page", page).ref)

    def _component(self, name: str, schema: Json) -> ResolvedComponent:
        component = ResolvedComponent(
            name=name, type=ResolvedComponent.SCHEMA, object=name, schema=schema
        )
        self.registry.register_on_missing(component)
        return component

    def _map_serializer_field(
        self, field: Any, direction: Any, bypass_extensions: bool = False
    ) -> Any:
        """Say what is stored where an answer is narrower than what may be typed."""
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        # A mark for a hook that would share enumerations, which we leave where they are used.
        schema.pop("x-spec-enum-id", None)
        stored = _model_field(field)
        if direction == "response" and hasattr(stored, "typed_max_length"):
            schema["maxLength"] = stored.max_length
        return schema

    def _map_serializer(
        self, serializer: Any, direction: Any, bypass_extensions: bool = False
    ) -> Any:
        """Objects have the properties they name, no others; answers have them all."""
        schema = super()._map_serializer(serializer, direction, bypass_extensions)
        if schema.get("properties"):
            schema["additionalProperties"] = False
            if direction == "response":
                schema["required"] = list(schema["properties"])
        return schema


def _model_field(field: Any) -> Any:
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    is_text = isinstance(field, serializers.CharField)
    if model is None or not is_text:
        return None
    return {each.name: each for each in model._meta.concrete_fields}.get(field.source)


def _headers(names: Sequence[str]) -> Json:
    return {name: dict(HEADERS[name]) for name in names}


class KeyScheme(OpenApiAuthenticationExtension):
    """A bearer key."""

    target_class = "crm.teams.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> Json:
        """Return how a key is sent."""
        return {"type": "http", "scheme": "bearer", "description": "A key of one team."}


class Generator(SchemaGenerator):
    """Calls what identifies a record in an address `id`."""

    def coerce_path(self, path: str, method: str, view: Any) -> str:
        """Return the address as the document shows it."""
        return str(super().coerce_path(path, method, view)).replace("{pk}", "{id}")


@cache
def document() -> Json:
    """Return the whole document; it is the same until the server starts anew."""
    return dict(Generator().get_schema(request=None, public=True))


def leave_out_unused(result: Json, **_context: Any) -> Json:
    """Drop components that nothing refers to: the request forms of what is only answered."""
    schemas = result["components"]["schemas"]
    while True:
        said = repr(result)
        unused = {name for name in schemas if f"'#/components/schemas/{name}'" not in said}
        if not unused:
            return result
        for name in unused:
            del schemas[name]
