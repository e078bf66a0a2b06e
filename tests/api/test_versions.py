"""ETag and If-Match: a change is made to the version its author knows, or not at all."""

import uuid
from typing import Any

import pytest

from contacts import operations
from contacts.models import Contact
from crm.api import exceptions, versions
from crm.history.models import Origin
from crm.history.recording import Author
from crm.records.writing import StaleRecord
from tests.api.client import Program, errors
from tests.factories import CallFactory, CompanyFactory, ContactFactory

RECORDS = {
    "contacts": (ContactFactory, {"jobTitle": "CEO"}),
    "companies": (CompanyFactory, {"city": "Rome"}),
    "calls": (CallFactory, {"summary": "Short"}),
}


@pytest.mark.parametrize("header", [None, "*", " * ", '"3"', '"1", "3"', 'W/"3", "3"'])
def test_these_conditions_hold_for_version_3(header: str | None) -> None:
    versions.check_match(header, 3)


@pytest.mark.parametrize("header", ['"2"', 'W/"3"', '"13"', "3", "", '"1", "2"', '"3', "x" * 9999])
def test_these_conditions_do_not(header: str) -> None:
    with pytest.raises(exceptions.PreconditionFailed):
        versions.check_match(header, 3)


@pytest.mark.parametrize("path", RECORDS)
def test_a_change_raises_the_version(api: Program, path: str) -> None:
    factory, change = RECORDS[path]
    address = f"{path}/{factory.create(team=api.team).pk}"
    assert api.get(address)["ETag"] == '"1"'
    first = api.patch(address, change, headers={"If-Match": '"1"'})
    assert (first.status_code, first["ETag"]) == (200, '"2"')
    same = api.patch(address, change, headers={"If-Match": '"2"'})
    assert (same.status_code, same["ETag"]) == (200, '"2"')
    late = api.patch(address, dict.fromkeys(change, "other"), headers={"If-Match": '"1"'})
    assert (late.status_code, errors(late)) == (412, {None: "precondition_failed"})
    assert api.get(address)["ETag"] == '"2"'


@pytest.mark.parametrize("path", ["contacts", "companies"])
def test_deleting_heeds_the_version(api: Program, path: str) -> None:
    address = f"{path}/{RECORDS[path][0].create(team=api.team).pk}"
    assert api.delete(address, headers={"If-Match": '"7"'}).status_code == 412
    assert api.get(address).status_code == 200
    assert api.delete(address, headers={"If-Match": '"1"'}).status_code == 204
    assert api.delete(address).status_code == 404
    assert api.delete(f"{path}/{uuid.uuid4()}", headers={"If-Match": "*"}).status_code == 404


def meanwhile(monkeypatch: pytest.MonkeyPatch, times: int, **changes: Any) -> None:
    """Let somebody else change the contact just before the API's own write, so many times."""
    write, left = operations.save_contact, [times]

    def save(contact: Contact, **kwargs: Any) -> Contact:
        if left[0]:
            left[0] -= 1
            other = Contact.objects.get(pk=contact.pk)
            for name, value in changes.items():
                setattr(other, name, f"{value}{left[0]}")
            write(other, by=Author(Origin.DEMO))
        return write(contact, **kwargs)

    monkeypatch.setattr("contacts.api.save_contact", save)


def test_a_change_without_a_condition_is_applied_to_what_another_left(
    api: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"contacts/{ContactFactory.create(team=api.team).pk}"
    meanwhile(monkeypatch, 2, job_title="CEO")
    response = api.patch(address, {"source": "Fair"})
    assert (response.status_code, response["ETag"]) == (200, '"4"')
    assert (response.json()["jobTitle"], response.json()["source"]) == ("CEO0", "Fair")


def test_a_change_with_a_condition_is_told(api: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"contacts/{ContactFactory.create(team=api.team).pk}"
    meanwhile(monkeypatch, 1, job_title="CEO")
    response = api.patch(address, {"source": "Fair"}, headers={"If-Match": '"1"'})
    assert (response.status_code, errors(response)) == (412, {None: "precondition_failed"})
    assert api.get(address).json()["source"] == ""


def test_after_a_few_tries_it_is_a_conflict(api: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"contacts/{ContactFactory.create(team=api.team).pk}"
    meanwhile(monkeypatch, 99, job_title="CEO")
    response = api.patch(address, {"source": "Fair"})
    assert (response.status_code, errors(response)) == (409, {None: "conflict"})


def test_a_call_that_others_keep_writing_is_a_conflict(
    api: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stale(*_: Any, **__: Any) -> None:
        raise StaleRecord(CallFactory.create(team=api.team))

    monkeypatch.setattr("calls.api.record_call", stale)
    response = api.post("calls", {"teamId": str(api.team.pk), "direction": "inbound"})
    assert (response.status_code, errors(response)) == (409, {None: "conflict"})


def test_the_body_is_read_before_the_version(api: Program) -> None:
    address = f"contacts/{ContactFactory.create(team=api.team).pk}"
    response = api.patch(address, {"firstName": 1}, headers={"If-Match": '"9"'})
    assert (response.status_code, errors(response)) == (400, {"firstName": "invalid"})
