"""Going back to an earlier value: an edit like any other, by the app's operation, and in history.

1. The person has seen the record in a version; where it has changed since, nothing is written.
2. The field must still be there, and have another value now.
3. The operation checks the value as if it had been typed: an option may be gone, a name be taken.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django.core.exceptions import ValidationError

from crm import normalize
from crm.history.models import Change, Verb
from crm.records.catalog import RecordField, built_in_fields, fields_of
from crm.records.customizing import merged
from crm.records.history.names import find_names
from crm.records.history.words import as_id, is_gone, referred_kind, show_value
from crm.records.models import CUSTOM, CustomizedRecord, Record
from crm.records.writing import StaleRecord

#: Values of fields that are no column of the record, by name: a contact's tags.
type Others = Mapping[str, Any]
#: Writes the record by its operation, with these values of such fields.
type Write = Callable[[Others], object]

LONGEST_SAID = 60


class NotRestored(Exception):
    """Nothing was written; the message says why."""


def restore(
    record: Record, change: Change, name: str, *, seen: str, others: Others, write: Write
) -> str:
    """Give the field the value it had before `change`, and return what to say of it.

    `seen` is the version that the person looked at. Raises NotRestored.
    """
    if change.verb != Verb.UPDATED or name not in change.fields:
        raise NotRestored("This change has no such value to restore.")
    if seen != str(record.version):
        raise _stale(record)
    field = _find_field(record, name)
    value = change.fields[name][0]
    words = _words(record, field, value)
    if is_same(value, current_value(record, field, others)):
        raise NotRestored(f"Nothing to restore: “{field.label}” has this value already.")
    try:
        write(set_value(record, field, value))
    except StaleRecord as error:
        raise _stale(record) from error
    except ValidationError as error:
        reasons = " ".join(error.messages)
        raise NotRestored(f"Could not restore “{field.label}”. {reasons}") from error
    return f"{field.label} restored{words}."


def _stale(record: Record) -> NotRestored:
    return NotRestored(
        f"Somebody else changed {record} meanwhile, so nothing was restored. "
        "Look at the history as it is now."
    )


def _find_field(record: Record, name: str) -> RecordField:
    kind = record._meta.model_name or ""
    fields = fields_of(record.team, kind) if name.startswith(CUSTOM) else built_in_fields(kind)
    field = fields.get(name)
    if field is None:
        raise NotRestored("There is no such field any more.")
    return field


def _words(record: Record, field: RecordField, value: Any) -> str:
    """Return how the sentence ends that says it; raises NotRestored for a record that is gone."""
    kind, record_id = referred_kind(field), as_id(value)
    names = find_names(record.team, [(kind, record_id)]) if kind and record_id else {}
    shown = show_value(field, value, record.team, names)
    if kind and record_id and is_gone(field, value, names):
        gone = names[kind, record_id].text if names else f"That {kind}"
        raise NotRestored(f"Could not restore “{field.label}”. {gone} was deleted.")
    if len(shown) > LONGEST_SAID or "\n" in shown:
        return ""
    return f" to {shown or 'empty'}"


def current_value(record: Record, field: RecordField, others: Others) -> Any:
    """Return the field's present value in the form that history keeps it in."""
    if field.custom and isinstance(record, CustomizedRecord):
        return record.custom_fields.get(field.custom.key)
    if field.column is None:
        return others.get(field.name)
    value = getattr(record, field.column.attname)
    return str(value) if isinstance(value, uuid.UUID) else value


def is_same(first: Any, second: Any) -> bool:
    """Return whether two values are one to people: empty is empty, and tags have no order."""
    return _comparable(first) == _comparable(second)


def _comparable(value: Any) -> Any:
    if value in (None, "", []):
        return None
    if isinstance(value, list):
        return sorted(normalize.name_key(str(each)) for each in value)
    # True is 1 to Python, and to nobody else.
    return type(value), value


def can_restore(record: Record, others: Others, field: RecordField, value: Any) -> bool:
    """Return whether to offer the value: where it is another than now, and the field still used."""
    known = field.custom is None or field.custom.active
    is_field = field.custom or field.column is not None or field.name in others
    return bool(known and is_field) and not is_same(value, current_value(record, field, others))


def set_value(record: Record, field: RecordField, value: Any) -> Others:
    """Put the value into the record, or return it where it is none of its columns."""
    if field.custom and isinstance(record, CustomizedRecord):
        record.custom_fields = merged(record, {field.custom.key: value})
        return {}
    if field.column is None:
        return {field.name: cast("Sequence[str]", value)}
    setattr(record, field.column.attname, field.column.to_python(value))
    return {}
