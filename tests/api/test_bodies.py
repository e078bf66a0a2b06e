"""Bodies are read exactly, and none of them, however absurd, is the server's failure."""

import io
import json
from typing import Any

import pytest
from django.test import RequestFactory

from contacts.models import Contact
from crm.api.exceptions import PayloadTooLarge
from crm.api.parsers import BodyRequest, StrictJSONParser
from tests.api.client import Program, errors, said
from tests.factories import CompanyFactory, ContactFactory

# It is refused before the database is asked for more than the key.
pytestmark = pytest.mark.once


@pytest.fixture
def body(api: Program) -> dict[str, Any]:
    company = CompanyFactory.create(team=api.team)
    return {
        "teamId": str(api.team.pk),
        "companyId": str(company.pk),
        "firstName": "Anna",
        "lastName": "Berg",
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"{'a': 1}",
        b"\xff\xfe",
        b'{"firstName": "\xe9"}',
        b'{"firstName": "\\ud800"}',
        b'{"a": NaN}',
        b'{"a": 1} {}',
        b"[" * 100_000,
        b'{"a":' * 2_000,
        b"\xef\xbb\xbf{}",
        b"\x00",
    ],
)
def test_what_is_no_json_is_refused(api: Program, raw: bytes) -> None:
    response = api.send("POST", "contacts", raw)
    assert (response.status_code, errors(response)) == (400, {None: "parse_error"})


@pytest.mark.parametrize("value", [[], [{}], "text", 1, None, True])
def test_a_body_is_an_object(api: Program, value: Any) -> None:
    contact = ContactFactory.create(team=api.team)
    for response in (api.post("contacts", value), api.patch(f"contacts/{contact.pk}", value)):
        assert response.status_code == 400
        assert said(response) == "Send a JSON object."


def test_no_body_lacks_everything(api: Program) -> None:
    response = api.send("POST", "contacts")
    assert response.status_code == 400
    required = ("teamId", "companyId", "firstName", "lastName")
    assert errors(response) == dict.fromkeys(required, "required")


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ";;="],
)
def test_other_media_types_are_refused(
    api: Program, body: dict[str, Any], content_type: str
) -> None:
    response = api.send("POST", "contacts", body, content_type=content_type)
    assert (response.status_code, errors(response)) == (415, {None: "unsupported_media_type"})


def test_json_may_name_its_charset(api: Program, body: dict[str, Any]) -> None:
    response = api.send("POST", "contacts", body, content_type="application/json; charset=utf-8")
    assert response.status_code == 201


def test_an_answer_is_json_whatever_the_client_would_like(api: Program) -> None:
    response = api.get("me", headers={"Accept": "text/html"})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_ten_megabytes_are_too_large(api: Program) -> None:
    response = api.send("POST", "contacts", b'{"notes": "' + b"x" * 10 * 2**20 + b'"}')
    assert (response.status_code, errors(response)) == (413, {None: "too_large"})


def test_just_under_the_limit_is_read(api: Program, settings: Any) -> None:
    room = settings.DATA_UPLOAD_MAX_MEMORY_SIZE - len(b'{"notes": ""}')
    response = api.send("POST", "contacts", b'{"notes": "' + b"x" * room + b'"}')
    assert errors(response)["notes"] == "max_length"
    response = api.send("POST", "contacts", b'{"notes": "' + b"x" * (room + 1) + b'"}')
    assert response.status_code == 413


def chunked(raw: bytes, **environment: Any) -> BodyRequest:
    """A request whose body came in chunks: a server gives the stream, and no length."""
    request = RequestFactory().post("/", raw, content_type="application/json", **environment)
    request.META["wsgi.input"] = io.BytesIO(raw)
    request.META.pop("CONTENT_LENGTH")
    request.META["wsgi.input_terminated"] = True
    return BodyRequest(request, parsers=[StrictJSONParser()])


def test_a_body_in_chunks_is_read() -> None:
    assert chunked(b'{"a": [1, 2]}').data == {"a": [1, 2]}


def test_a_body_in_chunks_has_the_same_limit(settings: Any) -> None:
    with pytest.raises(PayloadTooLarge):
        chunked(b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)).data  # noqa: B018


