"""Contacts over REST: what is asked for, what is answered, what is remembered."""

import datetime as dt
import uuid
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from calls.models import Call
from companies.models import Company
from contacts.models import Contact, Tag
from crm.history.models import Change, Origin, Verb
from crm.teams.models import Team
from tests.api.client import Program, errors, said
from tests.factories import CallFactory, CompanyFactory, ContactFactory, TeamFactory

pytestmark = pytest.mark.django_db

FIELDS = (
    "id teamId companyId company firstName lastName jobTitle email phone phoneSecondary leadStatus "
    "source timezone preferredContactMethod doNotCall notes tags customFields externalId "
    "lastCallAt createdAt updatedAt"
).split()


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(region="US")


@pytest.fixture
def api(team: Team) -> Program:
    return Program(team)


@pytest.fixture
def company(team: Team) -> Company:
    return CompanyFactory.create(team=team, name="Acme")


@pytest.fixture
def body(team: Team, company: Company) -> dict[str, Any]:
    return {
        "teamId": str(team.pk),
        "companyId": str(company.pk),
        "firstName": "Anna",
        "lastName": "Berg",
    }


def moment(text: str) -> dt.datetime:
    assert text.endswith("Z")
    return dt.datetime.fromisoformat(text)


def test_the_least_contact(api: Program, body: dict[str, Any], company: Company) -> None:
    response = api.post("contacts", body)
    assert response.status_code == 201
    answer = response.json()
    assert list(answer) == FIELDS
    assert response["Location"] == f"http://testserver/api/crm/contacts/{answer['id']}"
    assert response["ETag"] == '"1"'
    contact = Contact.objects.get(pk=answer["id"])
    assert uuid.UUID(answer["id"]).version == 7
    assert moment(answer["createdAt"]) == contact.created_at
    assert moment(answer["updatedAt"]) == contact.updated_at
    rest = {name: answer[name] for name in FIELDS if name not in ("id", "createdAt", "updatedAt")}
    assert rest == body | {
        "company": {"id": str(company.pk), "name": "Acme"},
        "leadStatus": "new",
        "doNotCall": False,
        "tags": [],
        "customFields": {},
        "lastCallAt": None,
    } | dict.fromkeys(
        "jobTitle email phone phoneSecondary source timezone preferredContactMethod notes "
        "externalId".split(),
        "",
    )


def test_a_full_contact_comes_back_as_it_is_stored(api: Program, body: dict[str, Any]) -> None:
    full = body | {
        "firstName": "  Zoë ",
        "jobTitle": "Head of  Sales",
        "email": "Zoe@Example.COM",
        "phone": "(415) 555-0182",
        "phoneSecondary": "+49 30 123456",
        "leadStatus": "qualified",
        "source": "Fair",
        "timezone": "europe/berlin",
        "preferredContactMethod": "sms",
        "doNotCall": True,
        "notes": "one\r\ntwo",
        "tags": ["VIP", "hot lead", "vip"],
        "externalId": "crm-7",
    }
    response = api.post("contacts", full)
    answer = response.json()
    stored = {
        "firstName": "Zoë",
        "jobTitle": "Head of Sales",
        "email": "zoe@example.com",
        "phone": "+14155550182",
        "phoneSecondary": "+4930123456",
        "timezone": "Europe/Berlin",
        "notes": "one\ntwo",
        "tags": ["VIP", "hot lead"],
    }
    assert {name: answer[name] for name in full} == full | stored
    assert api.get(f"contacts/{answer['id']}").json() == answer
    assert api.list("contacts").json()["results"] == [answer]


def test_a_tag_is_answered_as_the_team_spells_it(api: Program, body: dict[str, Any]) -> None:
    Tag.objects.create(team=api.team, name="VIP", name_key="vip")
    assert api.post("contacts", body | {"tags": ["vip"]}).json()["tags"] == ["VIP"]
    assert Tag.objects.count() == 1


