"""Who may ask the API, what their key may do, and how often."""

import datetime as dt
import types
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.history.models import Origin
from crm.history.recording import Author
from crm.team_settings.operations import revoke_api_key
from crm.teams import throttling
from crm.teams.models import ApiKey, Role, Scope, Team
from tests.api.client import Program, errors, said
from tests.factories import CompanyFactory, TeamFactory, member_of

pytestmark = pytest.mark.django_db

BACKEND = "crm.accounts.backends.PasswordBackend"


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(name="North")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer cbk_wrong",
        "Bearer \x00",
        "Bearer é",
        "Basic dXNlcjpwYXNz",
        "Token {secret}",
        "{secret}",
        "Bearer {secret} more",
    ],
)
def test_without_a_good_key_nobody_is_let_in(team: Team, header: str | None) -> None:
    secret = Program(team).key.secret
    headers = {} if header is None else {"Authorization": header.format(secret=secret)}
    response = Client().get("/api/crm/me", headers=headers)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert set(errors(response)) == {None}
    assert "RateLimit" not in response


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  "])
def test_the_scheme_may_be_in_any_case(team: Team, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {Program(team).key.secret}"}
    assert Client().get("/api/crm/me", headers=headers).status_code == 200


def test_a_signed_in_person_is_no_key(team: Team, client: Client) -> None:
    client.force_login(member_of(team, Role.OWNER), backend=BACKEND)
    assert client.get("/api/crm/me").status_code == 401


def test_an_expired_and_a_revoked_key_are_told_the_same_as_a_wrong_one(team: Team) -> None:
    past = timezone.now() - dt.timedelta(seconds=1)
    expired, revoked, wrong = Program(team, expires_at=past), Program(team), Program(team)
    revoke_api_key(revoked.key, by=Author(Origin.MANUAL))
    wrong.key.secret += "x"
    answers = [program.get("me") for program in (expired, revoked, wrong)]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert len({answer.content for answer in answers}) == 1


def test_a_key_works_until_it_expires(team: Team) -> None:
    soon = timezone.now() + dt.timedelta(minutes=1)
    assert Program(team, expires_at=soon).get("me").status_code == 200


def test_a_key_and_its_team_are_found_in_one_query(
    team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api = Program(team)
    api.get("me")
    with django_assert_num_queries(1):
        assert api.get("me").json()["teamName"] == "North"


def test_its_last_use_is_noted_at_most_once_a_minute(team: Team) -> None:
    api = Program(team)
    api.get("me")
    first = ApiKey.objects.get(pk=api.key.pk).last_used_at
    assert first is not None
    api.get("me")
    assert ApiKey.objects.get(pk=api.key.pk).last_used_at == first
    ApiKey.objects.filter(pk=api.key.pk).update(last_used_at=first - dt.timedelta(seconds=61))
    api.get("me")
    again = ApiKey.objects.get(pk=api.key.pk).last_used_at
    assert again is not None
    assert again > first


def test_me_says_what_the_key_is_good_for(team: Team) -> None:
    api = Program(team, name="Dialer", scopes=["calls:read", "contacts:write"], rate_limit=7)
    assert api.get("me").json() == {
        "teamId": str(team.pk),
        "teamName": "North",
        "keyName": "Dialer",
        "scopes": ["calls:read", "contacts:write"],
        "rateLimit": 7,
    }


NEEDED = {
    ("GET", "contacts"): Scope.CONTACTS_READ,
    ("POST", "contacts"): Scope.CONTACTS_WRITE,
    ("GET", "contacts/{id}"): Scope.CONTACTS_READ,
    ("PATCH", "contacts/{id}"): Scope.CONTACTS_WRITE,
    ("DELETE", "contacts/{id}"): Scope.CONTACTS_WRITE,
    ("GET", "contacts/{id}/calls"): Scope.CALLS_READ,
    ("GET", "companies"): Scope.COMPANIES_READ,
    ("POST", "companies"): Scope.COMPANIES_WRITE,
    ("GET", "companies/{id}"): Scope.COMPANIES_READ,
    ("PATCH", "companies/{id}"): Scope.COMPANIES_WRITE,
    ("DELETE", "companies/{id}"): Scope.COMPANIES_WRITE,
    ("GET", "companies/{id}/contacts"): Scope.CONTACTS_READ,
    ("GET", "custom-fields"): Scope.FIELDS_READ,
    ("POST", "custom-fields"): Scope.FIELDS_WRITE,
    ("GET", "custom-fields/{id}"): Scope.FIELDS_READ,
    ("PATCH", "custom-fields/{id}"): Scope.FIELDS_WRITE,
    ("DELETE", "custom-fields/{id}"): Scope.FIELDS_WRITE,
    ("GET", "calls"): Scope.CALLS_READ,
    ("POST", "calls"): Scope.CALLS_WRITE,
    ("GET", "calls/{id}"): Scope.CALLS_READ,
    ("PATCH", "calls/{id}"): Scope.CALLS_WRITE,
    ("GET", "calls/{id}/recording"): Scope.CALLS_READ,
}


@pytest.mark.parametrize(("asked", "scope"), NEEDED.items())
def test_each_address_needs_its_one_scope(team: Team, asked: tuple[str, str], scope: Scope) -> None:
    method, path = asked[0], asked[1].format(id=uuid.uuid4())
    others = [other for other in Scope.values if other not in (scope, Scope.EVERYTHING)]
    refused = Program(team, scopes=others).send(method, path, {})
    assert refused.status_code == 403
    assert errors(refused) == {None: "permission_denied"}
    assert scope in said(refused)
    for enough in (scope, Scope.EVERYTHING):
        answer = Program(team, scopes=[enough]).send(method, path, {})
        assert answer.status_code in (200, 400, 404), answer.content


def test_reading_does_not_write(team: Team) -> None:
    company = CompanyFactory.create(team=team)
    api = Program(team, scopes=["companies:read"])
    assert api.delete(f"companies/{company.pk}").status_code == 403
    assert api.send("HEAD", f"companies/{company.pk}").status_code == 200


def test_a_limited_key_hears_what_is_left(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = types.SimpleNamespace(time=lambda: 3600 * 500_000 + 600.5)
    monkeypatch.setattr(throttling, "time", clock)
    api = Program(team, rate_limit=3)
    for left in (2, 1, 0):
        response = api.get("me")
        assert response.status_code == 200
        assert response["RateLimit-Policy"] == '"default";q=3;w=3600'
        assert response["RateLimit"] == f'"default";r={left};t=3000'
    too_fast = api.get("me")
    assert too_fast.status_code == 429
    assert errors(too_fast) == {None: "throttled"}
    assert too_fast["Retry-After"] == "3000"
    assert too_fast["RateLimit"] == '"default";r=0;t=3000'
    clock.time = lambda: 3600 * 500_001 + 1.0
    assert api.get("me")["RateLimit"] == '"default";r=2;t=3599'


def test_keys_count_apart(team: Team) -> None:
    first, second = Program(team, rate_limit=1), Program(team, rate_limit=1)
    assert first.get("me").status_code == 200
    assert first.get("me").status_code == 429
    assert second.get("me").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "contacts", 400),
        ("GET", "calls", 403),
        ("GET", "contacts/00000000-0000-7000-8000-000000000000", 404),
        ("PUT", "contacts", 405),
        ("GET", "nothing", 404),
        ("POST", "contacts", 400),
    ],
)
def test_refusals_count_and_tell_what_is_left(
    team: Team, method: str, path: str, status: int
) -> None:
    api = Program(team, rate_limit=100, scopes=["contacts:read", "contacts:write"])
    response = api.send(method, path)
    assert response.status_code == status
    assert response["RateLimit"].startswith('"default";r=99;')


