import datetime as dt
import re
from collections.abc import Iterator

import pytest
from django.utils import timezone

from crm.history.models import Change
from crm.teams.models import ApiKey, Membership, Team, hash_secret
from tests.admin.kit import Staff, change, errors, filled, messages, url
from tests.factories import ApiKeyFactory, MembershipFactory, TeamFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def browser() -> Staff:
    return Staff()


def add_key(browser: Staff, **values: object) -> object:
    address = url(ApiKey, "add")
    data = filled(browser, address) | {"name": "Zapier", "rate_limit": "500"} | values
    return browser.post(address, data, follow=True)


def test_a_team_is_made_with_its_members(browser: Staff) -> None:
    user = UserFactory.create()
    address = url(Team, "add")
    data = {
        "name": "Tidewater Fleet",
        "slug": "tidewater",
        "region": "Germany",
        "timezone": "europe/berlin",
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-user": user.pk,
        "memberships-0-role": "owner",
    }
    assert browser.post(address, filled(browser, address, **data)).status_code == 302
    team = Team.objects.get()
    assert (team.slug, team.region, team.timezone) == ("tidewater", "DE", "Europe/Berlin")
    assert Membership.objects.get(team=team, user=user).role == "owner"


def test_what_is_wrong_with_a_team_stands_beside_its_field(browser: Staff) -> None:
    TeamFactory.create(slug="taken")
    address = url(Team, "add")
    wrong = {"name": "", "slug": "taken", "region": "Atlantis", "timezone": "Mars/Base"}
    response = browser.post(address, filled(browser, address, **wrong))
    assert set(errors(response)) == {"name", "slug", "region", "timezone"}


def test_a_team_keeps_its_address_and_is_not_deleted(browser: Staff) -> None:
    team = TeamFactory.create(slug="demo")
    change(browser, team, name="New name", slug="other")
    team.refresh_from_db()
    assert (team.name, team.slug) == ("New name", "demo")
    assert browser.post(url(team, "delete"), {"post": "yes"}).status_code == 403


def test_nobody_joins_a_team_twice(browser: Staff) -> None:
    membership = MembershipFactory.create()
    address = url(Membership, "add")
    data = filled(browser, address, team=membership.team_id, user=membership.user_id)
    found = errors(browser.post(address, data))
    assert found == {"__all__": ["This person belongs to the team already."]}


def test_of_a_membership_only_the_role_changes(browser: Staff) -> None:
    membership = MembershipFactory.create()
    team, user = membership.team, membership.user
    other = {"team": TeamFactory.create().pk, "user": UserFactory.create().pk}
    assert change(browser, membership, role="admin", **other).status_code == 302
    assert change(browser, team, **{"memberships-0-user": other["user"]}).status_code == 302
    assert change(browser, user, **{"memberships-0-team": other["team"]}).status_code == 302
    membership.refresh_from_db()
    assert (membership.team, membership.user, membership.role) == (team, user, "admin")


@pytest.fixture
def owner() -> Membership:
    return MembershipFactory.create(role="owner", user__name="Ada Lovelace")


def give_up(browser: Staff, owner: Membership) -> Iterator[object]:
    """Try each way in the admin by which a team could lose its owner."""
    inline = {"memberships-0-role": "member"}
    yield change(browser, owner, role="admin")
    yield change(browser, owner.team, **inline)
    yield change(browser, owner.user, **inline)
    yield change(browser, owner.team, **{"memberships-0-DELETE": "on"})
    yield browser.post(url(owner, "delete"), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [owner.pk], "post": "yes"}
    yield browser.post(url(Membership), chosen)


def test_a_team_keeps_its_last_owner(browser: Staff, owner: Membership) -> None:
    for refused in give_up(browser, owner):
        assert refused.status_code == 302
        [said] = messages(browser.get(refused["Location"]))
        assert said.startswith(f"Ada Lovelace is the only owner of {owner.team}.")
        owner.refresh_from_db()
        assert owner.role == "owner"
    assert not Change.objects.exists()


