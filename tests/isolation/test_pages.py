"""Every page, as everybody: no row of another team is ever read, written or hinted at."""

import pytest

from crm.teams.models import Role
from tests.engines.runs import is_second_run
from tests.isolation.routes import RANK, ROUTES, Page, address, served
from tests.isolation.world import MARK, ROLES, World, undone

PAGES = {route: page for route, page in ROUTES.items() if isinstance(page, Page)}
WITH_ID = [route for route in PAGES if "{" in route]
# Who may open a page is said before the databases differ: SQLite's run asks it for all.
VISITORS = (
    ("owner",) if is_second_run() else ("stranger", "outsider", *(role.value for role in ROLES))
)


def test_the_table_knows_every_route() -> None:
    assert set(served()) == set(ROUTES)


def may(page: Page, method: str, role: str) -> bool:
    least = page.get if method == "GET" else page.post
    return least is not None and RANK[Role(role)] >= RANK[least]


@pytest.mark.parametrize("route", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_of_our_team_answers_by_role(world: World, route: str, method: str) -> None:
    page = PAGES[route]
    path = address(route, world.ours.team.slug, world.ours.ids())
    for who in VISITORS:
        with undone():
            response = world.client(who).generic(method, path)
        status = response.status_code
        if who == "stranger":
            assert status == 302, (who, status)
            assert response["Location"].startswith("/sign-in"), (who, response["Location"])
        elif who == "outsider":
            assert status == 404, (who, status)
        elif may(page, method, who):
            # 409: the company has contacts, and who deletes it is told so.
            assert status in (200, 302, 409), (who, status)
        else:
            assert status in (403, 405), (who, status)


# What a page says to a stranger to its team is said before the database differs.
@pytest.mark.once
@pytest.mark.parametrize("route", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_teams_address_is_unknown(world: World, route: str, method: str) -> None:
    path = address(route, world.theirs.team.slug, world.theirs.ids())
    for role in ROLES:
        response = world.client(role.value).generic(method, path)
        assert response.status_code == 404, (role, response.status_code)
        assert MARK.encode() not in response.content
    assert world.theirs_is_as_it_was()


@pytest.mark.once
@pytest.mark.parametrize("route", WITH_ID)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_teams_ids_under_our_address_are_unknown(
    world: World, route: str, method: str
) -> None:
    path = address(route, world.ours.team.slug, world.theirs.ids())
    for role in ROLES:
        response = world.client(role.value).generic(method, path)
        expected = (404,) if may(PAGES[route], method, role.value) else (403, 404, 405)
        assert response.status_code in expected, (role, response.status_code)
        assert MARK.encode() not in response.content
    assert world.theirs_is_as_it_was()


def test_lists_and_searches_show_our_rows_only(world: World) -> None:
    client = world.client("owner")
    for room in ("contacts", "companies", "calls"):
        for query in (
            "",
            f"?search={MARK}",
            "?search=4155550182",
            f"?company={world.theirs.company.pk}",
        ):
            response = client.get(f"/t/ours/{room}{query}")
            assert response.status_code == 200
            assert MARK not in response.text.replace(f"search={MARK}", "").replace(
                f'value="{MARK}"', ""
            ).replace(f"“{MARK}”", "")
    for room in ("companies", "contacts"):
        assert MARK not in client.get(f"/t/ours/{room}/options?q=zan").text
        assert MARK not in client.get(f"/t/ours/{room}/options").text


def test_the_audit_log_names_nobody_of_another_team(world: World) -> None:
    client, theirs = world.client("owner"), world.theirs
    stranger = world.users["outsider"]
    stranger.name = f"Name {MARK}"
    stranger.save()
    for query in (
        f"person={stranger.pk}",
        f"key={theirs.key.pk}",
        f"record=contact-{theirs.contact.pk}",
        f"record=company-{theirs.company.pk}&type=company",
    ):
        page = client.get(f"/t/ours/settings/audit?{query}")
        assert page.status_code == 200
        assert "Nothing matches" in page.text, query
        assert MARK not in page.text, query
        assert stranger.email not in page.text, query
    assert MARK not in client.get("/t/ours/settings/audit").text


def test_forms_refuse_another_teams_rows(world: World) -> None:
    client = world.client("member")
    values = {"first_name": "A", "last_name": "B", "company": world.theirs.company.name}
    response = client.post("/t/ours/contacts/new", values)
    assert response.status_code == 200
    assert not world.ours.team.contacts.filter(first_name="A").exists()
    values["company"] = str(world.theirs.company.pk)
    assert client.post("/t/ours/contacts/new", values).status_code == 200
    assert world.theirs_is_as_it_was()


@pytest.mark.parametrize("who", ["stranger", "outsider", "viewer", "member", "owner"])
def test_the_home_page_leads_to_ones_own_team_only(world: World, who: str) -> None:
    response = world.client(who).get("/")
    assert response.status_code == 302
    expected = {"stranger": "/sign-in", "outsider": "/t/theirs/contacts"}.get(
        who, "/t/ours/contacts"
    )
    assert response["Location"].startswith(expected)
