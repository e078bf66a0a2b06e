from typing import Any

import pytest
from django.core.exceptions import ValidationError

from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.team_settings import operations
from crm.teams.models import ApiKey, Membership, Role, Team
from tests.factories import ApiKeyFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Author:
    return Author.person(UserFactory.create())


def changes(record_type: str) -> list[tuple[str, dict[str, Any]]]:
    """What history says of the rows of a kind, oldest first."""
    found = Change.objects.filter(record_type=record_type).order_by("at", "id")
    return list(found.values_list("verb", "fields"))


def test_who_makes_a_team_owns_it(by: Author) -> None:
    user = UserFactory.create(email="ada@example.com")
    team = operations.create_team(
        "Acme", "acme", owner=user, by=by, region="de", zone="europe/berlin"
    )
    assert (team.region, team.timezone) == ("DE", "Europe/Berlin")
    assert Membership.objects.get(team=team, user=user).role == Role.OWNER
    assert changes("team") == [("created", {"name": [None, "Acme"]})]
    joined = {"email": [None, "ada@example.com"], "role": [None, "Owner"]}
    assert changes("membership") == [("created", joined)]


def test_two_teams_never_have_the_same_address(by: Author) -> None:
    team = TeamFactory.create()
    with pytest.raises(ValidationError) as caught:
        operations.create_team("Other", team.slug, owner=UserFactory.create(), by=by)
    assert list(caught.value.message_dict) == ["slug"]
    assert Team.objects.get() == team


def test_history_tells_what_of_a_team_was_changed(by: Author) -> None:
    team = TeamFactory.create(name="Acme")
    team.name, team.region = " Acme  Sales ", "germany"
    assert operations.save_team(team, by=by)
    stored = Team.objects.get()
    assert (stored.name, stored.region) == ("Acme Sales", "DE")
    fields = {"name": ["Acme", "Acme Sales"], "region": ["United States", "Germany"]}
    assert changes("team") == [("updated", fields)]
    change = Change.objects.get()
    assert (change.team, change.record_id) == (team, team.pk)
    assert (change.origin, change.actor_user) == (Origin.MANUAL, by.user)


def test_what_is_the_same_leaves_no_history(by: Author) -> None:
    assert not operations.save_team(TeamFactory.create(), by=by)
    assert not Change.objects.exists()


def test_a_key_is_returned_with_its_secret(by: Author) -> None:
    team = TeamFactory.create()
    key, secret = operations.create_api_key(team, " Web  form ", by=by)
    stored = ApiKey.objects.get(pk=key.pk)
    assert (stored.name, stored.scopes, stored.rate_limit) == ("Web form", ["*"], 1000)
    assert (stored.team, stored.created_by, stored.expires_at) == (team, by.user, None)
    assert secret.startswith(stored.prefix)
    fields = {"name": [None, "Web form"], "scopes": [None, "Everything"]}
    assert changes("api_key") == [("created", fields)]
    assert Change.objects.get().record_id == key.pk


def test_a_revoked_key_keeps_its_first_time(by: Author) -> None:
    key = ApiKeyFactory.create()
    operations.revoke_api_key(key, by=by)
    first = key.revoked_at
    assert first is not None
    operations.revoke_api_key(key, by=by)
    assert key.revoked_at == first
    assert changes("api_key")[1:] == [("updated", {"state": ["Active", "Revoked"]})]