def test_whatever_staff_change_is_history(browser: Staff, owner: Membership) -> None:
    change(browser, owner.team, name="Acme", **{"memberships-0-role": "owner"})
    inline = {
        "memberships-TOTAL_FORMS": "2",
        "memberships-1-user": UserFactory.create(email="grace@example.com").pk,
        "memberships-1-role": "owner",
        "name": "Acme",
    }
    change(browser, owner.team, **inline)
    change(browser, owner.user, **{"memberships-0-role": "viewer"})
    browser.post(url(owner, "delete"), {"post": "yes"})
    add_key(browser, team=owner.team_id, scopes=["*"])
    browser.post(url(ApiKey), {"action": "revoke", "_selected_action": [ApiKey.objects.get().pk]})
    changes = Change.objects.order_by("at", "id")
    assert list(changes.values_list("record_type", "verb")) == [
        ("team", "updated"),
        ("membership", "created"),
        ("membership", "updated"),
        ("membership", "deleted"),
        ("api_key", "created"),
        ("api_key", "updated"),
    ]
    assert {c.actor_user for c in changes} == {browser.user}
    assert {c.team for c in changes} == {owner.team}


def test_a_key_is_shown_once_and_works(browser: Staff) -> None:
    team = TeamFactory.create()
    response = add_key(browser, team=team.pk, scopes=["contacts:read", "calls:read"])
    key = ApiKey.objects.get()
    text = messages(response)[0]
    secret = re.search(r"<code>(cbk_\S+)</code>", text)[1]
    assert key.key_hash == hash_secret(secret)
    assert (key.team, key.name, key.rate_limit, key.created_by) == (
        team,
        "Zapier",
        500,
        browser.user,
    )
    assert key.scopes == ["contacts:read", "calls:read"]
    for page in (url(ApiKey), url(key, "change"), url(key, "history")):
        later = browser.get(page).content.decode()
        assert secret not in later
        assert key.key_hash not in later
    assert key.prefix in browser.get(url(key, "change")).content.decode()


def test_what_is_wrong_with_a_key_stands_beside_its_field(browser: Staff) -> None:
    wrong = errors(add_key(browser, team="", name="", scopes=["everything"], rate_limit="-1"))
    assert set(wrong) == {"team", "name", "scopes", "rate_limit"}
    nonsense = errors(add_key(browser, team="nonsense"))
    assert set(nonsense) == {"team"}
    assert not ApiKey.objects.exists()


def test_a_key_is_neither_edited_nor_deleted(browser: Staff) -> None:
    key = ApiKeyFactory.create()
    assert browser.post(url(key, "change"), {"name": "x", "scopes": "*"}).status_code == 403
    assert browser.post(url(key, "delete"), {"post": "yes"}).status_code == 403
    assert b'value="delete_selected"' not in browser.get(url(ApiKey)).content


def test_keys_are_revoked_from_the_list_and_on_their_page(browser: Staff) -> None:
    first, second = ApiKeyFactory.create(), ApiKeyFactory.create()
    data = {"action": "revoke", "_selected_action": [first.pk]}
    assert messages(browser.post(url(ApiKey), data, follow=True)) == ["1 key was revoked."]
    action = {"CHANGE_FORM-action": "revoke", "_selected_action": [second.pk]}
    assert b'name="CHANGE_FORM-action"' in browser.get(url(second, "change")).content
    browser.post(url(second, "change"), action)
    for key in (first, second):
        key.refresh_from_db()
        assert key.state == "revoked"
        assert timezone.now() - key.revoked_at < dt.timedelta(minutes=1)


def test_keys_are_found_by_team_name_and_prefix(browser: Staff) -> None:
    key = ApiKeyFactory.create(name="Zapier")
    revoked = ApiKeyFactory.create()
    revoked.revoked_at = timezone.now()
    revoked.save()
    for query, found in (
        ({"q": "zapier"}, key),
        ({"q": key.prefix}, key),
        ({"team": key.team_id}, key),
        ({"revoked_at__isempty": "0"}, revoked),
    ):
        shown = browser.get(url(ApiKey), query).context["cl"].result_list
        assert [row.pk for row in shown] == [found.pk], query
