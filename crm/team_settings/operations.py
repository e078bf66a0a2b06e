"""The one writer of teams and their API keys; each write leaves a Change."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from crm import normalize
from crm.accounts.models import User
from crm.history.recording import Author
from crm.team_settings.changes import note_created, note_updated
from crm.team_settings.people.operations import add_member
from crm.teams.models import (
    PREFIX_LENGTH,
    ApiKey,
    Role,
    Scope,
    Team,
    hash_secret,
    new_secret,
)


def create_team(
    name: str, slug: str, *, owner: User, by: Author, region: str = "US", zone: str = "UTC"
) -> Team:
    """Make a team whose owner is `owner`; raises ValidationError where a value is not fit."""
    team = Team(name=name, slug=slug, region=region, timezone=zone)
    with transaction.atomic():
        save_team(team, by=by)
        add_member(team, owner, Role.OWNER, by=by)
    return team


def save_team(team: Team, *, by: Author) -> bool:
    """Write a team, new or changed, and return whether there was anything to write.

    Raises ValidationError where a value is not fit.
    """
    team.full_clean()
    with transaction.atomic():
        if team._state.adding:
            team.save()
            note_created(team, {"name": team.name}, by=by)
            return True
        stored = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        old, new = _described(stored), _described(team)
        fields = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
        if fields:
            team.save(update_fields=list(fields))
            note_updated(team, fields, by=by)
        return bool(fields)


def _described(team: Team) -> dict[str, str]:
    """Return what can be set of a team, by column, as people read it."""
    return {
        "name": team.name,
        "region": normalize.country_name(team.region),
        "timezone": team.timezone,
        "calling_days": team.calling_days_text,
        "calling_start": f"{team.calling_start:%H:%M}",
        "calling_end": f"{team.calling_end:%H:%M}",
        "recording_days": team.recording_days_text,
    }


def create_api_key(
    team: Team,
    name: str,
    *,
    by: Author,
    scopes: Sequence[str] = (Scope.EVERYTHING,),
    rate_limit: int = 1000,
    expires_at: dt.datetime | None = None,
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
        created_by=by.user,
    )
    key.full_clean()
    may = ", ".join(Scope(scope).label for scope in key.scopes)
    with transaction.atomic():
        key.save()
        note_created(key, {"name": key.name, "scopes": may}, by=by)
    return key, secret


def revoke_api_key(key: ApiKey, *, by: Author) -> None:
    """Make the key useless from now on; a key revoked before keeps its first time."""
    unrevoked = ApiKey.objects.filter(pk=key.pk, team_id=key.team_id, revoked_at__isnull=True)
    with transaction.atomic():
        if unrevoked.update(revoked_at=timezone.now()):
            note_updated(key, {"state": ["Active", "Revoked"]}, by=by)
    key.refresh_from_db()
