"""The query string is read exactly: a typo must never return everybody."""

import pytest

from tests.api.client import Program, errors, said
from tests.factories import ContactFactory

# It is refused before the database is asked for more than the key.
pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _everybody(api: Program) -> None:
    ContactFactory.create(team=api.team)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("contacts", ["doNotCall", "hasPhone", "lastCallAfter", "limit", "ordering", "teamId"]),
        ("companies", ["country", "industry", "search"]),
        ("calls", ["startedBefore", "unmatched"]),
    ],
)
@pytest.mark.parametrize("name", ["donotcall", "do_not_call", "page", "format", "teamID", ""])
def test_an_unknown_parameter_is_named_and_the_others_are_told(
    api: Program, path: str, allowed: list[str], name: str
) -> None:
    response = api.list(path, **{name: "x"})
    assert (response.status_code, errors(response)) == (400, {name: "unknown"})
    assert all(each in said(response, name) for each in allowed)


def test_addresses_without_lists_take_no_others(api: Program) -> None:
    contact = ContactFactory.create(team=api.team)
    assert errors(api.get("me", x=1)) == {"x": "unknown"}
    assert errors(api.get(f"contacts/{contact.pk}", search="x")) == {"search": "unknown"}
    assert errors(api.send("DELETE", f"contacts/{contact.pk}", query={"force": 1})) == {
        "force": "unknown"
    }
    assert api.get(f"contacts/{contact.pk}").status_code == 200


@pytest.mark.parametrize("name", ["doNotCall", "hasPhone"])
@pytest.mark.parametrize("text", ["flase", "True", "1", "0", "yes", "null", "", " true", "true "])
def test_a_boolean_is_exactly_true_or_false(api: Program, name: str, text: str) -> None:
    response = api.list("contacts", **{name: text})
    if text.strip() == "true":
        # Only what surrounds the word is forgiven.
        assert response.status_code == 400 or text != "true"
        return
    assert response.status_code == 400, response.content
    assert list(errors(response)) == [name]


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "501", "abc", "1.0", "+5", " 5", "٥", "1e2", "9" * 30]
)
def test_a_limit_is_a_whole_number_from_1_to_500(api: Program, text: str) -> None:
    response = api.list("contacts", limit=text)
    assert (response.status_code, errors(response)) == (400, {"limit": "invalid"})
    assert "1 to 500" in said(response, "limit")


@pytest.mark.parametrize("text", ["", "-1", "abc", "2147483648", "9" * 30, "0x1"])
def test_an_offset_is_a_whole_number_from_0(api: Program, text: str) -> None:
    response = api.list("contacts", offset=text)
    assert (response.status_code, errors(response)) == (400, {"offset": "invalid"})


@pytest.mark.parametrize("text", ["1", "500"])
def test_limits_at_their_ends(api: Program, text: str) -> None:
    assert api.list("contacts", limit=text, offset=2**31 - 1).status_code == 200


@pytest.mark.parametrize(
    ("path", "name", "text", "hint"),
    [
        ("contacts", "leadStatus", "New", "do_not_contact"),
        ("contacts", "leadStatus", "", ""),
        ("contacts", "leadStatus", "new,churned", "qualified"),
        ("contacts", "ordering", "created_at", "-lastCallAt"),
        ("contacts", "ordering", "--createdAt", "createdAt"),
        ("contacts", "ordering", "", "createdAt"),
        ("contacts", "ordering", "notes", "lastName"),
        ("contacts", "count", "all", "exact, none"),
        ("contacts", "companyId", "x", "UUID"),
        ("contacts", "companyId", "", ""),
        ("contacts", "createdAfter", "yesterday", "2026-11-22T09:30:00Z"),
        ("contacts", "createdAfter", "2026-11-22", "2026-11-22T09:30:00Z"),
        ("contacts", "createdAfter", "2026-11-22T09:30:00", "offset"),
        ("contacts", "updatedAfter", "2026-02-30T09:30:00Z", "ISO 8601"),
        ("contacts", "lastCallAfter", "0001-01-01T00:00:00+14:00", "ISO 8601"),
        ("contacts", "lastCallAfter", "2026-11-22T09:30:00 01:00", "ISO 8601"),
        ("contacts", "tag", "", ""),
        ("contacts", "tag", "x" * 51, "50"),
        ("contacts", "source", "\x00", ""),
        ("contacts", "search", "x" * 201, "200"),
        ("contacts", "search", "a\x00b", ""),
        ("companies", "country", "us", "US"),
        ("companies", "country", "XX", "DE"),
        ("companies", "industry", "", ""),
        ("companies", "ordering", "-industry", "name"),
        ("calls", "contactId", "None", "UUID"),
        ("calls", "direction", "in", "inbound"),
        ("calls", "status", "done", "completed"),
        ("calls", "outcome", "", ""),
        ("calls", "unmatched", "yes", "true, false"),
        ("calls", "startedBefore", "now", "ISO 8601"),
    ],
)
def test_a_value_outside_what_is_allowed_is_refused(
    api: Program, path: str, name: str, text: str, hint: str
) -> None:
    response = api.list(path, **{name: text})
    assert response.status_code == 400, response.content
    assert list(errors(response)) == [name]
    assert hint in said(response, name)


def test_everything_wrong_is_said_at_once(api: Program) -> None:
    response = api.list("contacts", limit="x", ordering="y", foo="z")
    assert errors(response) == {"limit": "invalid", "ordering": "invalid", "foo": "unknown"}
    response = api.list("contacts", doNotCall="x", companyId="y")
    assert errors(response) == {"doNotCall": "invalid_choice", "companyId": "invalid"}


def test_a_repeated_parameter_is_refused(api: Program) -> None:
    for query in ("leadStatus=new&leadStatus=churned", "limit=1&limit=2", f"teamId={api.team.pk}"):
        response = api.get(f"contacts?teamId={api.team.pk}&{query}")
        assert (response.status_code, errors(response)) == (400, {query.split("=")[0]: "repeated"})


def test_an_empty_search_is_none(api: Program) -> None:
    for text in ("", "  "):
        assert api.list("contacts", search=text).json()["count"] == 1


@pytest.mark.parametrize(
    "query", ["%FF=%FE", "search=%FF", "tag=%C3%28", "limit=%00", "&&=&", "a" * 5000, "teamId=%00"]
)
def test_bytes_that_are_no_text_are_no_failure(api: Program, query: str) -> None:
    response = api.get(f"contacts?teamId={api.team.pk}&{query}")
    assert response.status_code in (200, 400)


def test_too_many_parameters_are_refused(api: Program) -> None:
    query = "&".join(f"p{n}=1" for n in range(1001))
    response = api.get(f"contacts?{query}")
    assert (response.status_code, errors(response)) == (400, {None: "parse_error"})
