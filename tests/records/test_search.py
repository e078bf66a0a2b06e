import pytest
from pytest_django import DjangoAssertNumQueries

from contacts.models import Contact
from crm.records import search
from crm.records.search import hits_first
from crm.teams.models import Team
from tests.factories import CompanyFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


def add(team: Team, *names: str) -> None:
    company = CompanyFactory.create(team=team)
    for name in names:
        first, last = name.split()
        Contact.objects.create(
            team=team, company=company, first_name=first, last_name=last, search=f" {name.lower()}"
        )


def found(team: Team, query: str) -> list[str]:
    return sorted(contact.name for contact in team.contacts.search(query))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("anna", ["Anna Berg", "Johanna Lund"]),
        ("an", ["Anna Berg"]),
        ("a b", ["Anna Berg"]),
        ("anna lund", ["Johanna Lund"]),
        ("lund anna", ["Johanna Lund"]),
        ("anna nobody", []),
        ("", ["Anna Berg", "Johanna Lund"]),
        ("%", []),
        ("_", []),
    ],
)
def test_every_word_must_occur_and_a_short_one_begin_a_word(
    team: Team, query: str, expected: list[str]
) -> None:
    add(team, "Anna Berg", "Johanna Lund")
    assert found(team, query) == expected


def test_few_hits_are_found_before_they_are_sorted(
    team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    add(team, "Anna Berg", "Johanna Lund", "Bo Li")
    with django_assert_num_queries(1):
        rows, count = hits_first(team.contacts.search("anna"))
    assert count == 2
    assert [row.last_name for row in rows.order_by("-last_name")] == ["Lund", "Berg"]


def test_many_hits_are_left_to_the_index(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FEW_HITS", 1)
    add(team, "Anna Berg", "Johanna Lund", "Bo Li")
    rows, count = hits_first(team.contacts.search("anna"))
    assert count is None
    assert [row.last_name for row in rows.order_by("last_name")] == ["Berg", "Lund"]


def test_no_hit_is_an_answer_too(team: Team) -> None:
    rows, count = hits_first(team.contacts.search("nobody"))
    assert (list(rows), count) == ([], 0)
