"""Pages of a list: which rows, whether there are more, and an honest count."""

from typing import Any

import pytest

from crm.api import pagination
from crm.queries import listings
from crm.teams.models import Team
from tests.api.client import Program, ids
from tests.factories import CompanyFactory, ContactFactory


@pytest.fixture
def contacts(team: Team) -> list[str]:
    """Seven contacts, newest first."""
    company = CompanyFactory.create(team=team)
    return [str(ContactFactory.create(company=company).pk) for _ in range(7)][::-1]


def counts(page: dict[str, Any]) -> tuple[Any, Any]:
    return page.get("count"), page.get("countIsExact")


def test_a_short_list_is_one_page(api: Program, contacts: list[str]) -> None:
    response = api.list("contacts")
    page = response.json()
    assert ids(response) == contacts
    assert list(page) == ["count", "countIsExact", "next", "previous", "results"]
    assert (page["next"], page["previous"], counts(page)) == (None, None, (7, True))


def test_an_empty_list(api: Program) -> None:
    assert api.list("contacts").json() == {
        "count": 0,
        "countIsExact": True,
        "next": None,
        "previous": None,
        "results": [],
    }


def test_following_next_reads_everybody_once(api: Program, contacts: list[str]) -> None:
    seen, address = [], f"/api/crm/contacts?teamId={api.team.pk}&limit=3&hasPhone=false"
    while address:
        response = api.send("GET", address)
        seen += ids(response)
        assert counts(response.json()) == (7, True)
        last, address = response, response.json()["next"]
    assert seen == contacts
    back = api.send("GET", last.json()["previous"])
    assert ids(back) == contacts[3:6]
    assert "hasPhone=false" in back.json()["next"]


@pytest.mark.parametrize(
    ("offset", "limit", "before", "after"),
    [(0, 3, None, 3), (2, 3, 0, 5), (4, 3, 1, None), (6, 3, 3, None), (7, 3, 4, None)],
)
def test_next_and_previous_keep_the_rest_of_the_address(
    api: Program, contacts: list[str], offset: int, limit: int, before: Any, after: Any
) -> None:
    response = api.list("contacts", limit=limit, offset=offset, ordering="-createdAt")
    page = response.json()
    assert ids(response) == contacts[offset : offset + limit]
    for link, place in ((page["previous"], before), (page["next"], after)):
        expected = (
            f"http://testserver/api/crm/contacts?teamId={api.team.pk}"
            f"&limit={limit}&offset={place}&ordering=-createdAt"
        )
        assert link == (None if place is None else expected)


def test_beyond_the_end_there_is_nothing_but_a_count(api: Program, contacts: list[str]) -> None:
    page = api.list("contacts", offset=100).json()
    assert (page["results"], page["next"], counts(page)) == ([], None, (7, True))


def test_a_long_count_is_capped_unless_it_is_asked_for(
    api: Program, contacts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagination, "COUNT_CAP", 6)
    assert counts(api.list("contacts", limit=2).json()) == (6, False)
    assert counts(api.list("contacts", limit=2, count="exact").json()) == (7, True)
    assert counts(api.list("contacts", limit=2, count="none").json()) == (None, None)
    assert counts(api.list("contacts", limit=2, offset=6).json()) == (7, True)
    monkeypatch.setattr(pagination, "COUNT_CAP", 7)
    assert counts(api.list("contacts", limit=2).json()) == (7, True)


def test_a_search_knows_its_count(
    api: Program, contacts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert counts(api.list("contacts", search="first", limit=2).json()) == (7, True)
    monkeypatch.setattr(pagination, "COUNT_CAP", 3)
    response = api.list("contacts", search="first", limit=2)
    assert (ids(response), counts(response.json())) == (contacts[:2], (3, False))


def test_a_deep_page_has_the_same_rows(
    api: Program, contacts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings, "DEEP", 2)
    for offset in range(8):
        response = api.list("contacts", limit=2, offset=offset, hasPhone="false")
        assert ids(response) == contacts[offset : offset + 2]
        assert bool(response.json()["next"]) == (offset + 2 < 7)


def test_a_slash_at_the_end_changes_nothing(api: Program, contacts: list[str]) -> None:
    for path in ("contacts", f"contacts/{contacts[0]}", "me", f"contacts/{contacts[0]}/calls"):
        plain, slashed = api.get(path, teamId=api.team.pk), api.get(f"{path}/", teamId=api.team.pk)
        assert plain.status_code == slashed.status_code
        assert plain.content == slashed.content.replace(b"contacts/?", b"contacts?")
    assert api.get("contacts//", teamId=api.team.pk).status_code == 404
