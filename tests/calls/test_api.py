"""Calls over REST."""

import uuid
from typing import Any

import pytest

from calls.models import Call
from contacts.models import Contact
from crm.history.models import Change, Origin
from crm.teams.models import Team
from tests.api.client import Program, errors
from tests.factories import CallFactory, ContactFactory, TeamFactory

pytestmark = pytest.mark.django_db

FIELDS = (
    "id teamId contactId direction status outcome fromNumber toNumber initiatedAt startedAt "
    "endedAt durationSeconds endedReason endedBy provider providerCallId assistantName "
    "assistantExternalId summary success sentiment extractedData recording "
    "transferredTo voicemail cost transcriptStatus createdAt updatedAt"
).split()
TURN = {"speaker": "assistant", "text": "Hello", "startSeconds": 0.5, "endSeconds": 2.0}
NO_RECORDING = {"available": False, "durationSeconds": None, "url": None}


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(region="US")


@pytest.fixture
def api(team: Team) -> Program:
    return Program(team)


@pytest.fixture
def contact(team: Team) -> Contact:
    return ContactFactory.create(team=team, phone="+14155550182")


@pytest.fixture
def body(team: Team) -> dict[str, Any]:
    return {"teamId": str(team.pk), "direction": "outbound"}


def test_the_least_call(api: Program, body: dict[str, Any]) -> None:
    response = api.post("calls", body)
    assert response.status_code == 201
    answer = response.json()
    assert sorted(answer) == sorted([*FIELDS, "turns"])
    assert response["Location"] == f"http://testserver/api/crm/calls/{answer['id']}"
    assert response["ETag"] == '"1"'
    expected = body | {
        "contactId": None,
        "status": "completed",
        "outcome": "unknown",
        "endedBy": "unknown",
        "provider": "api",
        "providerCallId": "",
        "durationSeconds": None,
        "success": None,
        "sentiment": None,
        "voicemail": None,
        "cost": None,
        "extractedData": {},
        "recording": NO_RECORDING,
        "transcriptStatus": "none",
        "turns": [],
    }
    assert {name: answer[name] for name in expected} == expected
    assert Change.objects.get(record_id=answer["id"]).origin == Origin.API


@pytest.mark.parametrize("name", ["teamId", "direction"])
def test_two_fields_are_required(api: Program, body: dict[str, Any], name: str) -> None:
    del body[name]
    response = api.post("calls", body)
    assert (response.status_code, errors(response)) == (400, {name: "required"})


def test_a_full_call_comes_back_as_it_is_stored(
    api: Program, body: dict[str, Any], contact: Contact
) -> None:
    full = body | {
        "contactId": str(contact.pk),
        "status": "completed",
        "outcome": "transferred",
        "fromNumber": "+12025550100",
        "toNumber": "(415) 555-0182",
        "initiatedAt": "2026-11-22T09:29:30Z",
        "startedAt": "2026-11-22T10:30:00+01:00",
        "endedAt": "2026-11-22T09:32:30.600Z",
        "endedReason": "customer-ended-call",
        "endedBy": "contact",
        "provider": "my-dialer_2",
        "providerCallId": "abc",
        "assistantName": "Ava",
        "assistantExternalId": "as_1",
        "summary": "Wants a quote.",
        "success": True,
        "sentiment": "positive",
        "extractedData": {"budget": 12.5, "tags": ["a", None], "nested": {"é": True}},
        "transferredTo": "+12025550111",
        "voicemail": False,
        "cost": {"amount": 0.1234567, "currency": "USD"},
        "turns": [TURN, {"speaker": "contact", "text": "Hi"}],
    }
    answer = api.post("calls", full | {"recordingUrl": "https://voice.example/1.wav"}).json()
    stored = {
        "toNumber": "+14155550182",
        "startedAt": "2026-11-22T09:30:00Z",
        "endedAt": "2026-11-22T09:32:30.600000Z",
        "durationSeconds": 151,
        "cost": {"amount": 0.123457, "currency": "USD"},
        "turns": [
            TURN,
            {"speaker": "contact", "text": "Hi", "startSeconds": None, "endSeconds": None},
        ],
        "transcriptStatus": "ready",
        "recording": NO_RECORDING | {"url": "https://voice.example/1.wav"},
    }
    expected = full | stored
    assert {name: answer[name] for name in expected} == expected
    assert api.get(f"calls/{answer['id']}").json() == answer
    listed = api.list("calls").json()["results"]
    assert listed == [{name: answer[name] for name in FIELDS}]
    assert list(listed[0]) == FIELDS


