"""Pages of a list hold what the ORM would answer, by few queries and without its work."""

import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from calls.models import Call
from contacts.models import Contact
from contacts.representation import COLUMNS
from crm.queries import listings
from crm.queries.listings import CompiledListing, list_rows, list_where
from crm.teams.models import Team
from tests.conftest import Unblock
from tests.factories import CallFactory, ContactFactory, TeamFactory

CALL_COLUMNS = (
    "id",
    "contact__last_name",
    "cost_amount",
    "extracted_data",
    "success",
    "started_at",
)
MOST = 100

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def team(module_db: Unblock) -> Team:
    """A team with four contacts and five calls, beside another."""
    with module_db():
        team = TeamFactory.create()
        for number in range(4):
            tags = ["vip"] if number % 2 else []
            contact = ContactFactory.create(team=team, phone=f"+1415555018{number}", tags=tags)
            CallFactory.create(contact=contact, extracted_data={"n": number}, cost_amount="0.25")
        CallFactory.create(team=team, success=True)
        CallFactory.create(contact=ContactFactory.create(phone="+14155550180", tags=["vip"]))
    return team


def tuples(rows: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in rows]


CONDITIONS: list[Any] = [
    lambda team: team.contacts.all(),
    lambda team: team.contacts.filter(lead_status="new").with_phone(),
    lambda team: team.contacts.filter(~Q(phone="+14155550181")),
    lambda team: team.contacts.tagged("VIP"),
    lambda team: team.contacts.search("415 555"),
    lambda team: team.contacts.search("nobody"),
    lambda team: team.contacts.filter(pk__in=[]),
    lambda team: team.contacts.filter(pk__any=[uuid.uuid4()]),
    lambda team: team.contacts.filter(company__name__contains="Company"),
    lambda team: team.contacts.none(),
    lambda team: Contact.objects.all(),
]
ORDERS: list[Sequence[Any]] = [
    ("-created_at", "-id"),
    ("last_name", "id"),
    ("-company__name", "id"),
    (F("last_call_at").desc(nulls_last=True), "-id"),
]


@pytest.mark.parametrize("make", CONDITIONS)
@pytest.mark.parametrize("order", ORDERS)
def test_a_page_is_the_orms(team: Team, make: Any, order: Any) -> None:
    everything, count = (
        tuples(make(team).order_by(*order).values_list(*COLUMNS)),
        make(team).count(),
    )
    listing = list_rows(make(team), order, COLUMNS)
    for read in (listing.page, listing.search_page):
        for start, stop in ((0, 50), (0, 2), (1, 3), (3, 9), (9, 12)):
            rows, known = read(start, stop, MOST)
            assert (tuples(rows), known) == (everything[start:stop], count)
            assert tuples(read(start, stop, 0)[0]) == everything[start:stop]


@pytest.mark.parametrize("make", CONDITIONS)
def test_counts_stop_at_the_most(team: Team, make: Any) -> None:
    listing = list_rows(make(team), ["id"], COLUMNS)
    for most in (1, 2, 4, 100):
        expected = min(make(team).count(), most)
        assert listing.count(most) == expected
        assert listing.page(0, 1, most)[1] == expected
        assert listing.search_page(0, 1, most)[1] == expected
    assert listing.count(None) == make(team).count()


def test_many_hits_are_left_to_the_order(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = list_rows(team.contacts.search("415"), ["-phone"], ["phone"])
    expected = [("+14155550183",), ("+14155550182",)]
    assert (tuples(listing.search_page(0, 2, 3)[0]), 3) == (expected, 3)
    monkeypatch.setattr(listings, "FEW_HITS", 2)
    rows, count = listing.search_page(0, 2, 0)
    assert (tuples(rows), count) == (expected, None)


@pytest.mark.parametrize("make", CONDITIONS)
def test_a_deep_page_has_the_same_rows(
    team: Team, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings, "DEEP", 1)
    expected = tuples(make(team).order_by("phone").values_list(*COLUMNS)[1:3])
    rows, count = list_rows(make(team), ["phone"], COLUMNS).page(1, 3, MOST)
    assert (tuples(rows), count) == (expected, make(team).count())


@pytest.mark.parametrize("order", ORDERS)
def test_rows_of_one_value_are_found_without_a_queryset(team: Team, order: Any) -> None:
    for field, value in (("team", team.pk), ("phone", "+14155550180"), ("do_not_call", True)):
        expected = Contact.objects.filter(**{field: value}).order_by(*order)
        rows, count = list_where(Contact, field, value, order, COLUMNS).page(0, 3, MOST)
        assert tuples(rows) == tuples(expected.values_list(*COLUMNS)[:3])
        assert count == expected.count()


def test_a_list_far_longer_than_its_count_is_not_counted_each_time(team: Team) -> None:
    def is_counted(most: int) -> bool:
        listing = list_where(Contact, "team", team.pk, ["id"], COLUMNS)
        with CaptureQueriesContext(connection) as asked:
            rows, count = listing.page(0, 2, most)
        assert (len(rows), count) == (2, min(most, 4))
        return any("COUNT" in query["sql"] for query in asked)

    assert [is_counted(2), is_counted(2)] == [True, False]
    # One that is hardly longer may be shorter in a moment.
    assert [is_counted(3), is_counted(3), is_counted(100)] == [True, True, True]


CALLS: list[Any] = [
    lambda team: team.calls.all(),
    lambda team: team.calls.unmatched(),
    lambda team: team.calls.search("415"),
    lambda team: team.calls.filter(contact__company__name__contains="o"),
]


@pytest.mark.parametrize("make", CALLS)
def test_values_are_converted_and_joins_are_kept(team: Team, make: Any) -> None:
    expected = tuples(make(team).order_by("id").values_list(*CALL_COLUMNS))
    assert expected
    rows, count = list_rows(make(team), ["id"], CALL_COLUMNS).page(0, 50, MOST)
    assert (tuples(rows), count) == (expected, len(expected))


def test_json_and_decimals_are_what_the_orm_makes_of_them(team: Team) -> None:
    calls: QuerySet[Call] = team.calls.filter(extracted_data__n=2)
    rows, _count = list_rows(calls, ["id"], ("extracted_data", "cost_amount")).page(0, 2, 0)
    call = Call.objects.get(team=team, extracted_data__n=2)
    assert tuples(rows) == [(call.extracted_data, call.cost_amount)]


def test_rows_and_count_come_in_one_query(
    team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        rows, count = list_rows(team.contacts.all(), ["id"], COLUMNS).page(0, 2, MOST)
    assert (len(rows), count) == (2, 4)
    # The hits that are on the page, and their rows.
    with django_assert_num_queries(2):
        rows, count = list_rows(team.contacts.search("415"), ["id"], COLUMNS).search_page(0, 2, 9)
    assert (len(rows), count) == (2, 4)


def test_only_the_conditions_are_compiled_anew(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    list_rows(team.contacts.all(), ["id"], COLUMNS).page(0, 2, MOST)

    def refuse(*_: Any) -> None:
        raise AssertionError("The ORM was asked for the whole SQL again.")

    monkeypatch.setattr("django.db.models.sql.compiler.SQLCompiler.as_sql", refuse)
    listing = list_rows(team.contacts.filter(lead_status="new"), ["id"], COLUMNS)
    assert isinstance(listing, CompiledListing)
    assert listing.page(0, 2, MOST)[1] == 4
