import pytest
from django.core.exceptions import ValidationError

from crm.teams import operations
from crm.teams.models import ApiKey, Membership, Role, Team
from tests.factories import ApiKeyFactory, MembershipFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_who_makes_a_team_owns_it() -> None:
    user = UserFactory.create()
    team = operations.create_team("Acme", "acme", owner=user, region="de", zone="europe/berlin")
    assert (team.region, team.timezone) == ("DE", "Europe/Berlin")
    assert Membership.objects.get(team=team, user=user).role == Role.OWNER


def test_two_teams_never_have_the_same_address() -> None:
    team = TeamFactory.create()
    with pytest.raises(ValidationError) as caught:
        operations.create_team("Other", team.slug, owner=UserFactory.create())
    assert list(caught.value.message_dict) == ["slug"]
    assert Team.objects.get() == team


def test_nobody_is_in_a_team_twice() -> None:
    membership = MembershipFactory.create()
    with pytest.raises(ValidationError, match="belongs to the team already"):
        operations.add_member(membership.team, membership.user, Role.OWNER)
    membership.refresh_from_db()
    assert membership.role == Role.MEMBER


def test_a_key_is_returned_with_its_secret() -> None:
    team, user = TeamFactory.create(), UserFactory.create()
    key, secret = operations.create_api_key(team, " Web  form ", created_by=user)
    stored = ApiKey.objects.get(pk=key.pk)
    assert (stored.name, stored.scopes, stored.rate_limit) == ("Web form", ["*"], 1000)
    assert (stored.team, stored.created_by, stored.expires_at) == (team, user, None)
    assert secret.startswith(stored.prefix)


def test_a_revoked_key_keeps_its_first_time() -> None:
    key = ApiKeyFactory.create()
    operations.revoke_api_key(key)
    first = key.revoked_at
    assert first is not None
    operations.revoke_api_key(key)
    assert key.revoked_at == first
