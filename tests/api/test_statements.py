"""Compiled queries answer what the ORM answers."""

import uuid
from typing import Any

import pytest
from django.db.models import F, Q
from pytest_django import DjangoAssertNumQueries

from calls.models import Call
from contacts.models import Contact, ContactTag
from contacts.representation import COLUMNS
from crm.api.statements import Statement, count_rows, read_rows
from crm.teams.models import Team
from tests.factories import CallFactory, ContactFactory

CALL_COLUMNS = (
    "id",
    "contact__last_name",
    "cost_amount",
    "extracted_data",
    "success",
    "started_at",
)


@pytest.fixture
def calls(team: Team) -> None:
    for number in range(4):
        tags = ["vip"] if number % 2 else []
        contact = ContactFactory.create(team=team, phone=f"+1415555018{number}", tags=tags)
        CallFactory.create(contact=contact, extracted_data={"n": number}, cost_amount="0.25")
    CallFactory.create(team=team, success=True)
    CallFactory.create(contact=ContactFactory.create(phone="+14155550180", tags=["vip"]))


CONTACTS: list[Any] = [
    lambda team: team.contacts.all(),
    lambda team: team.contacts.order_by("-created_at", "-id"),
    lambda team: team.contacts.order_by(F("last_call_at").desc(nulls_last=True), "-id")[1:3],
    lambda team: team.contacts.order_by("last_name", "id")[:2],
    lambda team: team.contacts.order_by("id")[2:],
    lambda team: team.contacts.filter(lead_status="new").with_phone().order_by("id"),
    lambda team: team.contacts.filter(~Q(phone="+14155550181")).order_by("id"),
    lambda team: team.contacts.tagged("VIP").order_by("id"),
    lambda team: team.contacts.search("415 555").order_by("id"),
    lambda team: team.contacts.filter(pk__in=[]),
    lambda team: team.contacts.filter(pk__in=[uuid.uuid4()]),
    lambda team: team.contacts.filter(company__name__contains="Company").order_by("id"),
    lambda team: team.contacts.none(),
    lambda team: Contact.objects.order_by("id"),
]


@pytest.mark.parametrize("make", CONTACTS)
def test_rows_of_contacts_are_the_orms(team: Team, calls: None, make: Any) -> None:
    expected = [tuple(row) for row in make(team).values_list(*COLUMNS)]
    assert [tuple(row) for row in read_rows(make(team), COLUMNS)] == expected


@pytest.mark.parametrize("make", [make for make in CONTACTS if not make(Team()).query.is_sliced])
@pytest.mark.parametrize("most", [1, 2, 4, 100])
def test_counts_stop_at_the_most(team: Team, calls: None, make: Any, most: int) -> None:
    assert count_rows(make(team), most) == min(make(team).count(), most)


@pytest.mark.parametrize(
    "make",
    [
        lambda team: team.calls.newest_first(),
        lambda team: team.calls.unmatched().order_by("id"),
        lambda team: team.calls.search("415").order_by("id"),
        lambda team: team.calls.filter(contact__company__name__contains="o").order_by("id"),
    ],
)
def test_values_are_converted_and_joins_are_kept(team: Team, calls: None, make: Any) -> None:
    expected = [tuple(row) for row in make(team).values_list(*CALL_COLUMNS)]
    assert expected
    assert [tuple(row) for row in read_rows(make(team), CALL_COLUMNS)] == expected
    assert count_rows(make(team), 100) == len(expected)


def test_only_the_conditions_are_made_anew(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    read_rows(team.contacts.order_by("id"), COLUMNS)

    def refuse(*_: Any) -> None:
        raise AssertionError("The ORM was asked for the whole SQL again.")

    monkeypatch.setattr("django.db.models.sql.compiler.SQLCompiler.as_sql", refuse)
    assert read_rows(team.contacts.filter(lead_status="new").order_by("id"), COLUMNS) == []
    assert count_rows(team.contacts.filter(lead_status="new"), 10) == 0


def _links(values: Any) -> Any:
    team_id, *contacts = values
    links = ContactTag.objects.filter(team_id=team_id, contact_id__in=contacts)
    return links.order_by("contact_id").values_list("contact_id", "tag__name", "team_id")


def test_a_statement_runs_with_other_values(
    team: Team, calls: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    built = []

    def links(values: Any) -> Any:
        built.append(values)
        return _links(values)

    statement = Statement(Contact._meta.get_field("id"), links)
    other = Contact.objects.exclude(team=team).get()
    for contacts in (team.contacts.all(), [other], team.contacts.all()[:1]):
        values = [contacts[0].team_id, *(contact.pk for contact in contacts)]
        with django_assert_num_queries(1):
            found = statement.rows(values)
        assert [tuple(row) for row in found] == [tuple(row) for row in _links(values)]
    assert [len(values) for values in built] == [5, 2]


def test_a_statement_of_nothing_finds_nothing(team: Team) -> None:
    assert Statement(Contact._meta.get_field("id"), _links).rows([team.pk]) == []


def test_json_and_decimals_are_what_the_orm_makes_of_them(team: Team, calls: None) -> None:
    rows = read_rows(team.calls.filter(extracted_data__n=2), ("extracted_data", "cost_amount"))
    call = Call.objects.get(team=team, extracted_data__n=2)
    assert [tuple(row) for row in rows] == [(call.extracted_data, call.cost_amount)]
