"""Reading history: plain rows, each with the names of the person and the key behind it."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from crm.history.models import Change
from crm.teams.models import Team

NEWEST_FIRST = ("-at", "-id")


class Past(NamedTuple):
    """A Change as it is read: `fields` is {name: [old, new]}."""

    id: uuid.UUID
    record_type: str
    record_id: uuid.UUID
    verb: str
    fields: Mapping[str, Sequence[Any]]
    origin: str
    at: dt.datetime
    user_id: uuid.UUID | None
    user_name: str | None
    user_email: str | None
    key_id: uuid.UUID | None
    key_name: str | None
    evidence: Mapping[str, Any] | None = None

    @property
    def person(self) -> str:
        """The name of the person behind it, or their email address."""
        return self.user_name or self.user_email or ""


#: What `values_list` takes for a Past.
COLUMNS = (
    "id",
    "record_type",
    "record_id",
    "verb",
    "fields",
    "origin",
    "at",
    "actor_user_id",
    "actor_user__name",
    "actor_user__email",
    "actor_key_id",
    "actor_key__name",
    "evidence",
)


def changes_of(team: Team, record_type: str, record_id: uuid.UUID) -> QuerySet[Change]:
    """Return what happened to one record of the team."""
    return Change.objects.filter(team=team, record_type=record_type, record_id=record_id)


def before(changes: QuerySet[Change], change: Change) -> QuerySet[Change]:
    """Return those that come after `change` in a list that is newest first."""
    # The first condition alone would do; the second lets the index begin at the right place.
    older = Q(at__lt=change.at) | Q(at=change.at, id__lt=change.pk)
    return changes.filter(older, at__lte=change.at)


def read(changes: QuerySet[Change], most: int) -> list[Past]:
    """Return the newest of `changes`, in one query."""
    rows = changes.order_by(*NEWEST_FIRST).values_list(*COLUMNS)[:most]
    return [Past(*row) for row in rows]
