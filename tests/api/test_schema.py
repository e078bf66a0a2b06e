"""The OpenAPI document against the promised table, the URLs, and the answers themselves."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from jsonschema_rs import validator_for

from crm.api.schema import document
from crm.api.views import ApiView
from crm.teams.models import Team
from tests.api.client import Program
from tests.factories import CallFactory, ContactFactory

#: What the outside may rely on: each address, its methods, and the name of each operation.
PROMISED = {
    "/me": {"GET": "getMe"},
    "/contacts": {"GET": "listContacts", "POST": "createContact"},
    "/contacts/{id}": {
        "GET": "getContact",
        "PATCH": "updateContact",
        "DELETE": "deleteContact",
    },
    "/contacts/{id}/calls": {"GET": "listContactCalls"},
    "/contacts/{id}/history": {"GET": "listContactHistory"},
    "/contacts/{id}/proposals": {"GET": "listContactProposals"},
    "/proposals/{id}/accept": {"POST": "acceptProposal"},
    "/proposals/{id}/reject": {"POST": "rejectProposal"},
    "/field-policies": {"GET": "listFieldPolicies", "PATCH": "updateFieldPolicies"},
    "/companies": {"GET": "listCompanies", "POST": "createCompany"},
    "/companies/{id}": {
        "GET": "getCompany",
        "PATCH": "updateCompany",
        "DELETE": "deleteCompany",
    },
    "/companies/{id}/contacts": {"GET": "listCompanyContacts"},
    "/custom-fields": {"GET": "listCustomFields", "POST": "createCustomField"},
    "/custom-fields/{id}": {
        "GET": "getCustomField",
        "PATCH": "updateCustomField",
        "DELETE": "deleteCustomField",
    },
    "/calls": {"GET": "listCalls", "POST": "recordCall"},
    "/calls/{id}": {"GET": "getCall", "PATCH": "updateCall"},
    "/calls/{id}/recording": {"GET": "getCallRecording"},
    "/contacts/import": {"POST": "importContacts"},
    "/imports": {"GET": "listImports"},
    "/imports/{id}": {"GET": "getImport"},
    "/imports/{id}/rows": {"GET": "listImportRows"},
    "/imports/{id}/rejected.csv": {"GET": "getRejectedRows"},
    "/imports/{id}/undo": {"POST": "undoImport"},
}
ROOT = "/api/crm"


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield path.removeprefix(ROOT), method.upper(), operation


def views(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, type[ApiView]]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and path.startswith("api/crm/"):
            yield re.sub("<[^>]+>", "{id}", path.removeprefix("api/crm")), pattern.callback.cls


def test_the_document_holds_what_is_promised_and_no_more() -> None:
    described: dict[str, dict[str, str]] = {}
    for path, method, operation in operations():
        described.setdefault(path, {})[method] = operation["operationId"]
    assert described == PROMISED


def test_the_urls_hold_what_is_promised_and_no_more() -> None:
    served = {
        path: {method for method in view().allowed_methods if method != "HEAD"}
        for path, view in views(get_resolver().url_patterns)
    }
    assert served == {path: set(methods) for path, methods in PROMISED.items()}


def test_every_operation_says_who_may_and_what_may_go_wrong() -> None:
    for path, method, operation in operations():
        name = f"{method} {path}"
        assert operation["security"] == [{"apiKey": []}], name
        assert operation["summary"], name
        needed = {"400", "401", "429"}
        needed |= {"403"} if path != "/me" else set()
        needed |= {"404"} if "{id}" in path else set()
        needed |= {"413", "415"} if method in ("POST", "PATCH") else set()
        # A set of policies is no record: it has no version.
        is_record = method in ("PATCH", "DELETE") and path != "/field-policies"
        needed |= {"412"} if is_record else set()
        needed |= {"409"} if (method, path) == ("DELETE", "/companies/{id}") else set()
        assert needed <= set(operation["responses"]), name
        for status, answer in operation["responses"].items():
            has_key = status != "401"
            assert ("RateLimit" in answer["headers"]) == has_key, (name, status)
            assert answer["description"], (name, status)


def test_objects_name_all_their_properties() -> None:
    for name, schema in document()["components"]["schemas"].items():
        if "oneOf" in schema:
            continue  # each of them is an object of its own
        assert schema["type"] == "object", name
        assert schema["additionalProperties"] is False, name
        assert schema["properties"], name
        if not name.endswith(("Request", "Page")):
            assert set(schema["required"]) == set(schema["properties"]), name


def test_texts_have_lengths_and_numbers_bounds() -> None:
    requests = [
        schema
        for name, schema in document()["components"]["schemas"].items()
        if name.endswith("Request")
    ]
    assert requests
    for schema in requests:
        for name, field in schema["properties"].items():
            kind = field.get("type")
            if kind == "string" and "enum" not in field and "format" not in field:
                assert "maxLength" in field, name
            if "integer" in (kind or []) or "number" in (kind or []):
                assert {"minimum", "maximum"} <= set(field), name
            if kind == "array":
                assert "maxItems" in field, name


def test_what_is_said_of_a_contact() -> None:
    schemas = document()["components"]["schemas"]
    asked, answered = schemas["ContactRequest"], schemas["Contact"]
    assert asked["required"] == ["companyId", "firstName", "lastName", "teamId"]
    assert "required" not in schemas["PatchedContactRequest"]
    assert asked["properties"]["firstName"] == {"type": "string", "minLength": 1, "maxLength": 100}
    assert asked["properties"]["phone"]["maxLength"] == 100
    assert answered["properties"]["phone"]["maxLength"] == 16
    assert not {"id", "company", "lastCallAt", "createdAt"} & set(asked["properties"])
    parameters = document()["paths"]["/api/crm/contacts"]["get"]["parameters"]
    by_name = {each["name"]: each for each in parameters}
    assert by_name["teamId"]["required"] is True
    assert by_name["doNotCall"]["schema"] == {"type": "boolean"}
    assert by_name["limit"]["schema"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 500,
        "default": 50,
    }


@pytest.mark.parametrize("path", ["contacts", "companies", "calls"])
def test_answers_are_what_the_document_says(team: Team, path: str) -> None:
    contact = ContactFactory.create(team=team, tags=["vip"])
    turns = [{"speaker": "tool", "text": "Hi"}]
    CallFactory.create(contact=contact, turns=turns, cost_amount="1", cost_currency="EUR")
    api = Program(team)
    listed = api.list(path).json()
    detail = api.get(f"{path}/{listed['results'][0]['id']}").json()
    history = api.get(f"contacts/{contact.pk}/history").json()
    components = {"components": document()["components"]}
    for address, answer in (
        (f"/{path}", listed),
        (f"/{path}/{{id}}", detail),
        ("/contacts/{id}/history", history),
    ):
        answers = document()["paths"][ROOT + address]["get"]["responses"]["200"]
        schema = answers["content"]["application/json"]["schema"] | components
        validator_for(schema).validate(answer)
        with pytest.raises(ValueError, match="surprise"):
            validator_for(schema).validate(answer | {"surprise": 1})


@pytest.mark.parametrize("path", ["/api/schema", "/api/schema/"])
def test_the_document_needs_no_key(client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.json() == document()
    assert response.json()["openapi"] == "3.1.0"


def test_the_page_needs_no_key_and_keeps_the_policy(client: Client) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "Content-Security-Policy" in page
    html = page.text
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=", html)
    assert not re.search(r"(src|href)=\"(https?:)?//", html)
    script = client.get("/api/docs?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/schema" in script.text