def test_a_length_that_lies_changes_nothing(api: Program, body: dict[str, Any]) -> None:
    for length in ("10", "0", "-1", "abc", "٣"):
        response = api.send("POST", "contacts", body, CONTENT_LENGTH=length)
        assert response.status_code == 400, length
    response = api.send("POST", "contacts", body, CONTENT_LENGTH=str(10 * 2**20))
    assert response.status_code == 413
    assert not Contact.objects.exists()


def test_unknown_and_read_only_fields_are_named(api: Program, body: dict[str, Any]) -> None:
    strange = {"first_name": "x", "custom": {}, "id": 1, "createdAt": None, "company": {}}
    response = api.post("contacts", body | strange)
    assert response.status_code == 400
    assert errors(response) == {
        "first_name": "unknown",
        "custom": "unknown",
        "id": "read_only",
        "createdAt": "read_only",
        "company": "read_only",
    }
    contact = ContactFactory.create(team=api.team)
    assert errors(api.patch(f"contacts/{contact.pk}", {"lastCallAt": None, "": 1})) == {
        "lastCallAt": "read_only",
        "": "unknown",
    }


WRONG = [None, 1, 1.5, True, [], ["x"], {}, {"a": 1}]


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize(
    "name", ["firstName", "email", "phone", "notes", "leadStatus", "companyId"]
)
def test_a_text_is_a_json_string(api: Program, body: dict[str, Any], name: str, value: Any) -> None:
    response = api.post("contacts", body | {name: value})
    assert response.status_code == 400
    assert list(errors(response)) == [name]


@pytest.mark.parametrize("value", ["true", "false", 0, 1, None, "", []])
def test_a_truth_is_jsons_own(api: Program, body: dict[str, Any], value: Any) -> None:
    response = api.post("contacts", body | {"doNotCall": value})
    assert response.status_code == 400
    assert list(errors(response)) == ["doNotCall"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("firstName", "", "blank"),
        ("firstName", "   ", "blank"),
        ("firstName", "x" * 101, "max_length"),
        ("firstName", "a\x00b", "null_characters_not_allowed"),
        ("lastName", "\u200b", "blank"),
        ("notes", "x" * 20_001, "max_length"),
        ("email", "anna@", "email"),
        ("email", "x" * 401, "max_length"),
        ("phone", "call me", "phone"),
        ("phone", "0" * 101, "max_length"),
        ("phoneSecondary", "12", "phone"),
        ("timezone", "Mars/Base", "timezone"),
        ("leadStatus", "hot", "invalid_choice"),
        ("preferredContactMethod", "fax", "invalid_choice"),
        ("companyId", "00000000-0000-0000-0000-000000000000", "does_not_exist"),
        ("companyId", "{00000000-0000-0000-0000-000000000000}", "invalid"),
        ("externalId", "x" * 201, "max_length"),
    ],
)
def test_a_bad_value_is_said_beside_its_field(
    api: Program, body: dict[str, Any], field: str, value: str, code: str
) -> None:
    response = api.post("contacts", body | {field: value})
    assert (response.status_code, errors(response)) == (400, {field: code})
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("tags", "attr"),
    [
        ("vip", "tags"),
        (None, "tags"),
        ({}, "tags"),
        ([1], "tags.0"),
        (["good", ""], "tags.1"),
        (["good", None], "tags.1"),
        (["x" * 51], "tags.0"),
        (["a\x00"], "tags.0"),
        ([" "], "tags"),
        ([f"tag {n}" for n in range(51)], "tags"),
    ],
)
def test_tags_are_a_list_of_words(api: Program, body: dict[str, Any], tags: Any, attr: str) -> None:
    response = api.post("contacts", body | {"tags": tags})
    assert response.status_code == 400
    assert list(errors(response)) == [attr]


def test_html_is_text(api: Program, body: dict[str, Any]) -> None:
    script = "<script>alert('x')</script>"
    response = api.post("contacts", body | {"firstName": script, "notes": script})
    assert response.json()["firstName"] == response.json()["notes"] == script


def test_errors_say_what_is_allowed(api: Program, body: dict[str, Any]) -> None:
    response = api.post("contacts", body | {"leadStatus": "hot"})
    assert "new, contacted, qualified" in said(response, "leadStatus")


def test_the_last_of_two_equal_keys_counts(api: Program, body: dict[str, Any]) -> None:
    raw = json.dumps(body)[:-1] + ', "firstName": "Berta"}'
    assert api.send("POST", "contacts", raw.encode()).json()["firstName"] == "Berta"
