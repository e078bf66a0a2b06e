"""What using a team writes. What is changed in a team is `crm.team_settings`' to write."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from crm.teams.models import ApiKey, Membership

USE_NOTED_EVERY = dt.timedelta(minutes=1)


def note_use(key: ApiKey) -> None:
    """Remember that the key is in use, at most once a minute: reading writes nothing else."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk, team_id=key.team_id).update(last_used_at=now)


def remember_columns(membership: Membership, table: str, names: Sequence[str]) -> None:
    """Keep which columns the member sees in a table, in order; none for those it has by itself."""
    with transaction.atomic():
        rows = Membership.objects.filter(pk=membership.pk, team_id=membership.team_id)
        for columns in rows.select_for_update().values_list("columns", flat=True):
            others = {known: chosen for known, chosen in columns.items() if known != table}
            membership.columns = others | ({table: list(names)} if names else {})
            rows.update(columns=membership.columns)
