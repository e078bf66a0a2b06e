"""The steps every record's writer shares: validate, then write row and history in one transaction.

1. Each record is cleaned without asking the database (shape, choices, lengths).
2. The values of the team's own fields are checked, and the app's `check` asks the database once per
   batch (company of this team, uniqueness).
3. The good ones are written: new rows in one INSERT, changed ones each by
   `UPDATE … WHERE version = x`, and one Change for each.

Validation stands outside the transaction, so that a long batch holds no lock while it thinks.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.history.models import Verb
from crm.history.recording import Author, Entry, record_changes
from crm.queries.inserting import insert_many
from crm.records.customizing import check_custom_values
from crm.records.models import ConvertedValue, CustomizedRecord, Record
from crm.teams.db import delete_rows

type Errors = dict[int, ValidationError]


class StaleRecord(Exception):
    """The record was changed by somebody else since it was loaded; nothing was written."""

    def __init__(self, record: Record) -> None:
        super().__init__(
            f"This {record._meta.verbose_name} was changed by somebody else meanwhile."
        )
        self.record = record


@dataclasses.dataclass(slots=True)
class Saved[R: Record]:
    """What became of a batch: `errors` by place in the batch, and the records that were written.

    A record without any change counts as neither.
    """

    created: list[R] = dataclasses.field(default_factory=list)
    updated: list[R] = dataclasses.field(default_factory=list)
    errors: Errors = dataclasses.field(default_factory=dict)


def clean(record: Record) -> ValidationError | None:
    """Return what is wrong with the record by itself, or None."""
    try:
        record.clean_fields(exclude=_references(record))
        record.clean()
    except ValidationError as error:
        return error
    return None


def _references(record: Record) -> set[str]:
    """Return the relations; whether they exist is asked once for the batch, not per row."""
    return {field.name for field in record._meta.concrete_fields if field.is_relation}


def merge_errors(first: ValidationError | None, second: ValidationError) -> ValidationError:
    """Return one error that says both."""
    if first is None:
        return second
    return ValidationError(second.update_error_dict(first.update_error_dict({})))


def field_error(field: str, message: str, code: str) -> ValidationError:
    """Return an error beside one field."""
    return ValidationError({field: ValidationError(message, code=code)})


def save_records[R: Record](
    records: Sequence[R],
    *,
    by: Author,
    check: Callable[[Sequence[R]], Errors],
    prepare: Callable[[R], None],
    extra_changes: Mapping[Any, dict[str, list[Any]]] | None = None,
    after: Callable[[Saved[R]], None] | None = None,
    cleaned: bool = False,
) -> Saved[R]:
    """Validate and write a batch of one team's records, new and changed ones together.

    `prepare` fills the columns derived from others. `extra_changes` is what history says beyond the
    row's own columns, by record id (a contact's tags); `after` writes it, in the same transaction.
    `cleaned` records have been through `clean` by themselves already, outside the transaction.
    Raises StaleRecord, and writes nothing, where a record was changed since it was loaded.
    """
    errors = check_records(records, by=by, check=check, cleaned=cleaned)
    try:
        saved = _write(_good(records, errors), by, prepare, extra_changes or {}, after)
    except IntegrityError:
        # Somebody was quicker between the check and the write: say so beside the field.
        late = {index: error for index, error in check(records).items() if index not in errors}
        if not late:
            raise
        errors |= late
        saved = _write(_good(records, errors), by, prepare, extra_changes or {}, after)
    saved.errors = errors
    return saved


def check_records[R: Record](
    records: Sequence[R],
    *,
    by: Author,
    check: Callable[[Sequence[R]], Errors],
    cleaned: bool = False,
) -> Errors:
    """Return what `save_records` would refuse, by place in the batch; nothing is written."""
    errors: Errors = {}
    for index, record in enumerate(() if cleaned else records):
        if error := clean(record):
            errors[index] = error
    for found in (check_custom_values(records, by=by), check(records)):
        for index, error in found.items():
            errors[index] = merge_errors(errors.get(index), error)
    return errors


def _good[R: Record](records: Sequence[R], errors: Errors) -> list[R]:
    return [record for index, record in enumerate(records) if index not in errors]


def save_record[R: Record](record: R, saved: Saved[R]) -> R:
    """Return the one record of a batch of one; raises its ValidationError."""
    if saved.errors:
        raise saved.errors[0]
    return record


def _write[R: Record](
    records: Sequence[R],
    by: Author,
    prepare: Callable[[R], None],
    extra_changes: Mapping[Any, dict[str, list[Any]]],
    after: Callable[[Saved[R]], None] | None,
) -> Saved[R]:
    saved: Saved[R] = Saved()
    if not records:
        return saved
    now = timezone.now()
    entries: list[Entry] = []
    with transaction.atomic():
        for record in records:
            prepare(record)
            if record._state.adding:
                saved.created.append(record)
                entries.append(_entry(record, Verb.CREATED, {}))
            elif fields := record.changed_fields() | extra_changes.get(record.pk, {}):
                _update(record, now)
                saved.updated.append(record)
                entries.append(_entry(record, Verb.UPDATED, fields))
        _insert(saved.created)
        if after:
            after(saved)
        record_changes(entries, by=by, at=now)
    # Not before the commit: a batch that failed is written once more with the versions it had.
    for record in saved.updated:
        record.version += 1
        record.updated_at = now
    for record in (*saved.created, *saved.updated):
        record.remember()
    return saved


def _entry(record: Record, verb: Verb, fields: dict[str, list[Any]]) -> Entry:
    return Entry(record.team_id, record._meta.model_name or "", record.id, verb, fields)


def _insert[R: Record](records: list[R]) -> None:
    if len(records) == 1:
        records[0].save(force_insert=True)
    elif records:
        insert_many(records)


def _update(record: Record, now: dt.datetime) -> None:
    changed = {name: new for name, (_old, new) in record.changed_columns().items()}
    changed |= {name: getattr(record, name) for name in record.DERIVED}
    values = {
        record._meta.get_field(name).attname: value  # type: ignore[union-attr]
        for name, value in changed.items()
    }
    written = (
        type(record)
        ._default_manager.filter(pk=record.pk, team_id=record.team_id, version=record.version)
        .update(**values, version=record.version + 1, updated_at=now)
    )
    if not written:
        raise StaleRecord(record)


def delete_records[R: Record](records: Sequence[R], *, by: Author) -> None:
    """Delete the team's records; each leaves a Change with the values it had.

    Raises RestrictedError where other records need one of them.
    """
    if not records:
        return
    entries = [_entry(record, Verb.DELETED, _gone(record)) for record in records]
    with transaction.atomic():
        record_changes(entries, by=by, at=timezone.now())
        _forget(records)
        delete_rows(records)


def _forget(records: Sequence[Record]) -> None:
    """Delete what conversions keep aside for records that go."""
    ids = [record.pk for record in records if isinstance(record, CustomizedRecord)]
    if ids:
        ConvertedValue.objects.filter(team_id=records[0].team_id, record_id__in=ids).delete()


def _gone(record: Record) -> dict[str, list[Any]]:
    return {name: [value, None] for name, value in record.last_values().items()}