def test_the_same_call_told_twice_is_one(api: Program, body: dict[str, Any]) -> None:
    named = body | {"provider": "dialer", "providerCallId": "7"}
    first = api.post("calls", named | {"status": "ringing", "assistantName": "Ava"})
    again = api.post("calls", named | {"status": "completed", "summary": "Short", "success": None})
    late = api.post("calls", named | {"status": "in_progress"})
    assert [r.status_code for r in (first, again, late)] == [201, 200, 200]
    assert "Location" not in again
    assert [r["ETag"] for r in (first, again, late)] == ['"1"', '"2"', '"2"']
    answer = late.json()
    assert (answer["status"], answer["summary"], answer["assistantName"]) == (
        "completed",
        "Short",
        "Ava",
    )
    assert Call.objects.count() == 1
    assert api.post("calls", named | {"provider": "other"}).status_code == 201
    other = TeamFactory.create()
    elsewhere = Program(other).post("calls", named | {"teamId": str(other.pk)})
    assert elsewhere.status_code == 201


def test_a_call_without_a_name_is_always_new(api: Program, body: dict[str, Any]) -> None:
    assert [api.post("calls", body).status_code for _ in range(2)] == [201, 201]


@pytest.mark.parametrize(
    ("numbers", "direction", "found"),
    [
        ({"toNumber": "415-555-0182"}, "outbound", True),
        ({"fromNumber": "+1 415 555 0182"}, "inbound", True),
        ({"fromNumber": "+1 415 555 0182"}, "outbound", False),
        ({"fromNumber": "+1 415 555 0182"}, "unknown", True),
        ({"toNumber": "anonymous"}, "outbound", False),
        ({"toNumber": "sip:ava@voice.example"}, "outbound", False),
        ({}, "outbound", False),
    ],
)
def test_a_call_goes_to_the_contact_whose_number_it_is(
    api: Program, contact: Contact, numbers: dict[str, str], direction: str, found: bool
) -> None:
    ContactFactory.create(phone="+14155550182")
    call = {"teamId": str(api.team.pk), "direction": direction, **numbers}
    answer = api.post("calls", call).json()
    assert answer["contactId"] == (str(contact.pk) if found else None)


def test_a_number_of_two_contacts_is_not_guessed(
    api: Program, body: dict[str, Any], contact: Contact
) -> None:
    other = ContactFactory.create(team=api.team, phone_secondary="+14155550182")
    shared = body | {"toNumber": "+14155550182"}
    assert api.post("calls", shared).json()["contactId"] is None
    named = api.post("calls", shared | {"contactId": str(other.pk)})
    assert named.json()["contactId"] == str(other.pk)


def test_the_contact_must_be_of_the_team(
    api: Program, body: dict[str, Any], contact: Contact
) -> None:
    foreign = ContactFactory.create()
    call = CallFactory.create(contact=contact, provider="api", provider_call_id="7")
    for sent in (
        api.post("calls", body | {"contactId": str(foreign.pk)}),
        api.post("calls", body | {"contactId": str(uuid.uuid4())}),
        api.post("calls", body | {"contactId": str(foreign.pk), "providerCallId": "7"}),
        api.patch(f"calls/{call.pk}", {"contactId": str(foreign.pk)}),
    ):
        assert (sent.status_code, errors(sent)) == (400, {"contactId": "does_not_exist"})
    assert Call.objects.get().contact == contact


