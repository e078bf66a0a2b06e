"""Contacts over REST, many at once: what a list filters and sorts by, and what it costs."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from companies.models import Company
from contacts.models import Contact
from contacts.operations import save_contact
from crm.history.models import Origin
from crm.history.recording import Author
from crm.teams.models import Team
from tests.api.client import Program, errors, ids
from tests.conftest import Unblock
from tests.factories import CallFactory, CompanyFactory, ContactFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def people(module_db: Unblock) -> dict[str, Contact]:
    """Three people of our team, who differ in what lists filter and sort by; one of another."""
    with module_db():
        return make_people()


@pytest.fixture
def api(people: dict[str, Contact]) -> Program:
    return Program(people["anna"].team)


def make_people() -> dict[str, Contact]:
    team: Team = TeamFactory.create(region="US")
    ContactFactory.create(first_name="Anna", phone="+14155550182", tags=["VIP"], source="Fair")
    made = {
        "anna": ContactFactory.create(
            company=CompanyFactory.create(team=team, name="Acme"),
            first_name="Anna",
            last_name="Berg",
            phone="+14155550182",
            email="anna@example.com",
            tags=["VIP", "hot"],
            source="Fair",
            external_id="7",
        ),
        "bert": ContactFactory.create(
            team=team,
            first_name="Bert",
            last_name="Çelik",
            phone_secondary="+14155550199",
            lead_status="do_not_contact",
            tags=["vip plus"],
        ),
        "cleo": ContactFactory.create(
            team=team, first_name="Cleo", last_name="Adams", lead_status="qualified"
        ),
    }
    CallFactory.create(contact=made["bert"], started_at=timezone.now() - dt.timedelta(days=2))
    CallFactory.create(contact=made["anna"], started_at=timezone.now() - dt.timedelta(days=1))
    return made


def names(people: dict[str, Contact], response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    by_id = {str(contact.pk): name for name, contact in people.items()}
    return [by_id[each] for each in ids(response)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "cleo bert anna"),
        ({"leadStatus": "qualified"}, "cleo"),
        ({"leadStatus": "churned"}, ""),
        ({"hasPhone": "true"}, "bert anna"),
        ({"hasPhone": "false"}, "cleo"),
        ({"doNotCall": "true"}, "bert"),
        ({"doNotCall": "false"}, "cleo anna"),
        ({"tag": "vip"}, "anna"),
        ({"tag": " VIP  PLUS "}, "bert"),
        ({"tag": "cold"}, ""),
        ({"source": "Fair"}, "anna"),
        ({"source": "fair"}, ""),
        ({"externalId": "7"}, "anna"),
        ({"search": "ann"}, "anna"),
        ({"search": "BERG anna"}, "anna"),
        ({"search": "celik"}, "bert"),
        ({"search": "anna@example"}, "anna"),
        ({"search": "(415) 555-0182"}, "anna"),
        ({"search": "4155550182"}, "anna"),
        ({"search": "+1 415 555"}, "bert anna"),
        ({"search": "0199"}, "bert"),
        ({"search": "anna cleo"}, ""),
        ({"search": "%"}, ""),
        ({"search": "_"}, ""),
        ({"hasPhone": "true", "doNotCall": "false", "search": "berg"}, "anna"),
        ({"companyId": "{company}"}, "anna"),
        ({"companyId": str(uuid.uuid4())}, ""),
    ],
)
def test_filters(
    api: Program, people: dict[str, Contact], query: dict[str, str], found: str
) -> None:
    query = {key: text.format(company=people["anna"].company_id) for key, text in query.items()}
    response = api.list("contacts", **query)
    assert names(people, response) == found.split()
    assert response.json()["count"] == len(found.split())


def test_another_teams_company_in_a_filter_finds_nothing(
    api: Program, people: dict[str, Contact]
) -> None:
    foreign = Contact.objects.exclude(team=api.team).get()
    assert ids(api.list("contacts", companyId=foreign.company_id)) == []


def test_times_are_after_not_at(api: Program, people: dict[str, Contact]) -> None:
    anna = api.get(f"contacts/{people['anna'].pk}").json()
    for name, field in (("createdAfter", "createdAt"), ("updatedAfter", "updatedAt")):
        assert names(people, api.list("contacts", **{name: anna[field]})) == ["cleo", "bert"]
    earlier = people["anna"].created_at - dt.timedelta(microseconds=1)
    response = api.list("contacts", createdAfter=earlier.isoformat())
    assert names(people, response) == ["cleo", "bert", "anna"]
    bert = api.get(f"contacts/{people['bert'].pk}").json()
    assert names(people, api.list("contacts", lastCallAfter=bert["lastCallAt"])) == ["anna"]


@pytest.mark.parametrize(
    ("ordering", "found"),
    [
        ("createdAt", "anna bert cleo"),
        ("-createdAt", "cleo bert anna"),
        ("updatedAt", "anna cleo bert"),
        ("-updatedAt", "bert cleo anna"),
        ("lastName", "cleo anna bert"),
        ("-lastName", "bert anna cleo"),
        ("lastCallAt", "bert anna cleo"),
        ("-lastCallAt", "anna bert cleo"),
    ],
)
def test_orders(api: Program, people: dict[str, Contact], ordering: str, found: str) -> None:
    bert = Contact.objects.get(pk=people["bert"].pk)
    bert.job_title = "CEO"
    save_contact(bert, by=Author(Origin.DEMO))
    assert names(people, api.list("contacts", ordering=ordering)) == found.split()
    searched = api.list("contacts", ordering=ordering, search="a")
    assert names(people, searched) == [n for n in found.split() if n != "bert"]


def test_the_contacts_of_a_company(api: Program, people: dict[str, Contact]) -> None:
    path = f"companies/{people['anna'].company_id}/contacts"
    response = api.get(path)
    assert names(people, response) == ["anna"]
    assert response.json()["results"] == api.list("contacts", search="anna").json()["results"]
    assert api.get(path, ordering="lastName", limit=1, count="none").status_code == 200
    assert errors(api.get(path, search="anna")) == {"search": "unknown"}
    foreign = Contact.objects.exclude(team=api.team).get()
    theirs = api.get(f"companies/{foreign.company_id}/contacts")
    unknown = api.get(f"companies/{uuid.uuid4()}/contacts")
    assert (theirs.status_code, unknown.status_code) == (404, 404)
    assert theirs.content == unknown.content


@pytest.mark.parametrize("query", [{}, {"search": "first"}, {"tag": "vip"}, {"hasPhone": "false"}])
@pytest.mark.parametrize("ordering", ["-createdAt", "-lastCallAt"])
def test_a_list_takes_as_many_queries_for_one_as_for_fifty(
    django_assert_num_queries: DjangoAssertNumQueries,
    query: dict[str, str],
    ordering: str,
) -> None:
    company: Company = CompanyFactory.create()
    api = Program(company.team)
    # The key; (the search's hits;) the rows with their companies and tags.
    expected = 3 if "search" in query else 2
    for number in range(50):
        ContactFactory.create(company=company, tags=["vip", f"tag {number}"])
        if number in (0, 49):
            api.list("contacts", ordering=ordering, **query)
            with django_assert_num_queries(expected):
                page = api.list("contacts", ordering=ordering, **query).json()
            assert len(page["results"]) == number + 1