def test_a_number_is_read_in_the_teams_region(body: dict[str, Any]) -> None:
    berlin = TeamFactory.create(region="DE")
    company = CompanyFactory.create(team=berlin)
    body |= {"teamId": str(berlin.pk), "companyId": str(company.pk), "phone": "030 123456"}
    assert Program(berlin).post("contacts", body).json()["phone"] == "+4930123456"


def test_a_create_is_history_by_the_key(api: Program, body: dict[str, Any]) -> None:
    contact_id = api.post("contacts", body).json()["id"]
    change = Change.objects.get(record_id=contact_id)
    assert (change.verb, change.origin, change.actor_key_id) == (
        Verb.CREATED,
        Origin.API,
        api.key.pk,
    )


def test_posting_never_matches_people(api: Program, body: dict[str, Any]) -> None:
    same = body | {"email": "anna@example.com", "phone": "+14155550182"}
    assert [api.post("contacts", same).status_code for _ in range(2)] == [201, 201]
    assert api.post("contacts", body | {"externalId": "7"}).status_code == 201
    again = api.post("contacts", body | {"externalId": "7"})
    assert (again.status_code, errors(again)) == (400, {"externalId": "unique"})
    other = TeamFactory.create()
    elsewhere = {
        "teamId": str(other.pk),
        "companyId": str(CompanyFactory.create(team=other).pk),
        "externalId": "7",
    }
    assert Program(other).post("contacts", body | elsewhere).status_code == 201


def test_the_company_must_be_of_the_team(api: Program, body: dict[str, Any]) -> None:
    foreign = api.post("contacts", body | {"companyId": str(CompanyFactory.create().pk)})
    unknown = api.post("contacts", body | {"companyId": str(uuid.uuid4())})
    assert foreign.status_code == unknown.status_code == 400
    assert errors(foreign) == {"companyId": "does_not_exist"}
    assert foreign.content == unknown.content
    contact = ContactFactory.create(team=api.team)
    moved = api.patch(f"contacts/{contact.pk}", {"companyId": str(CompanyFactory.create().pk)})
    assert errors(moved) == {"companyId": "does_not_exist"}


@pytest.mark.parametrize("name", ["teamId", "companyId", "firstName", "lastName"])
def test_four_fields_are_required(api: Program, body: dict[str, Any], name: str) -> None:
    del body[name]
    response = api.post("contacts", body)
    assert (response.status_code, errors(response)) == (400, {name: "required"})
    assert not Contact.objects.exists()


def test_a_patch_changes_what_it_names(api: Program, company: Company) -> None:
    contact = ContactFactory.create(company=company, job_title="CEO", tags=["a", "b"])
    other = CompanyFactory.create(team=api.team, name="Umbrella")
    path = f"contacts/{contact.pk}"
    answer = api.patch(path, {"companyId": str(other.pk), "phone": "415 555 0182"}).json()
    assert answer["company"] == {"id": str(other.pk), "name": "Umbrella"}
    assert (answer["phone"], answer["jobTitle"], answer["tags"]) == (
        "+14155550182",
        "CEO",
        ["a", "b"],
    )
    assert api.patch(path, {"tags": ["c"], "jobTitle": ""}).json()["tags"] == ["c"]
    assert api.patch(path, {"tags": []}).json()["tags"] == []
    change = Change.objects.filter(record_id=contact.pk, origin=Origin.API).earliest("at")
    assert change.fields == {
        "company": [str(company.pk), str(other.pk)],
        "phone": ["", "+14155550182"],
    }


def test_an_empty_patch_changes_nothing(api: Program) -> None:
    contact = ContactFactory.create(team=api.team)
    response = api.patch(f"contacts/{contact.pk}", {})
    assert (response.status_code, response["ETag"]) == (200, '"1"')
    assert not Change.objects.filter(origin=Origin.API).exists()