@pytest.mark.parametrize(
    ("field", "value", "attr", "code"),
    [
        ("direction", "in", "direction", "invalid_choice"),
        ("status", "done", "status", "invalid_choice"),
        ("outcome", "", "outcome", "invalid_choice"),
        ("sentiment", "", "sentiment", "invalid_choice"),
        ("endedBy", None, "endedBy", "null"),
        ("transcriptStatus", "some", "transcriptStatus", "invalid_choice"),
        ("provider", "My Dialer", "provider", "invalid"),
        ("provider", "", "provider", "blank"),
        ("provider", "x" * 33, "provider", "max_length"),
        ("provider", "a\n", "provider", "invalid"),
        ("startedAt", "2026-11-22", "startedAt", "invalid"),
        ("startedAt", "2026-11-22T09:30:00", "startedAt", "invalid"),
        ("startedAt", 1795340000, "startedAt", "invalid"),
        ("endedAt", "2026-13-22T09:30:00Z", "endedAt", "invalid"),
        ("endedAt", "9999-12-31T23:59:59-14:00", "endedAt", "invalid"),
        ("durationSeconds", -1, "durationSeconds", "min_value"),
        ("durationSeconds", 1.5, "durationSeconds", "invalid"),
        ("durationSeconds", "60", "durationSeconds", "invalid"),
        ("durationSeconds", True, "durationSeconds", "invalid"),
        ("durationSeconds", 2**31, "durationSeconds", "max_value"),
        ("durationSeconds", 2**70, "durationSeconds", "invalid"),
        ("success", "yes", "success", "invalid"),
        ("voicemail", 0, "voicemail", "invalid"),
        ("cost", 1, "cost", "invalid"),
        ("cost", {}, "cost.amount", "required"),
        ("cost", {"amount": 1, "currency": "usd"}, "cost.currency", "invalid"),
        ("cost", {"amount": "1", "currency": "USD"}, "cost.amount", "invalid"),
        ("cost", {"amount": -1, "currency": "USD"}, "cost.amount", "min_value"),
        ("cost", {"amount": 1e300, "currency": "USD"}, "cost.amount", "max_value"),
        ("cost", {"amount": 1, "currency": "USD", "tax": 0}, "cost.tax", "unknown"),
        ("extractedData", [], "extractedData", "invalid"),
        ("extractedData", None, "extractedData", "null"),
        ("extractedData", {"a": "\x00"}, "extractedData", "nul"),
        ("extractedData", {"\x00": 1}, "extractedData", "nul"),
        ("recordingUrl", "ftp://voice.example/1", "recordingUrl", "website"),
        ("recordingUrl", "https://user:pw@voice.example/1", "recordingUrl", "website"),
        ("recordingUrl", "x" * 2001, "recordingUrl", "max_length"),
        ("fromNumber", "1" * 101, "fromNumber", "max_length"),
        ("fromNumber", "\x00", "fromNumber", "null_characters_not_allowed"),
        ("turns", "text", "turns", "invalid"),
        ("turns", {}, "turns", "invalid"),
        ("turns", [{"speaker": "robot", "text": "Hi"}], "turns", "invalid_turn"),
        ("turns", [{"speaker": ["agent"], "text": "Hi"}], "turns", "invalid_turn"),
        ("turns", [{"speaker": "agent"}], "turns", "invalid_turn"),
        ("turns", [TURN | {"mood": "good"}], "turns", "invalid_turn"),
        ("turns", [TURN | {"startSeconds": -1}], "turns", "invalid_turn"),
        ("turns", [TURN | {"endSeconds": 0.1}], "turns", "invalid_turn"),
        ("turns", [TURN | {"text": "a\x00"}], "turns", "invalid_turn"),
        ("recording", {}, "recording", "read_only"),
        ("contactNumber", "", "contactNumber", "unknown"),
    ],
)
def test_a_bad_value_is_said_beside_its_field(
    api: Program, body: dict[str, Any], field: str, value: Any, attr: str, code: str
) -> None:
    for response in (
        api.post("calls", body | {field: value}),
        api.patch(f"calls/{CallFactory.create(team=api.team).pk}", {field: value}),
    ):
        assert response.status_code == 400, response.content
        assert errors(response)[attr] == code
    assert Call.objects.count() == 1


