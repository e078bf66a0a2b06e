"""What happens to a team itself, in its history: in words that stay true when the row is gone."""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Model
from django.utils import timezone

from crm.history.models import Verb
from crm.history.recording import Author, Entry, record_changes
from crm.team_settings.models import Invitation
from crm.teams.models import ApiKey, Membership, Team

RECORD_TYPES: Final[Mapping[type[Model], str]] = {
    Team: "team",
    Membership: "membership",
    ApiKey: "api_key",
    Invitation: "invitation",
}

type Row = Team | Membership | ApiKey | Invitation


def note_created(row: Row, values: Mapping[str, Any], *, by: Author) -> None:
    """Record that the row came into being, with these values."""
    _note(row, Verb.CREATED, {name: [None, value] for name, value in values.items()}, by)


def note_updated(row: Row, fields: Mapping[str, list[Any]], *, by: Author) -> None:
    """Record what changed, as {name: [old, new]}."""
    _note(row, Verb.UPDATED, fields, by)


def note_deleted(row: Row, values: Mapping[str, Any], *, by: Author) -> None:
    """Record that the row, which still has its id, goes with these values."""
    _note(row, Verb.DELETED, {name: [value, None] for name, value in values.items()}, by)


def _note(row: Row, verb: Verb, fields: Mapping[str, list[Any]], by: Author) -> None:
    team_id = row.pk if isinstance(row, Team) else row.team_id
    entry = Entry(team_id, RECORD_TYPES[type(row)], row.pk, verb, dict(fields))
    record_changes([entry], by=by, at=timezone.now())
