"""The one writer of custom fields: the pages, the API, the admin and the demo come through here."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from crm import normalize
from crm.history.recording import Author
from crm.normalize.search import fold
from crm.records import writing
from crm.records.catalog import built_in_fields, custom_fields, get_kind
from crm.records.models import LONGEST_KEY, MOST_FIELDS, CustomField, CustomizedRecord
from crm.records.writing import Errors, field_error
from crm.teams.models import Team

COUNTED = 10_000


class FieldHasValues(Exception):
    """The field cannot go while records hold values in it; `count` says how many."""

    def __init__(self, field: CustomField, count: int) -> None:
        noun = field.get_entity_type_display().lower()
        plural = {"contact": "contacts", "company": "companies"}[field.entity_type]
        have = f"1 {noun} has" if count == 1 else f"{count:,} {plural} have"
        super().__init__(
            f"{have} a value in {field.label}. Archive the field instead: its values stay."
        )
        self.count = count


def save_custom_field(field: CustomField, *, by: Author, retyped: bool = False) -> CustomField:
    """Write one new or changed field; a new one comes last and gets a key where it has none.

    `retyped` says that its values are converted with it: nothing else changes a type. Raises
    ValidationError with what is wrong by field, StaleRecord where somebody else changed it since it
    was loaded.
    """
    if not retyped and field.loaded("field_type", field.field_type) != field.field_type:
        raise ValueError("The type of a field changes with its values: crm.records.conversions.")
    return save_custom_fields([field], by=by)[0]


def save_custom_fields(fields: Sequence[CustomField], *, by: Author) -> Sequence[CustomField]:
    """Write fields of one team, all or none; raises as save_custom_field() does."""
    for field in fields:
        if field._state.adding:
            _complete(field)
    saved = writing.save_records(fields, by=by, check=_check, prepare=_prepare)
    for error in saved.errors.values():
        raise error
    return fields


def check_custom_fields(fields: Sequence[CustomField], *, by: Author) -> Errors:
    """Return what save_custom_fields() would refuse of new fields; nothing is written."""
    for field in fields:
        _complete(field)
    return writing.check_records(fields, by=by, check=_check)


def delete_custom_field(field: CustomField, *, by: Author) -> None:
    """Delete a field that no record has a value in; raises FieldHasValues."""
    if count := holders(field)[: COUNTED + 1].count():
        raise FieldHasValues(field, count)
    writing.delete_records([field], by=by)


def order_custom_fields(team: Team, entity_type: str, keys: Sequence[str], *, by: Author) -> None:
    """Put the team's fields in the order of `keys`; those not named follow as they were."""
    places = {key: place for place, key in enumerate(keys)}
    fields = custom_fields(team.pk, entity_type)
    fields.sort(key=lambda field: places.get(field.key, len(places)))
    for position, field in enumerate(fields, 1):
        field.team = team
        field.position = position
    save_custom_fields([field for field in fields if field.changed_fields()], by=by)


def holders(field: CustomField) -> QuerySet[CustomizedRecord, Any]:
    """Return the team's records that have a value in the field."""
    model: Any = get_kind(field.entity_type).model
    rows: QuerySet[CustomizedRecord, Any] = model._default_manager.filter(team_id=field.team_id)
    return rows.filter(custom_fields__has_key=field.key).order_by()


def _complete(field: CustomField) -> None:
    known = custom_fields(field.team_id, field.entity_type)
    if not field.position:
        field.position = max((each.position for each in known), default=0) + 1
    if not field.key:
        field.key = free_key(field.label, {each.key for each in known})


def free_key(label: str, taken: set[str]) -> str:
    """Return a key made of the label that is not taken: `deal_size`, `deal_size_2`."""
    words = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")
    start = words if re.match("[a-z]", words) else f"field_{words}".rstrip("_")
    start = start[: LONGEST_KEY - 4].rstrip("_") if len(start) > 1 else f"field_{start}"
    key, number = start, 1
    while key in taken:
        number += 1
        key = f"{start}_{number}"
    return key


def _prepare(field: CustomField) -> None:
    """A field has nothing that is derived from the rest."""


def _check(fields: Sequence[CustomField]) -> Errors:
    """Key and label must be free among the team's fields: one query a kind of record."""
    errors: Errors = {}
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for index, field in enumerate(fields):
        by_kind[field.entity_type].append(index)
    for entity_type, places in by_kind.items():
        ours = {fields[index].pk for index in places}
        stored = custom_fields(fields[0].team_id, entity_type)
        others = [field for field in stored if field.pk not in ours]
        for index in places:
            if error := _refuse(fields[index], others):
                errors[index] = error
            others.append(fields[index])
    return errors


def _refuse(field: CustomField, others: Sequence[CustomField]) -> ValidationError | None:
    """Return why the field cannot be beside the others."""
    if any(field.key == other.key for other in others):
        return field_error("key", "There is a field with this key already.", "unique")
    label = _key(field.label)
    if any(label == _key(each.label) for each in built_in_fields(field.entity_type).values()):
        noun = field.entity_type
        return field_error("label", f"Every {noun} has a field “{field.label}” already.", "unique")
    if field.active and any(each.active and label == _key(each.label) for each in others):
        return field_error("label", f"There is a field “{field.label}” already.", "unique")
    if field._state.adding and len(others) >= MOST_FIELDS:
        return ValidationError(f"A team has at most {MOST_FIELDS} fields.", code="too_many")
    return None


def _key(label: str) -> str:
    try:
        return normalize.name_key(label)
    except normalize.NormalizeError:
        # The label's own error is told beside it already.
        return ""
