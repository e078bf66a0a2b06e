"""Companies over REST."""

import uuid
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from companies.models import Company
from crm.history.models import Change, Origin, Verb
from crm.teams.models import Team
from tests.api.client import Program, errors, ids, said
from tests.factories import CompanyFactory, ContactFactory, TeamFactory

pytestmark = pytest.mark.django_db

TEXTS = (
    "website industry companySize phone addressLine1 addressLine2 city state postalCode country "
    "notes externalId"
).split()
FIELDS = ["id", "teamId", "name", *TEXTS, "customFields", "contactCount", "createdAt", "updatedAt"]


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(region="DE")


@pytest.fixture
def api(team: Team) -> Program:
    return Program(team)


def test_only_a_name_is_required(api: Program) -> None:
    response = api.post("companies", {"teamId": str(api.team.pk), "name": " Acme  Inc "})
    assert response.status_code == 201
    answer = response.json()
    assert sorted(answer) == sorted(FIELDS)
    assert response["Location"] == f"http://testserver/api/crm/companies/{answer['id']}"
    assert response["ETag"] == '"1"'
    assert (answer["name"], answer["contactCount"]) == ("Acme Inc", 0)
    assert {answer[name] for name in TEXTS} == {""}
    assert Change.objects.get(record_id=answer["id"]).origin == Origin.API
    missing = api.post("companies", {"teamId": str(api.team.pk)})
    assert (missing.status_code, errors(missing)) == (400, {"name": "required"})


def test_a_full_company_comes_back_as_it_is_stored(api: Program) -> None:
    full = {name: f"some {name}" for name in TEXTS} | {
        "teamId": str(api.team.pk),
        "name": "Acme",
        "website": "Acme.com/",
        "phone": "030 123456",
        "country": "Germany",
        "postalCode": "10115",
    }
    answer = api.post("companies", full).json()
    stored = {"website": "https://acme.com", "phone": "+4930123456", "country": "DE"}
    assert {name: answer[name] for name in full} == full | stored
    assert api.get(f"companies/{answer['id']}").json() == answer
    assert api.list("companies").json()["results"] == [answer]


@pytest.mark.parametrize("name", ["ACME", " acme ", "Ａｃｍｅ"])
def test_a_name_is_one_companys_in_its_team(api: Program, name: str) -> None:
    CompanyFactory.create(team=api.team, name="Acme")
    response = api.post("companies", {"teamId": str(api.team.pk), "name": name})
    assert (response.status_code, errors(response)) == (400, {"name": "unique"})
    other = TeamFactory.create()
    elsewhere = Program(other).post("companies", {"teamId": str(other.pk), "name": name})
    assert elsewhere.status_code == 201


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "blank"),
        ("name", " ", "blank"),
        ("name", "x" * 201, "max_length"),
        ("website", "not a site", "website"),
        ("phone", "ring", "phone"),
        ("country", "Atlantis", "country"),
        ("externalId", "taken", "unique"),
    ],
)
def test_a_bad_value_is_said_beside_its_field(
    api: Program, field: str, value: str, code: str
) -> None:
    CompanyFactory.create(team=api.team, external_id="taken")
    body = {"teamId": str(api.team.pk), "name": "New", field: value}
    response = api.post("companies", body)
    assert (response.status_code, errors(response)) == (400, {field: code})
    assert Company.objects.count() == 1


def test_a_patch_changes_what_it_names(api: Program) -> None:
    company = CompanyFactory.create(team=api.team, name="Acme", city="Rome")
    ContactFactory.create(company=company)
    answer = api.patch(f"companies/{company.pk}", {"name": "ACME", "country": "it"}).json()
    assert (answer["name"], answer["country"], answer["city"]) == ("ACME", "IT", "Rome")
    assert answer["contactCount"] == 1
    assert errors(api.patch(f"companies/{company.pk}", {"contactCount": 0})) == {
        "contactCount": "read_only"
    }


def test_a_company_with_contacts_stays(api: Program) -> None:
    company = CompanyFactory.create(team=api.team, name="Acme")
    for _ in range(3):
        ContactFactory.create(company=company)
    response = api.delete(f"companies/{company.pk}")
    assert (response.status_code, errors(response)) == (409, {None: "has_contacts"})
    assert "3 contacts" in said(response)
    assert api.get(f"companies/{company.pk}").json()["contactCount"] == 3
    assert not Change.objects.filter(verb=Verb.DELETED).exists()
    company.contacts.all().delete()
    assert api.delete(f"companies/{company.pk}").status_code == 204
    assert api.get(f"companies/{company.pk}").status_code == 404


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_teams_company_is_unknown(api: Program, method: str) -> None:
    foreign = CompanyFactory.create()
    theirs = api.send(method, f"companies/{foreign.pk}", {})
    unknown = api.send(method, f"companies/{uuid.uuid4()}", {})
    assert (theirs.status_code, unknown.status_code) == (404, 404)
    assert theirs.content == unknown.content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "Acme Bolt Çay"),
        ({"ordering": "-name"}, "Çay Bolt Acme"),
        ({"ordering": "createdAt"}, "Çay Acme Bolt"),
        ({"ordering": "-updatedAt"}, "Bolt Acme Çay"),
        ({"search": "ACM"}, "Acme"),
        ({"search": "bolt.io"}, "Bolt"),
        ({"search": "cay"}, "Çay"),
        ({"industry": "Steel"}, "Acme Bolt"),
        ({"industry": "steel"}, ""),
        ({"country": "TR"}, "Çay"),
        ({"country": "TR", "industry": "Steel"}, ""),
    ],
)
def test_filters_and_orders(api: Program, query: dict[str, str], found: str) -> None:
    CompanyFactory.create(name="Acme", industry="Steel", country="TR")
    for name, fields in {
        "Çay": {"country": "TR"},
        "Acme": {"industry": "Steel", "website": "https://acme.com"},
        "Bolt": {"industry": "Steel", "website": "https://bolt.io"},
    }.items():
        CompanyFactory.create(team=api.team, name=name, **fields)
    page = api.list("companies", **query).json()
    assert [row["name"] for row in page["results"]] == found.split()
    assert page["count"] == len(found.split())


def test_each_company_counts_its_own_contacts(api: Program) -> None:
    for people in range(3):
        company = CompanyFactory.create(team=api.team, name=f"Company {people}")
        for _ in range(people):
            ContactFactory.create(company=company)
    rows = api.list("companies").json()["results"]
    assert [row["contactCount"] for row in rows] == [0, 1, 2]


def test_a_list_takes_as_many_queries_for_one_as_for_fifty(
    api: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(50):
        company = CompanyFactory.create(team=api.team)
        ContactFactory.create(company=company)
        if number in (0, 49):
            api.list("companies")
            # The key; the rows; how many contacts each has.
            with django_assert_num_queries(3):
                assert len(ids(api.list("companies"))) == number + 1


def test_a_create_takes_few_queries(
    api: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    body: dict[str, Any] = {"teamId": str(api.team.pk), "name": "Acme"}
    api.get("me")
    # The key; custom fields, whether the name is taken; begin, the company, its change, commit.
    with django_assert_num_queries(7):
        assert api.post("companies", body).status_code == 201
