"""The rule of custom values: what a record may hold in its team's own fields.

Asked by the one writing line, so by every door. What is not changed is not asked about: a value
from before its option was retired, or its field archived, stays readable.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from crm.history.recording import Author
from crm.records.catalog import custom_fields
from crm.records.models import CUSTOM, CustomField, CustomizedRecord, Record


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
    errors = {}
    for index, record in touched.items():
        if found := _check(record, fields, by):
            errors[index] = ValidationError(found)
    return errors


def _is_touched(record: CustomizedRecord) -> bool:
    return record._state.adding or record.custom_fields != record.loaded("custom_fields", {})


def _check(
    record: CustomizedRecord, fields: Mapping[str, CustomField], by: Author
) -> dict[str, Any]:
    before = record.loaded("custom_fields") or {}
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for key, value in record.custom_fields.items():
        if key in before and before[key] == value and type(before[key]) is type(value):
            values[key] = value
            continue
        try:
            stored = _read(fields.get(key), value)
        except ValidationError as error:
            errors[f"{CUSTOM}{key}"] = error
        else:
            if stored is not None:
                values[key] = stored
    record.custom_fields = values
    if not by.is_machine:
        missed = set(fields) if record._state.adding else before.keys() - values.keys()
        errors |= _missed(fields, missed - values.keys(), errors)
    return errors


def _missed(
    fields: Mapping[str, CustomField], keys: Collection[str], errors: Mapping[str, Any]
) -> dict[str, ValidationError]:
    """Return an error for each required field among `keys` that has none yet.

    A new record may not be without it, nor may one lose it; one from before the field was there may
    be changed without it. A machine has nobody to ask and is not stopped.
    """
    return {
        field.name: ValidationError(f"{field.label} is required.", code="required")
        for key, field in fields.items()
        if key in keys and field.required and field.active and field.name not in errors
    }


def _read(field: CustomField | None, value: Any) -> Any:
    if field is None:
        raise ValidationError("There is no such field in this team.", code="unknown")
    if not field.active:
        raise ValidationError("This field is archived. Restore it to change it.", code="archived")
    if field.converting:
        message = f"The values of {field.label} are being converted. Try again when it is done."
        raise ValidationError(message, code="converting")
    return field.type.read(value, field.choices)
