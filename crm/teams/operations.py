"""What using a key writes. Whatever else changes in a team is `crm.team_settings`' to write."""

import datetime as dt

from django.utils import timezone

from crm.teams.models import ApiKey

USE_NOTED_EVERY = dt.timedelta(minutes=1)


def note_use(key: ApiKey) -> None:
    """Remember that the key is in use, at most once a minute: reading writes nothing else."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk, team_id=key.team_id).update(last_used_at=now)
