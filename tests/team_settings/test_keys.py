import datetime as dt
import html
import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from crm.team_settings.forms import ApiKeyForm
from crm.teams.models import ApiKey, Membership, Role, Scope, hash_secret
from tests.factories import ApiKeyFactory, MembershipFactory, UserFactory, member_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]

GOOD = {"name": "Website form", "scopes": ["contacts:write"], "rate_limit": "1000"}


@pytest.fixture
def owner(client: Client) -> Membership:
    """An owner in New York, signed in."""
    user = UserFactory.create(name="Ada Lovelace", timezone="America/New_York")
    membership = MembershipFactory.create(role=Role.OWNER, team__slug="acme", user=user)
    client.force_login(user)
    return membership


def create(client: Client, **data: Any) -> Any:
    return client.post("/t/acme/settings/keys/new", GOOD | data)


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def row_of(answer: Any, key: ApiKey) -> str:
    """The words in a key's row of the table."""
    [row] = [row for row in re.findall(r"<tr>.*?</tr>", text(answer), re.DOTALL) if key.name in row]
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


def test_a_key_is_created_and_shown_once(client: Client, owner: Membership) -> None:
    answer = create(client)
    [secret] = re.findall(r'id="secret" value="(cbk_[\w-]+)"', text(answer))
    key = ApiKey.objects.usable().get(key_hash=hash_secret(secret))
    assert (key.team, key.created_by) == (owner.team, owner.user)
    assert (key.name, key.scopes, key.rate_limit) == ("Website form", ["contacts:write"], 1000)
    assert key.expires_at is None
    assert "no-store" in answer["Cache-Control"]
    assert 'data-copy="secret"' in text(answer)
    for path in ("/t/acme/settings/keys", "/t/acme/settings/keys/new"):
        assert secret not in text(client.get(path))
    assert not [s for s in Session.objects.all() if secret in str(s.get_decoded())]


def test_everything_includes_all_other_scopes(client: Client, owner: Membership) -> None:
    create(client, scopes=["calls:read", "*"])
    assert ApiKey.objects.get().scopes == ["*"]


def test_a_key_works_until_the_end_of_its_last_day_where_its_maker_is(
    client: Client, owner: Membership
) -> None:
    today = timezone.localdate(timezone=owner.user.zone)
    create(client, expires_at=today.isoformat())
    key = ApiKey.objects.get()
    assert key.expires_at is not None
    assert key.state == "active"
    local = key.expires_at.astimezone(owner.user.zone)
    assert (local.date(), local.hour, local.minute) == (today, 23, 59)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 101),
        ("name", "nul\0"),
        ("scopes", []),
        ("scopes", ["contacts"]),
        ("scopes", ["webhooks:write"]),
        ("rate_limit", ""),
        ("rate_limit", "-1"),
        ("rate_limit", "many"),
        ("rate_limit", "1000001"),
        ("expires_at", "2020-01-01"),
        ("expires_at", "9999-12-31"),
        ("expires_at", "tomorrow"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field_and_nothing_is_made(
    client: Client, owner: Membership, field: str, value: Any
) -> None:
    answer = create(client, **{field: value})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not ApiKey.objects.exists()
    if field != "name":
        assert 'value="Website form"' in text(answer)


def test_markup_in_a_name_is_text(client: Client, owner: Membership) -> None:
    page = create(client, name="<script>alert(1)</script>").content.decode()
    page += client.get("/t/acme/settings/keys").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_every_scope_can_be_chosen() -> None:
    choices = ApiKeyForm().fields["scopes"].choices  # type: ignore[attr-defined]
    assert [value for value, _label in choices] == Scope.values


def test_the_list_says_what_each_key_is(client: Client, owner: Membership) -> None:
    now = timezone.now()
    key = ApiKeyFactory.create(
        team=owner.team,
        name="Website form",
        scopes=["contacts:read", "calls:read"],
        rate_limit=1500,
        created_by=owner.user,
    )
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=now - dt.timedelta(hours=3))
    said = row_of(client.get("/t/acme/settings/keys"), key)
    assert f"{key.prefix}…" in said
    assert "contacts:read, calls:read" in said
    assert "1,500" in said
    assert "by Ada Lovelace" in said
    assert "3 h ago" in said or "Yesterday" in said
    assert "Never" in said
    assert key.key_hash not in text(client.get("/t/acme/settings/keys"))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"revoked_at": timezone.now()}, "Revoked"),
        ({"expires_at": timezone.now() - dt.timedelta(days=1)}, "Expired"),
    ],
)
def test_a_key_that_is_over_says_so_and_cannot_be_revoked(
    client: Client, owner: Membership, changes: Any, word: str
) -> None:
    key = ApiKeyFactory.create(team=owner.team)
    ApiKey.objects.filter(pk=key.pk).update(**changes)
    answer = client.get("/t/acme/settings/keys")
    assert word in row_of(answer, key)
    assert f"{key.pk}/revoke" not in text(answer)


