"""Writing history: who causes a write, and the Change it leaves."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from crm.accounts.models import User
from crm.history.models import Change, Origin, Verb
from crm.queries.inserting import insert_many
from crm.queries.making import Maker
from crm.teams.models import ApiKey

_CHANGES = Maker(Change)


@dataclasses.dataclass(frozen=True, slots=True)
class Author:
    """What caused a write (`origin`), and the person or the key behind it, where there is one.

    `evidence` is what proves the values it writes (`Change.evidence`).
    """

    origin: Origin
    user: User | None = None
    key_id: uuid.UUID | None = None
    evidence: Mapping[str, Any] | None = None

    @classmethod
    def person(cls, user: Any) -> "Author":
        """Return the author of what a signed-in person does."""
        return cls(Origin.MANUAL, user=user)

    @classmethod
    def api_key(cls, key: ApiKey) -> "Author":
        """Return the author of what a program does with a key."""
        return cls(Origin.API, key_id=key.pk)

    @property
    def is_machine(self) -> bool:
        """Whether nobody decided this write: a machine may never clear what a person decided."""
        return self.origin in (Origin.IMPORT, Origin.CALL, Origin.EXTRACTOR, Origin.RETENTION)


@dataclasses.dataclass(slots=True)
class Entry:
    """One write to be recorded; `fields` is {name: [old, new]}."""

    team_id: uuid.UUID
    record_type: str
    record_id: uuid.UUID
    verb: Verb
    fields: dict[str, list[Any]] = dataclasses.field(default_factory=dict)


def record_changes(entries: Iterable[Entry], *, by: Author, at: dt.datetime) -> None:
    """Write a Change for each entry, in the caller's transaction."""
    user_id = by.user.pk if by.user else None
    changes = [
        _CHANGES.make(
            team_id=entry.team_id,
            record_type=entry.record_type,
            record_id=entry.record_id,
            verb=entry.verb,
            fields=entry.fields,
            origin=by.origin,
            actor_user_id=user_id,
            actor_key_id=by.key_id,
            evidence=by.evidence,
            at=at,
        )
        for entry in entries
    ]
    if len(changes) == 1:
        changes[0].save(force_insert=True)
    else:
        insert_many(changes)
