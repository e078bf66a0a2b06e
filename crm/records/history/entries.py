"""Changes in people's words: who or what did it, and each field's old and new value."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from crm.history.models import Origin, Verb
from crm.history.reading import Past
from crm.records.catalog import RecordField, built_in_fields, fields_of
from crm.records.history.names import Key, Name, find_names
from crm.records.history.words import (
    Shown,
    as_id,
    in_order,
    is_gone,
    referred_kind,
    shorten,
    show_value,
    unlisted_field,
)
from crm.records.models import CUSTOM
from crm.teams.models import Team


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """Who or what made a change; `asked` is what the audit log's address says for all of theirs."""

    icon: str
    words: str
    asked: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Quote:
    """The words that prove a value, and where they were said: `seconds` into the call at `url`."""

    words: str
    before: str = ""
    after: str = ""
    seconds: float | None = None
    turn: int = 0
    call_id: str = ""
    url: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """What became of one field."""

    name: str
    label: str
    old: Shown
    new: Shown
    can_restore: bool = False
    quote: Quote | None = None

    @property
    def is_long(self) -> bool:
        """Whether there is more to unfold."""
        return bool(self.old.full or self.new.full)


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One change; `title` is empty where its lines say it all, `name` is the record's if wanted."""

    id: uuid.UUID
    name: Name | None
    verb: str
    at: dt.datetime
    source: Source
    lines: Sequence[Line]

    @property
    def title(self) -> str:
        """What happened to the record as a whole."""
        return "" if self.verb == Verb.UPDATED else Verb(self.verb).label

    @property
    def is_creation(self) -> bool:
        """Whether the lines are the values that the record had first."""
        return self.verb == Verb.CREATED

    @property
    def is_deletion(self) -> bool:
        """Whether the lines are the values that the record had last."""
        return self.verb == Verb.DELETED


def _never(_field: RecordField, _value: Any) -> bool:
    return False


def make_entries(
    team: Team,
    past: Sequence[Past],
    *,
    is_restorable: Callable[[RecordField, Any], bool] = _never,
    is_named: bool = False,
) -> list[Entry]:
    """Return an entry for each change of `past`, named after its record where `is_named`.

    `is_restorable` says whether a field may go back to a value. Asks for the team's own fields and
    for the names of records only where the changes speak of them.
    """
    fields = _fields(team, past)
    records = {(change.record_type, change.record_id) for change in past} if is_named else set()
    calls = {("call", call_id) for change in past if (call_id := _call_of(change))}
    names = find_names(team, records | _references(past, fields) | calls)

    def line(change: Past, name: str, old: Any, new: Any) -> Line:
        field = fields[change.record_type].get(name) or unlisted_field(change.record_type, name)
        shown = shorten(*(show_value(field, value, team, names) for value in (old, new)))
        is_offered = change.verb == Verb.UPDATED and not is_gone(field, old, names)
        can_restore = is_offered and is_restorable(field, old)
        return Line(name, field.label, *shown, can_restore, _quote(change, name, names))

    return [
        Entry(
            change.id,
            names.get((change.record_type, change.record_id)),
            change.verb,
            change.at,
            source_of(change),
            [line(change, *each) for each in in_order(change.fields, fields[change.record_type])],
        )
        for change in past
    ]


def _call_of(change: Past) -> uuid.UUID | None:
    return as_id((change.evidence or {}).get("call"))


def _quote(change: Past, name: str, names: Mapping[Key, Name]) -> Quote | None:
    """Return the words that prove the field's new value, where it was heard on a call."""
    proof = (change.evidence or {}).get("fields", {}).get(name)
    call_id = _call_of(change)
    if not proof or not call_id:
        return None
    call = names.get(("call", call_id))
    return Quote(
        proof["quote"],
        proof.get("before", ""),
        proof.get("after", ""),
        proof.get("seconds"),
        proof["turn"],
        str(call_id),
        call.url if call else "",
    )


def source_of(change: Past) -> Source:
    """Return who or what made the change."""
    asked = ""
    if change.user_id:
        asked = f"person={change.user_id}"
    elif change.key_id:
        asked = f"key={change.key_id}"
    icon, words = _source(change)
    return Source(icon, words, asked)


#: What happened without anybody who could be named.
_BY_ITSELF: Mapping[str, tuple[str, str]] = {
    Origin.CALL: ("calls", "A call"),
    Origin.RETENTION: ("trash", "How long the team keeps recordings"),
    Origin.DEMO: ("demo", "Demo data"),
}


def _source(change: Past) -> tuple[str, str]:
    match change.origin:
        case Origin.API:
            return "key", f"API key {change.key_name}" if change.key_name else "An API key"
        case Origin.IMPORT:
            return "imports", f"Import by {change.person}" if change.person else "Import"
        case Origin.EXTRACTOR:
            return "spark", "Heard on a call"
    if change.origin in _BY_ITSELF:
        return _BY_ITSELF[change.origin]
    return "contacts", change.person or "Somebody unknown"


def _fields(team: Team, past: Iterable[Past]) -> dict[str, Mapping[str, RecordField]]:
    custom: dict[str, bool] = {}
    for change in past:
        has_custom = any(name.startswith(CUSTOM) for name in change.fields)
        custom[change.record_type] = custom.get(change.record_type, False) or has_custom
    return {
        record_type: fields_of(team, record_type) if has_custom else built_in_fields(record_type)
        for record_type, has_custom in custom.items()
    }


def _references(past: Iterable[Past], fields: Mapping[str, Mapping[str, RecordField]]) -> set[Key]:
    return {
        (kind, record_id)
        for change in past
        for name, values in change.fields.items()
        if (field := fields[change.record_type].get(name)) and (kind := referred_kind(field))
        for value in values
        if (record_id := as_id(value))
    }