def test_an_empty_list_says_what_keys_are_for(client: Client, owner: Membership) -> None:
    page = text(client.get("/t/acme/settings/keys"))
    assert "/t/acme/settings/keys/new" in page
    assert "<table" not in page


def test_revoking_asks_naming_the_key_and_is_for_good(client: Client, owner: Membership) -> None:
    key, other = ApiKeyFactory.create_batch(2, team=owner.team)
    path = f"/t/acme/settings/keys/{key.pk}/revoke"
    assert path in text(client.get("/t/acme/settings/keys"))
    page = text(client.get(path))
    assert f"<h1>Revoke {key.name}</h1>" in page
    assert key.prefix in page
    assert key.state == "active"
    answer = client.post(path, follow=True)
    assert f"“{key.name}” is revoked." in text(answer)
    assert list(ApiKey.objects.usable()) == [other]


def test_another_team_s_key_is_not_there(client: Client, owner: Membership) -> None:
    theirs = ApiKeyFactory.create(name="Their key")
    for ask in (client.get, client.post):
        assert ask(f"/t/acme/settings/keys/{theirs.pk}/revoke").status_code == 404
    assert "Their key" not in text(client.get("/t/acme/settings/keys"))
    theirs.refresh_from_db()
    assert theirs.state == "active"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_keys_are_for_owners_and_admins(client: Client, owner: Membership, role: str) -> None:
    key = ApiKeyFactory.create(team=owner.team)
    client.force_login(member_of(owner.team, role))
    for path in ("keys", "keys/new", f"keys/{key.pk}/revoke"):
        assert client.get(f"/t/acme/settings/{path}").status_code == 403
    assert create(client).status_code == 403
    assert client.post(f"/t/acme/settings/keys/{key.pk}/revoke").status_code == 403
    assert list(ApiKey.objects.usable()) == [key]


def test_strangers_find_no_team(client: Client, owner: Membership) -> None:
    client.force_login(UserFactory.create())
    for path in ("", "/keys", "/keys/new"):
        assert client.get(f"/t/acme/settings{path}").status_code == 404


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_owners_and_admins_reach_the_keys(client: Client, owner: Membership, role: str) -> None:
    client.force_login(member_of(owner.team, role))
    assert "/t/acme/settings/keys" in text(client.get("/t/acme/settings"))
    assert client.get("/t/acme/settings/keys").status_code == 200
    assert create(client).status_code == 200


def test_the_pages_ask_as_much_for_many_rows_as_for_one(
    client: Client, owner: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 49):
        for user in [member_of(owner.team) for _ in range(count)]:
            ApiKeyFactory.create(team=owner.team, created_by=user)
        # Session, user, membership with its team and the others, the rows.
        with django_assert_num_queries(4):
            assert client.get("/t/acme/settings/keys").status_code == 200


def test_looking_writes_nothing(
    client: Client, owner: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ApiKeyFactory.create(team=owner.team)
    for path in ("", "/keys", "/keys/new"):
        with django_assert_num_queries(4 if path == "/keys" else 3) as queries:
            client.get(f"/t/acme/settings{path}")
        assert all(query["sql"].startswith("SELECT") for query in queries.captured_queries)
