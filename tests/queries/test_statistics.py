import pytest
from django.db import connection

from companies.models import Company
from companies.operations import save_companies
from crm.history.models import Origin
from crm.history.recording import Author
from crm.queries.statistics import analyze_grown
from crm.teams.models import Team
from tests.factories import TeamFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no statistics"),
]


def add(team: Team, numbers: range) -> None:
    companies = [Company(team=team, name=f"Company {number}") for number in numbers]
    assert not save_companies(companies, by=Author(Origin.DEMO)).errors


def ask(column: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM pg_class WHERE relname = 'companies_company'")  # noqa: S608
        (pages,) = cursor.fetchone()
    return int(pages)


def known_pages() -> int:
    return ask("relpages")


def pages() -> int:
    """As many as there are, those among them that earlier tests have left empty."""
    return ask("pg_relation_size(oid) / current_setting('block_size')::int")


def test_a_table_that_has_grown_much_is_looked_at_again() -> None:
    team, number = TeamFactory.create(), 200
    add(team, range(number))
    analyze_grown(Company)
    few = known_pages()
    assert few > 0
    add(team, range(number, number + 10))
    analyze_grown(Company)
    assert known_pages() == few
    while pages() < 4 * few:
        number += 200
        add(team, range(number, number + 200))
    analyze_grown(Company)
    assert known_pages() >= 4 * few