def test_a_key_without_a_limit_says_so_and_counts_nothing(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "cache", None)
    response = Program(team, rate_limit=0).get("me")
    assert response.status_code == 200
    assert response["RateLimit"] == '"unlimited";r=999999999999999'
    assert response["RateLimit-Policy"] == '"unlimited";q=999999999999999'


def test_a_counter_that_the_cache_lost_begins_anew(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Forgetful:
        def __init__(self) -> None:
            self.written: list[int] = []

        def add(self, _name: str, _value: int, timeout: int) -> bool:
            return False

        def incr(self, _name: str) -> int:
            raise ValueError("no such key")

        def set(self, _name: str, value: int, timeout: int) -> None:
            self.written.append(value)

    cache = Forgetful()
    monkeypatch.setattr(throttling, "cache", cache)
    assert Program(team, rate_limit=5).get("me")["RateLimit"].startswith('"default";r=4;')
    assert cache.written == [1]


LISTS = ["contacts", "companies", "calls"]


@pytest.mark.parametrize("path", LISTS)
def test_lists_require_the_keys_own_team(team: Team, path: str) -> None:
    api = Program(team)
    assert errors(api.get(path)) == {"teamId": "required"}
    for malformed in ("", "1", str(team.pk).replace("-", ""), f"{team.pk}0", "{}", "\x00"):
        response = api.get(path, teamId=malformed)
        assert (response.status_code, errors(response)) == (400, {"teamId": "invalid"}), malformed
    foreign = api.get(path, teamId=TeamFactory.create().pk)
    unknown = api.get(path, teamId=uuid.uuid4())
    assert (foreign.status_code, unknown.status_code) == (403, 403)
    assert foreign.content == unknown.content
    assert api.get(path, teamId=str(team.pk).upper()).status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_creating_requires_the_keys_own_team_in_the_body(team: Team, path: str) -> None:
    api = Program(team)
    assert errors(api.post(path, {}))["teamId"] == "required"
    absurd: list[Any] = ["", "1", 1, None, [], {}, True]
    for malformed in absurd:
        response = api.post(path, {"teamId": malformed})
        assert response.status_code == 400
        assert errors(response)["teamId"] in ("invalid", "null")
    foreign = api.post(path, {"teamId": str(TeamFactory.create().pk)})
    unknown = api.post(path, {"teamId": str(uuid.uuid4())})
    assert (foreign.status_code, unknown.status_code) == (403, 403)
    assert foreign.content == unknown.content
    response = api.send("POST", path, {}, query={"teamId": team.pk})
    assert errors(response) == {"teamId": "unknown"}


def test_details_take_a_team_that_must_fit(team: Team) -> None:
    api, company = Program(team), CompanyFactory.create(team=team)
    path = f"companies/{company.pk}"
    for address in (path, f"{path}/contacts"):
        assert api.get(address).status_code == 200
        assert api.get(address, teamId=team.pk).status_code == 200
        assert api.get(address, teamId=TeamFactory.create().pk).status_code == 403
        assert errors(api.get(address, teamId="x")) == {"teamId": "invalid"}
    assert api.patch(path, {"teamId": str(team.pk), "city": "Rome"}).status_code == 200
    assert api.patch(path, {"teamId": str(uuid.uuid4()), "city": "Oslo"}).status_code == 403
    other = str(TeamFactory.create().pk)
    assert api.send("DELETE", path, query={"teamId": other}).status_code == 403
    company.refresh_from_db()
    assert company.city == "Rome"