def test_extracted_data_is_nested_so_deep_and_no_deeper(api: Program, body: dict[str, Any]) -> None:
    def nested(depth: int) -> Any:
        return {} if depth == 1 else {"a": nested(depth - 1)}

    assert api.post("calls", body | {"extractedData": nested(20)}).status_code == 201
    refused = api.post("calls", body | {"extractedData": nested(21)})
    assert errors(refused) == {"extractedData": "deep"}
    raw = b'{"extractedData": {"n": 1e999}}'
    assert api.send("POST", "calls", raw).status_code == 400


def test_a_call_does_not_end_before_it_starts(api: Program, body: dict[str, Any]) -> None:
    times = {"startedAt": "2026-11-22T09:30:00Z", "endedAt": "2026-11-22T09:29:59Z"}
    response = api.post("calls", body | times)
    assert (response.status_code, errors(response)) == (400, {"endedAt": "ends_first"})


def test_a_call_does_not_last_for_years(api: Program, body: dict[str, Any]) -> None:
    times = {"startedAt": "1834-11-22T09:30:00Z", "endedAt": "2026-11-22T09:30:00Z"}
    response = api.post("calls", body | times)
    assert (response.status_code, errors(response)) == (400, {"endedAt": "too_long"})


def test_a_patch_changes_what_it_names(api: Program, contact: Contact) -> None:
    call = CallFactory.create(
        contact=contact, summary="Old", turns=[TURN], cost_amount="1.5", cost_currency="EUR"
    )
    path = f"calls/{call.pk}"
    answer = api.patch(path, {"summary": "New", "toNumber": "202 555 0100"}).json()
    assert (answer["summary"], answer["toNumber"]) == ("New", "+12025550100")
    assert (answer["turns"], answer["cost"]) == ([TURN], {"amount": 1.5, "currency": "EUR"})
    changed = {"contactId": None, "cost": None, "sentiment": None, "startedAt": None, "turns": []}
    answer = api.patch(path, changed).json()
    assert {name: answer[name] for name in changed} == changed
    answer = api.patch(path, {"recordingUrl": "https://voice.example/1.wav"}).json()
    assert answer["recording"]["url"] == "https://voice.example/1.wav"


def test_a_patch_does_not_take_anothers_name(api: Program) -> None:
    CallFactory.create(team=api.team, provider="dialer", provider_call_id="7")
    call = CallFactory.create(team=api.team, provider="dialer", provider_call_id="8")
    response = api.patch(f"calls/{call.pk}", {"providerCallId": "7"})
    assert (response.status_code, errors(response)) == (400, {"providerCallId": "unique"})


def test_calls_are_not_deleted_over_rest(api: Program) -> None:
    call = CallFactory.create(team=api.team)
    assert api.delete(f"calls/{call.pk}").status_code == 405


@pytest.mark.parametrize("method", ["GET", "PATCH"])
@pytest.mark.parametrize("path", ["calls/{}", "calls/{}/recording", "contacts/{}/calls"])
def test_another_teams_is_unknown(api: Program, method: str, path: str) -> None:
    if method == "PATCH" and path != "calls/{}":
        return
    foreign = CallFactory.create(contact=ContactFactory.create())
    pk = foreign.contact_id if path.startswith("contacts") else foreign.pk
    theirs = api.send(method, path.format(pk), {})
    unknown = api.send(method, path.format(uuid.uuid4()), {})
    assert (theirs.status_code, unknown.status_code) == (404, 404)
    assert theirs.content == unknown.content
