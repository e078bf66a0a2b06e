"""PostgreSQL keeps the plans of statements that are best run in one way for every team."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection

from contacts.models import Contact
from contacts.representation import COLUMNS
from crm.queries.listings import list_rows, list_where
from crm.teams.models import Team
from tests.api.client import Program
from tests.factories import ContactFactory, TeamFactory

NEWEST = ("-created_at", "-id")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans in no time"),
]


def prepared(*, table: str = "contacts_contact") -> set[str]:
    """Return the reads of this connection that its server has prepared."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return {sql for (sql,) in cursor if sql.startswith("SELECT") and f'FROM "{table}"' in sql}


@pytest.fixture
def team() -> Team:
    """A team without contacts."""
    return TeamFactory.create()


@pytest.fixture(autouse=True)
def _nothing_prepared(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")


@pytest.mark.parametrize(
    ("order", "start", "is_kept"),
    [
        (NEWEST, 0, True),
        (("last_name", "id"), 0, True),
        # Another statement for each page would push out those that come again.
        (NEWEST, 2, False),
        # The best plan for a team of fifty is a bad one for a team of half a million.
        (("company__name", "id"), 0, False),
        (("created_at", "id"), 0, False),
    ],
)
def test_the_first_page_in_an_indexs_order(
    team: Team, order: Sequence[str], start: int, is_kept: bool
) -> None:
    ContactFactory.create_batch(4, team=team)
    for _ in range(3):
        listing = list_where(Contact, "team", team.pk, order, COLUMNS)
        assert len(listing.page(start, start + 2, 100)[0]) == 2
    assert bool(prepared()) is is_kept


@pytest.mark.parametrize(
    ("query", "is_kept"),
    [
        ({"leadStatus": "qualified"}, True),
        ({"leadStatus": "qualified", "hasPhone": "true"}, True),
        ({"leadStatus": "qualified", "ordering": "lastName"}, False),
        ({"hasPhone": "true"}, False),
        ({"leadStatus": "qualified", "doNotCall": "false"}, False),
        ({"search": "Ada"}, False),
    ],
)
def test_filters_that_an_index_answers(team: Team, query: dict[str, str], is_kept: bool) -> None:
    api = Program(team)
    ContactFactory.create(
        team=team, first_name="Ada", lead_status="qualified", phone="+14155550180"
    )
    for _ in range(3):
        assert api.list("contacts", **query).json()["count"] == 1
    assert bool({sql for sql in prepared() if "COUNT" in sql}) is is_kept


def test_rows_are_those_of_the_values_of_this_run(team: Team) -> None:
    statuses = ("new", "qualified", "new")
    contacts = [ContactFactory.create(team=team, lead_status=status) for status in statuses]
    for status, count in (("new", 2), ("qualified", 1), ("churned", 0), ("new", 2)):
        rows = team.contacts.filter(lead_status=status)
        found = list_rows(rows, NEWEST, ("id",), is_prepared=True).page(0, 9, 100)
        ours = [contact.pk for contact in reversed(contacts) if contact.lead_status == status]
        assert found == ([(pk,) for pk in ours], count)


def test_it_can_be_switched_off(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    ContactFactory.create(team=team)
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    for _ in range(3):
        page: Any = list_where(Contact, "team", team.pk, NEWEST, COLUMNS).page(0, 2, 100)
        assert page[1] == 1
    assert not prepared()
