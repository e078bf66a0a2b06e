"""The words for a field and its values: by the catalogue, and for what no catalogue knows."""

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Any

from django.utils.dateparse import parse_datetime

from crm.records.catalog import RecordField
from crm.records.history.names import Key, Name, find_column
from crm.records.models import CUSTOM
from crm.teams.models import Team
from crm.web import text

#: A longer value is shortened, and unfolds.
MOST_LETTERS = 80
LETTERS_BEFORE = 24


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """A value as it is read, and in full where that is longer."""

    text: str
    full: str = ""

    @property
    def words(self) -> str:
        """All of it."""
        return self.full or self.text


def in_order(
    changed: Mapping[str, Sequence[Any]], known: Iterable[str]
) -> list[tuple[str, Any, Any]]:
    """Return (name, old, new) of what a change holds: as people meet the fields, others by name."""
    places = {name: place for place, name in enumerate(known)}
    names = sorted(changed, key=lambda name: (places.get(name, len(places)), name))
    return [(name, *changed[name]) for name in names]


def referred_kind(field: RecordField) -> str:
    """Return the kind of record that the field's value is the id of, or ""."""
    related: Any = field.column.related_model if field.column is not None else None
    return str(related._meta.model_name) if related else ""


def is_gone(field: RecordField, value: Any, names: Mapping[Key, Name]) -> bool:
    """Return whether the value is the id of a record that is not there any more."""
    kind, record_id = referred_kind(field), as_id(value)
    if not kind or not record_id:
        return False
    name = names.get((kind, record_id))
    return name is None or name.is_deleted


def as_id(value: Any) -> uuid.UUID | None:
    """Return the id that a stored value is."""
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def unlisted_field(record_type: str, name: str) -> RecordField:
    """Return the words for a field that is in no catalogue, or not any more."""
    column = find_column(record_type, name)
    words = str(column.verbose_name) if column else name.removeprefix(CUSTOM).replace("_", " ")
    return RecordField(name, words[:1].upper() + words[1:], column)


def show_value(field: RecordField, value: Any, team: Team, names: Mapping[Key, Name]) -> str:
    """Return a value in people's words, never an id; "" where there is none."""
    if kind := referred_kind(field):
        record_id = as_id(value)
        name = names.get((kind, record_id)) if record_id else None
        return name.words if name else f"A deleted {kind}" if record_id else ""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, list):
        value = [_part(each) for each in value]
    is_known = field.column is not None or field.custom is not None
    if not is_known and isinstance(value, str) and (moment := _moment(value)):
        return text.exact_time(moment)
    return field.show(value, team.region)


def _part(value: Any) -> Any:
    """Return a member of a list in words: a custom field's option says whether it is retired."""
    if not isinstance(value, dict) or "name" not in value:
        return value
    return f"{value['name']} (retired)" if value.get("retired") else value["name"]


def _moment(value: str) -> dt.datetime | None:
    """Return the moment that history wrote as text, as it does with every time."""
    try:
        moment = parse_datetime(value)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def shorten(old: str, new: str) -> tuple[Shown, Shown]:
    """Return both values of a field; long ones begin shortly before the place where they differ."""
    lines = [" ".join(words.split()) for words in (old, new)]
    start = _start(*lines)
    first, second = (
        _shortened(words, line, start) for words, line in zip((old, new), lines, strict=True)
    )
    return first, second


def _start(old: str, new: str) -> int:
    """Return where to begin: at a word, so that some that both share are seen before."""
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    return old.rfind(" ", 0, max(shared - LETTERS_BEFORE, 0)) + 1


def _shortened(words: str, line: str, start: int) -> Shown:
    if len(line) <= MOST_LETTERS:
        return Shown(line, words if words != line else "")
    end = start + MOST_LETTERS - 1
    text = f"{'…' if start else ''}{line[start:end].rstrip()}{'…' if end < len(line) else ''}"
    return Shown(text, words)
