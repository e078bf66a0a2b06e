"""The rule of custom values: what a record may hold in its team's own fields.

Asked by the one writing line, so by every door. What is not changed is not asked about: a value
from before its option was retired, or its field archived, stays readable.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from django.core.exceptions import ValidationError

from crm.history.recording import Author
from crm.records.catalog import custom_fields
from crm.records.models import CUSTOM, CustomField, CustomizedRecord, Record

type _Reader = Callable[[Any], Any]


def merged(record: CustomizedRecord, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record's values with those given set; None takes one away."""
    values = {**record.custom_fields, **given}
    return {key: value for key, value in values.items() if value is not None}


def check_custom_values(records: Sequence[Record], *, by: Author) -> dict[int, ValidationError]:
    """Bring the changed values of one team's records into their stored form.

    Returns what is wrong by place. One query for the batch; none where nothing custom is written to
    records that exist already.
    """
    touched = {
        index: record
        for index, record in enumerate(records)
        if isinstance(record, CustomizedRecord) and _is_touched(record)
    }
    if not touched:
        return {}
    first = next(iter(touched.values()))
    fields = {
        field.key: field for field in custom_fields(first.team_id, first._meta.model_name or "")
    }
    readers = {key: _reader(field) for key, field in fields.items()}
    errors = {}
    for index, record in touched.items():
        found = _check(record, readers)
        if not by.is_machine:
            found |= _missed(record, fields, found)
        if found:
            errors[index] = ValidationError(found)
    return errors


def _is_touched(record: CustomizedRecord) -> bool:
    return record._state.adding or record.custom_fields != record.loaded("custom_fields", {})


def _check(record: CustomizedRecord, readers: Mapping[str, _Reader]) -> dict[str, Any]:
    before = record.loaded("custom_fields") or {}
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for key, value in record.custom_fields.items():
        if key in before and before[key] == value and type(before[key]) is type(value):
            values[key] = value
            continue
        try:
            stored = readers.get(key, _read_unknown)(value)
        except ValidationError as error:
            errors[f"{CUSTOM}{key}"] = error
        else:
            if stored is not None:
                values[key] = stored
    record.custom_fields = values
    return errors


def _missed(
    record: CustomizedRecord, fields: Mapping[str, CustomField], errors: Mapping[str, Any]
) -> dict[str, ValidationError]:
    """Return an error for each required field that the record lacks and that has none yet.

    A new record may not be without it, nor may one lose it; one from before the field was there may
    be changed without it. A machine has nobody to ask and is not stopped.
    """
    before = record.loaded("custom_fields") or {}
    keys = (set(fields) if record._state.adding else before.keys()) - record.custom_fields.keys()
    return {
        field.name: ValidationError(f"{field.label} is required.", code="required")
        for key, field in fields.items()
        if key in keys and field.required and field.active and field.name not in errors
    }


def _reader(field: CustomField) -> _Reader:
    """Return what reads the field's values, each text but once: many records say the same."""
    if not field.active:
        return _refusing("This field is archived. Restore it to change it.", "archived")
    if field.converting:
        message = f"The values of {field.label} are being converted. Try again when it is done."
        return _refusing(message, "converting")
    read = partial(field.type.read, options=field.choices)
    read_text = cache(read)
    return lambda value: read_text(value) if isinstance(value, str) else read(value)


def _refusing(message: str, code: str) -> _Reader:
    def refuse(value: Any) -> Any:
        raise ValidationError(message, code=code)

    return refuse


_read_unknown = _refusing("There is no such field in this team.", "unknown")
