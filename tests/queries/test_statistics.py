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


def known_pages() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpages FROM pg_class WHERE relname = 'companies_company'")
        (pages,) = cursor.fetchone()
    return int(pages)


def test_a_table_that_has_doubled_is_looked_at_again() -> None:
    team = TeamFactory.create()
    add(team, range(200))
    analyze_grown(Company)
    few = known_pages()
    add(team, range(200, 210))
    analyze_grown(Company)
    assert known_pages() == few
    add(team, range(210, 600))
    analyze_grown(Company)
    assert known_pages() >= 2 * few > 0
