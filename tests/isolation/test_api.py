"""Every address of the API with every sort of key: another team's things are unknown."""

import uuid
from typing import Any

import pytest
from django.test import Client

from tests.factories import ApiKeyFactory
from tests.isolation.routes import ROUTES, Api, address
from tests.isolation.world import MARK, World

APIS = {route: api for route, api in ROUTES.items() if isinstance(api, Api)}
CALLS = [(route, method) for route, api in APIS.items() for method in api.methods.split()]
#: Each list, and what scopes call it.
SCOPES = {
    "contacts": "contacts",
    "companies": "companies",
    "calls": "calls",
    "custom-fields": "fields",
    "imports": "contacts",
}
LISTS = list(SCOPES)
#: Addresses outside the lists, and what scopes call their data.
OTHERS = {"proposals": "contacts", "field-policies": "fields"}


def send(key: Any, method: str, path: str, body: str = "{}") -> Any:
    headers = {"Authorization": f"Bearer {key.secret}"} if key else {}
    return Client().generic(
        method, path, data=body, content_type="application/json", headers=headers
    )


@pytest.mark.parametrize(("route", "method"), CALLS)
def test_no_key_is_refused(world: World, route: str, method: str) -> None:
    response = send(None, method, address(route, "", world.ours.ids()))
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert MARK not in response.text


@pytest.mark.parametrize(("route", "method"), CALLS)
def test_a_key_without_the_scope_is_refused(world: World, route: str, method: str) -> None:
    if route.endswith("/me"):
        pytest.skip("Every key may ask what it is.")
    wrong = {"contacts:read": "companies:read"}
    known = SCOPES | OTHERS
    room = next(name for name in reversed(route.split("/")) if name in known)
    scopes = [f"{name}:read" for name in SCOPES.values()] + [
        f"{name}:write" for name in SCOPES.values() if name != known[room]
    ]
    if method == "GET":
        scopes = [scope for scope in scopes if scope != f"{known[room]}:read"]
    key = ApiKeyFactory.create(team=world.ours.team, scopes=scopes or [wrong[room]])
    query = f"?teamId={world.ours.team.pk}"
    response = send(key, method, address(route, "", world.ours.ids()) + query)
    assert response.status_code == 403, response.text


@pytest.mark.parametrize(("route", "method"), [call for call in CALLS if "{" in call[0]])
@pytest.mark.parametrize("team", ["ours", "theirs", None])
def test_another_teams_id_is_unknown(
    world: World, route: str, method: str, team: str | None
) -> None:
    path = address(route, "", world.theirs.ids())
    unknown = address(route, "", dict.fromkeys(world.theirs.ids(), uuid.uuid4()))
    query = f"?teamId={getattr(world, team).team.pk}" if team and method == "GET" else ""
    response = send(world.ours.key, method, path + query)
    assert response.status_code == (403 if team == "theirs" and query else 404), response.text
    assert response.text == send(world.ours.key, method, unknown + query).text
    assert MARK not in response.text
    assert world.theirs_is_as_it_was()


@pytest.mark.parametrize("room", LISTS)
def test_another_team_cannot_be_listed_or_written_to(world: World, room: str) -> None:
    for team in (world.theirs.team.pk, uuid.uuid4()):
        listed = send(world.ours.key, "GET", f"/api/crm/{room}?teamId={team}")
        assert listed.status_code == 403
        created = send(
            world.ours.key,
            "POST",
            f"/api/crm/{room}",
            f'{{"teamId": "{team}", "name": "N", "firstName": "A", "lastName": "B", '
            f'"companyId": "{world.theirs.company.pk}", "direction": "inbound", '
            '"entityType": "contact", "label": "N"}',
        )
        # Nobody posts to a list of imports.
        assert created.status_code in (400, 403, 405), created.text
        assert MARK not in listed.text + created.text
    assert world.theirs_is_as_it_was()


@pytest.mark.parametrize(
    "query",
    ["contacts?companyId={company}", "calls?contactId={contact}", "calls?companyId={company}"],
)
def test_another_teams_id_in_a_filter_finds_nothing(world: World, query: str) -> None:
    path = f"/api/crm/{query}&teamId={world.ours.team.pk}".format(**world.theirs.ids())
    response = send(world.ours.key, "GET", path)
    assert response.status_code == 200
    assert response.json()["results"] == []


@pytest.mark.parametrize(
    ("room", "body"),
    [
        ("contacts", '"firstName": "A", "lastName": "B", "companyId": "{company}"'),
        ("calls", '"direction": "inbound", "contactId": "{contact}"'),
    ],
)
def test_another_teams_id_in_a_body_does_not_exist(world: World, room: str, body: str) -> None:
    filled = body.replace("{company}", str(world.theirs.company.pk)).replace(
        "{contact}", str(world.theirs.contact.pk)
    )
    response = send(
        world.ours.key,
        "POST",
        f"/api/crm/{room}",
        f'{{"teamId": "{world.ours.team.pk}", {filled}}}',
    )
    assert response.status_code == 400, response.text
    assert [error["code"] for error in response.json()["errors"]] == ["does_not_exist"]


def test_everything_in_a_list_is_ours(world: World) -> None:
    for room in LISTS:
        response = send(world.ours.key, "GET", f"/api/crm/{room}?teamId={world.ours.team.pk}")
        assert {row["teamId"] for row in response.json()["results"]} == {str(world.ours.team.pk)}
        assert MARK not in response.text
