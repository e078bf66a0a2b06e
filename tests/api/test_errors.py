"""Every refusal has the same shape, wherever it comes from."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from contacts import api as contacts_api
from crm.api.errors import from_django
from tests.api.client import Program, errors

# It is refused before the database is asked for more than the key.
pytestmark = pytest.mark.once


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/crm/", "/api/crm/leads/1"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "HEAD"])
def test_an_address_that_is_not_there_is_json_too(api: Program, method: str, path: str) -> None:
    response = api.send(method, path)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/json"
    assert method == "HEAD" or errors(response) == {None: "not_found"}


@pytest.mark.parametrize("path", ["/api/nothing", "/api/crm/contacts/1", "/api/crm/"])
def test_who_has_no_key_is_not_told_what_is_there(client: Any, db: None, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, errors(response)) == (401, {None: "not_authenticated"})


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "contacts", "GET, HEAD, POST"),
        ("DELETE", "contacts", "GET, HEAD, POST"),
        ("POST", "me", "GET, HEAD"),
        ("OPTIONS", "contacts", "GET, HEAD, POST"),
        ("TRACE", "contacts", "GET, HEAD, POST"),
        ("BREW", "contacts", "GET, HEAD, POST"),
        ("DELETE", "calls/00000000-0000-0000-0000-000000000000", "GET, HEAD, PATCH"),
    ],
)
def test_a_method_that_is_not_there(api: Program, method: str, path: str, allowed: str) -> None:
    response = api.send(method, path)
    assert (response.status_code, errors(response)) == (405, {None: "method_not_allowed"})
    assert sorted(response["Allow"].split(", ")) == sorted(allowed.split(", "))


@pytest.mark.parametrize(
    "path",
    ["contacts/1", "contacts/None", "contacts/x/calls", "contacts//", "calls/%00", "calls/%ff"],
)
def test_an_id_that_is_none_is_not_found(api: Program, path: str) -> None:
    response = api.get(path)
    assert (response.status_code, errors(response)) == (404, {None: "not_found"})


def test_a_failure_of_the_server_tells_nothing(
    api: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("Anna Berg, +14155550182")

    monkeypatch.setattr(contacts_api.ContactView, "get_records", fail)
    response = api.list("contacts", search="Anna")
    assert response.status_code == 500
    assert response.json()["type"] == "server_error"
    assert "Anna" not in response.text


def test_a_rules_error_is_told_by_the_clients_names() -> None:
    error = ValidationError(
        {
            "first_name": ValidationError("Too %(what)s.", code="long", params={"what": "long"}),
            "company": [ValidationError("None.", code="required"), "And more."],
            "__all__": "Something else.",
        }
    )
    detail = from_django(error, {"company": "companyId"}).detail
    assert isinstance(detail, dict)
    assert {name: [(str(each), each.code) for each in found] for name, found in detail.items()} == {
        "firstName": [("Too long.", "long")],
        "companyId": [("None.", "required"), ("And more.", "invalid")],
        "non_field_errors": [("Something else.", "invalid")],
    }
