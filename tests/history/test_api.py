"""GET /contacts/{id}/history: who or what set which field, when, from what to what."""

import uuid
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from contacts.models import Contact
from contacts.operations import save_contact
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.teams.models import Role, Team
from tests.api.client import Program, errors, ids
from tests.factories import (
    CallFactory,
    CompanyFactory,
    ContactFactory,
    TeamFactory,
    member_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def api(team: Team) -> Program:
    return Program(team, name="Website")


@pytest.fixture
def contact(team: Team) -> Contact:
    return ContactFactory.create(team=team)


def edit(contact: Contact, by: Author, tags: list[str] | None = None, **values: Any) -> None:
    for name, value in values.items():
        setattr(contact, name, value)
    save_contact(contact, by=by, tags=tags)


def changed(field: str, old: Any, new: Any, evidence: Any = None) -> dict[str, Any]:
    return {"field": field, "old": old, "new": new, "evidence": evidence}


def test_what_happened_newest_first(api: Program, team: Team, contact: Contact) -> None:
    maya = member_of(team, Role.MEMBER, name="Maya Lindholm")
    before, after = contact.company_id, CompanyFactory.create(team=team)
    edit(contact, Author.person(maya), company=after, lead_status="do_not_contact")
    api.patch(f"contacts/{contact.pk}", {"phone": "(415) 555-0182", "tags": ["b", "a"]})
    answer = api.get(f"contacts/{contact.pk}/history").json()
    assert {key: answer[key] for key in ("count", "countIsExact", "next", "previous")} == {
        "count": 3,
        "countIsExact": True,
        "next": None,
        "previous": None,
    }
    by_key, by_maya, created = answer["results"]
    assert by_maya["actor"] == {"type": "user", "id": str(maya.pk), "name": "Maya Lindholm"}
    assert by_key["actor"] == {"type": "key", "id": str(api.key.pk), "name": "Website"}
    assert [each["origin"] for each in answer["results"]] == ["api", "manual", "demo"]
    assert created | {"id": "", "at": ""} == {
        "id": "",
        "verb": "created",
        "at": "",
        "origin": "demo",
        "actor": None,
        "fields": [],
    }
    assert sorted(by_maya["fields"], key=lambda each: each["field"]) == [
        changed("companyId", str(before), str(after.pk)),
        changed("doNotCall", False, True),
        changed("leadStatus", "new", "do_not_contact"),
    ]
    assert sorted(by_key["fields"], key=lambda each: each["field"]) == [
        changed("phone", "", "+14155550182"),
        changed("tags", [], ["a", "b"]),
    ]
    stored = Change.objects.get(pk=by_key["id"])
    assert by_key["at"] == stored.at.isoformat().replace("+00:00", "Z")


def test_a_custom_field_keeps_its_key(api: Program, contact: Contact) -> None:
    edit(contact, Author(Origin.EXTRACTOR), job_title="Head")
    fields = {"custom_fields.fleet_size": [None, 86]}
    Change.objects.filter(record_id=contact.pk, verb="updated").update(fields=fields)
    [said, _] = api.get(f"contacts/{contact.pk}/history").json()["results"]
    assert said["fields"] == [changed("customFields.fleet_size", None, 86)]


def test_a_value_that_was_heard_brings_its_proof(api: Program, contact: Contact) -> None:
    call = CallFactory.create(contact=contact)
    proof = {"quote": "I run sales", "turn": 3, "confirmed_by": None, "seconds": 61.5}
    evidence = {"call": str(call.pk), "fields": {"job_title": proof}}
    contact.job_title = "Head of Sales"
    save_contact(contact, by=Author(Origin.EXTRACTOR, evidence=evidence))
    [said, _] = api.get(f"contacts/{contact.pk}/history").json()["results"]
    assert said["fields"] == [
        changed(
            "jobTitle",
            "",
            "Head of Sales",
            {
                "callId": str(call.pk),
                "quote": "I run sales",
                "turn": 3,
                "confirmedBy": None,
                "startSeconds": 61.5,
                "confidence": 1.0,
            },
        )
    ]


def test_it_is_paged(api: Program, contact: Contact) -> None:
    for number in range(5):
        edit(contact, Author(Origin.API), job_title=str(number))
    path = f"contacts/{contact.pk}/history"
    every = ids(api.get(path))
    assert len(every) == 6
    page = api.get(path, limit=2, offset=2).json()
    assert [row["id"] for row in page["results"]] == every[2:4]
    assert page["next"].endswith("limit=2&offset=4")
    assert page["previous"].endswith("limit=2&offset=0")
    assert "count" not in api.get(path, count="none").json()
    assert api.get(path, count="exact", limit=1).json()["count"] == 6


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({"limit": "abc"}, "limit"),
        ({"offset": "-1"}, "offset"),
        ({"ordering": "at"}, "ordering"),
        ({"verb": "created"}, "verb"),
        ({"teamId": "x"}, "teamId"),
    ],
)
def test_parameters_are_strict(
    api: Program, contact: Contact, query: dict[str, str], attr: str
) -> None:
    answer = api.get(f"contacts/{contact.pk}/history", **query)
    assert (answer.status_code, list(errors(answer))) == (400, [attr])


def test_whose_it_is(api: Program, contact: Contact) -> None:
    theirs = ContactFactory.create()
    for pk in (theirs.pk, uuid.uuid4()):
        assert api.get(f"contacts/{pk}/history").status_code == 404
    path = f"contacts/{contact.pk}/history"
    assert api.get(path, teamId=api.team.pk).status_code == 200
    assert api.get(path, teamId=theirs.team_id).status_code == 403
    assert api.post(path, {}).status_code == 405
    reader = Program(api.team, scopes=["contacts:write", "companies:read"])
    assert reader.get(path).status_code == 403


def test_a_page_is_one_query_however_long(
    api: Program, contact: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = f"contacts/{contact.pk}/history"
    api.get(path)
    # the key with its team · the contact · its changes and their count
    with django_assert_num_queries(3):
        api.get(path)
    for number in range(30):
        company = CompanyFactory.create(team=api.team)
        edit(contact, Author(Origin.API), job_title=str(number), company=company)
    with django_assert_num_queries(3):
        assert len(ids(api.get(path))) == 31
