"""What calls may fill, and what waits for a decision, over REST."""

from typing import Any

import pytest
from django.test import Client

from calls.enrichment.models import Proposal
from calls.models import Call
from contacts.models import Contact
from crm.history.models import Change, Origin
from crm.teams.models import Team
from tests.api.client import Program, errors
from tests.calls.enrichment.kit import SAID, Script, make_call, read
from tests.factories import ApiKeyFactory, ContactFactory, CustomFieldFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact() -> Contact:
    return ContactFactory.create()


@pytest.fixture
def team(contact: Contact) -> Team:
    return contact.team


@pytest.fixture
def api(team: Team) -> Program:
    return Program(team)


def policies(api: Program) -> dict[str, str]:
    said = api.get(f"field-policies?teamId={api.team.pk}").json()
    rows = said["results"]
    return {f"{each['entityType']} {each['field']}": each["fillFromCalls"] for each in rows}


def test_every_field_has_a_policy_but_the_protected_ones(api: Program, team: Team) -> None:
    CustomFieldFactory.create(team=team, key="seats", label="Seats", entity_type="company")
    known = policies(api)
    assert known["contact jobTitle"] == known["contact email"] == "empty"
    assert known["contact phoneSecondary"] == known["contact timezone"] == "empty"
    assert known["contact firstName"] == known["contact leadStatus"] == "propose"
    assert known["contact company"] == "propose"
    assert known["company customFields.seats"] == "empty"
    protected = {"externalId", "notes", "source", "tags", "id", "lastCallAt"}
    assert not {name.split()[1] for name in known} & protected


def test_a_policy_is_changed_and_history_tells(api: Program, team: Team) -> None:
    change = {"entityType": "contact", "field": "jobTitle", "fillFromCalls": "overwrite"}
    said = api.patch("field-policies", {"policies": [change], "newFields": "propose"})
    assert said.status_code == 200, said.content
    assert said.json()["newFields"] == "propose"
    assert policies(api)["contact jobTitle"] == "overwrite"
    told = Change.objects.get(team=team, record_type="enrichment")
    assert told.fields == {
        "contact.job_title": ["empty", "overwrite"],
        "new_fields": ["create", "propose"],
    }


@pytest.mark.parametrize(
    "change",
    [
        {"entityType": "contact", "field": "notes", "fillFromCalls": "empty"},
        {"entityType": "contact", "field": "nonsense", "fillFromCalls": "empty"},
        {"entityType": "contact", "field": "doNotCall", "fillFromCalls": "overwrite"},
        {"entityType": "contact", "field": "email", "fillFromCalls": "always"},
        {"entityType": "contact", "field": "email"},
    ],
)
def test_what_cannot_be_is_refused(api: Program, change: dict[str, Any]) -> None:
    before = policies(api)
    assert api.patch("field-policies", {"policies": [change]}).status_code == 400
    assert policies(api) == before


@pytest.fixture
def call(contact: Contact, script: Script) -> Call:
    script.values = {"first_name": "Ann", "lead_status": "Qualified"}
    call = make_call(contact)
    read(call)
    return call


def listed(api: Program, contact: Contact, status: str = "open") -> list[dict[str, Any]]:
    return api.get(f"contacts/{contact.pk}/proposals?status={status}").json()["results"]


def test_proposals_are_listed_with_their_proof(api: Program, contact: Contact, call: Call) -> None:
    said = {each["field"]: each for each in listed(api, contact)}
    assert said["leadStatus"]["value"] == "qualified"
    assert said["firstName"]["evidence"] == {
        "callId": str(call.pk),
        "quote": SAID,
        "turn": 1,
        "confirmedBy": None,
        "startSeconds": 4.5,
        "confidence": 0.9,
    }


def test_a_proposal_is_accepted_edited_or_rejected_once(
    api: Program, contact: Contact, call: Call
) -> None:
    ids = {each["field"]: each["id"] for each in listed(api, contact)}
    said = api.post(f"proposals/{ids['firstName']}/accept", {"value": "Anne"})
    assert (said.status_code, said.json()["status"]) == (200, "accepted")
    contact.refresh_from_db()
    assert contact.first_name == "Anne"
    assert Change.objects.filter(record_id=contact.pk).latest("at").origin == Origin.API
    assert api.post(f"proposals/{ids['firstName']}/accept", {}).status_code == 409
    assert api.post(f"proposals/{ids['leadStatus']}/reject", {}).json()["status"] == "rejected"
    assert listed(api, contact) == []
    assert len(listed(api, contact, "rejected")) == 1


def test_a_value_that_the_field_cannot_hold_leaves_the_proposal_open(
    api: Program, contact: Contact, call: Call
) -> None:
    proposal = Proposal.objects.get(field="lead_status")
    said = api.post(f"proposals/{proposal.pk}/accept", {"value": "king"})
    assert said.status_code == 400, errors(said)
    proposal.refresh_from_db()
    assert proposal.is_open


def test_a_decision_needs_no_body(api: Program, contact: Contact, call: Call) -> None:
    proposal = Proposal.objects.get(field="lead_status")
    headers = {"Authorization": f"Bearer {ApiKeyFactory.create(team=contact.team).secret}"}
    said = Client().generic("POST", f"/api/crm/proposals/{proposal.pk}/reject", headers=headers)
    assert said.status_code == 200, said.content
