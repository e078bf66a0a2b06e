"""The one writer of memberships and API keys."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from crm.accounts.models import User
from crm.teams.models import (
    PREFIX_LENGTH,
    ApiKey,
    Membership,
    Role,
    Scope,
    Team,
    hash_secret,
    new_secret,
)

USE_NOTED_EVERY = dt.timedelta(minutes=1)


def create_team(
    name: str, slug: str, *, owner: User, region: str = "US", zone: str = "UTC"
) -> Team:
    """Make a team whose owner is `owner`; raises ValidationError where a value is not fit."""
    team = Team(name=name, slug=slug, region=region, timezone=zone)
    team.full_clean()
    team.save()
    add_member(team, owner, Role.OWNER)
    return team


def add_member(team: Team, user: User, role: str = Role.MEMBER) -> Membership:
    """Let `user` into `team`; raises ValidationError where they belong to it already."""
    membership = Membership(team=team, user=user, role=role)
    membership.full_clean()
    membership.save()
    return membership


def create_api_key(
    team: Team,
    name: str,
    *,
    scopes: Sequence[str] = (Scope.EVERYTHING,),
    rate_limit: int = 1000,
    expires_at: dt.datetime | None = None,
    created_by: User | None = None,
) -> tuple[ApiKey, str]:
    """Make a key and return it with its secret, which nobody can show again.

    `rate_limit` is requests an hour, 0 for none. Raises ValidationError where a value is not fit.
    """
    secret = new_secret()
    key = ApiKey(
        team=team,
        name=name,
        prefix=secret[:PREFIX_LENGTH],
        key_hash=hash_secret(secret),
        scopes=list(scopes),
        rate_limit=rate_limit,
        expires_at=expires_at,
        created_by=created_by,
    )
    key.full_clean()
    key.save()
    return key, secret


def revoke_api_key(key: ApiKey) -> None:
    """Make the key useless from now on; a key revoked before keeps its first time."""
    ApiKey.objects.filter(pk=key.pk, team_id=key.team_id, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
    key.refresh_from_db()


def note_use(key: ApiKey) -> None:
    """Remember that the key is in use, at most once a minute: reading writes nothing else."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk, team_id=key.team_id).update(last_used_at=now)
