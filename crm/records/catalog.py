"""Which fields a contact, a company or a call has: the built-in ones and those its team has added.

An app registers its record in `ready()`; forms, files, columns and history then speak of fields by
the same names and words. A field's name is the model's (`first_name`), or `custom_fields.<key>`.
"""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import QuerySet

from crm import normalize
from crm.api.naming import camel
from crm.fields import CountryField, PhoneField
from crm.queries.statements import Statement, columns_of, load
from crm.records.models import CustomField, Record
from crm.teams.models import Team
from crm.web import text


@dataclasses.dataclass(frozen=True)
class RecordField:
    """One field of a kind of record; `custom` is its definition where the team has added it."""

    name: str
    label: str
    column: models.Field[Any, Any] | None = None
    custom: CustomField | None = None

    @cached_property
    def api_name(self) -> str:
        """What programs call it: `firstName`, `customFields.budget`."""
        head, dot, key = self.name.partition(".")
        return f"{camel(head)}{dot}{key}"

    def show(self, value: Any, region: str = "") -> str:
        """Return a stored value in people's words, "" where there is none.

        A phone number is shown as people of `region` write it. A relation's value is an id, which
        only its own app can name: it is returned as it is.
        """
        if value in (None, "", [], {}):
            return ""
        if self.custom:
            return _said_custom(value, self.custom.type.show)
        return _show_typed(self.column, value, region) or _show_plain(self.column, value)

    def write(self, value: Any) -> str:
        """Return a stored value as a file holds it, so that an import reads the same value."""
        if value is None:
            return ""
        if self.custom:
            return _said_custom(value, self.custom.type.write)
        if isinstance(value, dt.datetime):
            return f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
        return value if isinstance(self.column, CountryField) else _show_plain(self.column, value)


def _show_typed(column: Any, value: Any, region: str) -> str:
    """Return a value whose column says what it means; "" for any other."""
    match column:
        case PhoneField():
            return text.phone(value, region)
        case CountryField():
            return normalize.country_name(value)
        case models.DateTimeField():
            moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
            return text.exact_time(moment)
    return ""


def _show_plain(column: Any, value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    choices = dict(column.flatchoices) if column is not None and column.choices else {}
    return str(choices.get(value, value))


def _said_custom(value: Any, say: Callable[[Any], str]) -> str:
    """Return the value; one from before the field changed its type is said as it was."""
    try:
        return say(value)
    except (TypeError, ValueError, AttributeError):
        return str(value)


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: its model, and its built-in fields by name, in order."""

    model: type[Record]
    fields: Mapping[str, RecordField]


_kinds: dict[str, Kind] = {}


def register(model: type[Record], others: Mapping[str, str] | None = None) -> None:
    """Let the catalogue know a kind of record by its model, whose editable columns are its fields.

    `others` are fields that are no columns, by name and label: a contact's tags.
    """
    fields = {
        column.name: RecordField(column.name, _label(column), column)
        for column in model._meta.concrete_fields
        if column.editable and column.name != "custom_fields"
    }
    fields |= {name: RecordField(name, label) for name, label in (others or {}).items()}
    _kinds[model._meta.model_name or ""] = Kind(model, fields)


def _label(column: Any) -> str:
    name = str(column.verbose_name)
    return name[:1].upper() + name[1:]


def get_kind(entity_type: str) -> Kind:
    """Return the kind of record by its name (`contact`); raises KeyError."""
    return _kinds[entity_type]


def built_in_fields(entity_type: str) -> Mapping[str, RecordField]:
    """Return the fields that every team has, by name; none for what is no record."""
    kind = _kinds.get(entity_type)
    return kind.fields if kind else {}


def fields_of(team: Team, entity_type: str) -> dict[str, RecordField]:
    """Return a team's fields of a kind of record by name, archived ones too: one query."""
    custom = custom_fields(team.pk, entity_type)
    added = {field.name: RecordField(field.name, field.label, custom=field) for field in custom}
    return {**built_in_fields(entity_type), **added}


def custom_fields(team_id: uuid.UUID, entity_type: str) -> list[CustomField]:
    """Return the fields that the team has added, in its order, archived ones too: one query."""
    return [load(CustomField, row) for row in _CUSTOM_FIELDS.rows(team_id, entity_type)]


def active_custom_fields(team_id: uuid.UUID, entity_type: str) -> list[CustomField]:
    """Return the fields that the team has added and shows, in its order: one query."""
    return [field for field in custom_fields(team_id, entity_type) if field.active]


def _custom_fields(team_id: Any, entity_type: Any) -> QuerySet[CustomField, Any]:
    fields = CustomField.objects.filter(team_id=team_id, entity_type=entity_type)
    return fields.values_list(*columns_of(CustomField))


_CUSTOM_FIELDS = Statement(_custom_fields, models.UUIDField(), models.CharField())