@pytest.mark.parametrize(
    ("before", "patch", "after"),
    [
        ({}, {"leadStatus": "do_not_contact"}, ("do_not_contact", True)),
        ({}, {"doNotCall": True}, ("new", True)),
        ({"do_not_call": True}, {"doNotCall": False}, ("new", False)),
        ({"lead_status": "do_not_contact"}, {"leadStatus": "new"}, ("new", True)),
        (
            {"lead_status": "do_not_contact"},
            {"leadStatus": "new", "doNotCall": False},
            ("new", False),
        ),
        ({"lead_status": "do_not_contact"}, {"doNotCall": False}, None),
        ({"lead_status": "do_not_contact"}, {"jobTitle": "CEO", "doNotCall": False}, None),
        ({}, {"leadStatus": "do_not_contact", "doNotCall": False}, None),
        (
            {"do_not_call": True},
            {"leadStatus": "do_not_contact", "doNotCall": False},
            None,
        ),
    ],
)
def test_do_not_contact_is_not_called(
    api: Program,
    before: dict[str, Any],
    patch: dict[str, Any],
    after: tuple[str, bool] | None,
) -> None:
    contact = ContactFactory.create(team=api.team, **before)
    response = api.patch(f"contacts/{contact.pk}", patch)
    if after is None:
        assert (response.status_code, errors(response)) == (400, {"doNotCall": "do_not_contact"})
        assert api.get(f"contacts/{contact.pk}")["ETag"] == '"1"'
    else:
        assert response.status_code == 200
        assert (response.json()["leadStatus"], response.json()["doNotCall"]) == after


def test_a_new_contact_is_not_cleared_for_calls_against_its_status(
    api: Program, body: dict[str, Any]
) -> None:
    status = {"leadStatus": "do_not_contact"}
    assert api.post("contacts", body | status).json()["doNotCall"] is True
    refused = api.post("contacts", body | status | {"doNotCall": False})
    assert (refused.status_code, errors(refused)) == (400, {"doNotCall": "do_not_contact"})


def test_deleting_leaves_the_calls(api: Program) -> None:
    contact = ContactFactory.create(team=api.team, phone="+14155550182")
    call = CallFactory.create(contact=contact)
    response = api.delete(f"contacts/{contact.pk}")
    assert (response.status_code, response.content) == (204, b"")
    assert not Contact.objects.exists()
    assert Call.objects.get(pk=call.pk).contact_id is None
    assert Change.objects.filter(
        record_id=contact.pk, verb=Verb.DELETED, origin=Origin.API
    ).exists()
    assert api.delete(f"contacts/{contact.pk}").status_code == 404


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_teams_contact_is_unknown(api: Program, method: str) -> None:
    foreign = ContactFactory.create()
    theirs = api.send(method, f"contacts/{foreign.pk}", {})
    unknown = api.send(method, f"contacts/{uuid.uuid4()}", {})
    assert (theirs.status_code, unknown.status_code) == (404, 404)
    assert theirs.content == unknown.content
    assert Contact.objects.filter(pk=foreign.pk).exists()


def test_the_last_call_moves_without_a_version(api: Program) -> None:
    contact = ContactFactory.create(team=api.team)
    before = api.get(f"contacts/{contact.pk}")
    call = CallFactory.create(contact=contact)
    after = api.get(f"contacts/{contact.pk}")
    assert moment(after.json()["lastCallAt"]) == call.started_at
    assert (after["ETag"], after.json()["updatedAt"]) == (
        before["ETag"],
        before.json()["updatedAt"],
    )


def test_a_create_takes_few_queries(
    api: Program, body: dict[str, Any], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api.get("me")
    # The key; custom fields, the company; begin, the contact, its change, commit.
    with django_assert_num_queries(7):
        assert api.post("contacts", body).status_code == 201


def test_errors_name_what_the_client_called_it(api: Program, body: dict[str, Any]) -> None:
    response = api.post("contacts", body | {"phoneSecondary": "1", "preferredContactMethod": "x"})
    assert list(errors(response)) == ["preferredContactMethod"]
    assert "phone, email, sms" in said(response, "preferredContactMethod")
    response = api.post("contacts", body | {"phoneSecondary": "1"})
    assert errors(response) == {"phoneSecondary": "phone"}
