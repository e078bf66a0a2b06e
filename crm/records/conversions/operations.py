"""The writer of conversions: starting one, doing a part of it, undoing it."""

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from crm import normalize
from crm.history.recording import Author
from crm.jobs import reaper
from crm.jobs.operations import renew
from crm.records.catalog import get_kind
from crm.records.conversions.planning import Change, Outcome, plan, same
from crm.records.models import (
    LONGEST_OPTION,
    MOST_OPTIONS,
    ConversionStatus,
    ConvertedValue,
    CustomField,
    CustomizedRecord,
    FieldConversion,
)
from crm.records.models.custom_field import clean_options
from crm.records.operations import save_custom_field
from crm.records.values import TYPES, FieldType

CHUNK = 500
#: So many records are done while the person waits; more are left to the worker.
AT_ONCE = 1000
MOST_EXAMPLES = 100

type Kept = Mapping[uuid.UUID, list[ConvertedValue]]


class FieldIsBusy(Exception):
    """The field's values are being turned into another type; wait until that is done."""

    def __init__(self, field: CustomField) -> None:
        super().__init__(
            f"The values of {field.label} are being converted. Try again when it is done."
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Example:
    """A value that has no form in the new type, and why."""

    record_id: uuid.UUID
    value: str
    reason: str


@dataclasses.dataclass(slots=True)
class Preview:
    """What a conversion would do: of `total` values so many convert, the others are kept aside."""

    total: int = 0
    convertible: int = 0
    examples: list[Example] = dataclasses.field(default_factory=list)
    options: list[str] = dataclasses.field(default_factory=list)

    @property
    def kept(self) -> int:
        """How many values are kept aside."""
        return self.total - self.convertible


def preview_type(field: CustomField, to_type: str, options: Sequence[str] | None = None) -> Preview:
    """Return what changing the field's type would do; nothing is written.

    A choice without `options` gets those it had before, or else what the values say.
    """
    preview = Preview(options=_options_for(field, to_type, options))
    retired = [name for name in field.names if name not in preview.options]
    change = Change(
        from_type=str(field.loaded("field_type")),
        to_type=to_type,
        options=[*preview.options, *retired],
        region=field.team.region,
    )
    for records, kept in _chunks(field):
        for record in records:
            value = record.custom_fields.get(field.key)
            outcome = plan(change, value, kept.get(record.pk, ()))
            if outcome is None:
                continue
            preview.total += 1
            preview.convertible += not outcome.reason
            if outcome.reason and len(preview.examples) < MOST_EXAMPLES:
                preview.examples.append(_example(field, record, value, kept, outcome))
    return preview


def _example(
    field: CustomField, record: CustomizedRecord, value: Any, kept: Kept, outcome: Outcome
) -> Example:
    if value is None:
        aside = kept[record.pk][0]
        return Example(record.pk, TYPES[aside.was_type].write(aside.was), outcome.reason)
    return Example(record.pk, field.type.write(value), outcome.reason)


def change_type(
    field: CustomField, to_type: str, options: Sequence[str] | None = None, *, by: Author
) -> FieldConversion:
    """Change the field's type and convert its values, in the background where they are many.

    `field` may carry other changes, which are written with it. Raises ValidationError, StaleRecord,
    or FieldIsBusy.
    """
    from_type = str(field.loaded("field_type"))
    names = _options_for(field, to_type, options)
    with transaction.atomic():
        before = _lock(field).options
        field.field_type = to_type
        if to_type == FieldType.SELECT:
            field.set_options(names)
        return _start(field, by, from_type=from_type, to_type=to_type, options_before=before)


def rename_option(field: CustomField, old: str, new: str, *, by: Author) -> FieldConversion:
    """Give an option another name, in the field and in all values; raises as change_type() does."""
    with transaction.atomic():
        before = _lock(field).options
        new = clean_options([{"name": new, "retired": False}])[0]["name"]
        field.options = [
            option | {"name": new} if option["name"] == old else option for option in field.options
        ]
        kept = ConvertedValue.objects.filter(team=field.team_id, field=field)
        kept.filter(was_type=FieldType.SELECT, was=old).update(was=new)
        kept.filter(became=old).update(became=new)
        same = {"from_type": FieldType.SELECT, "to_type": FieldType.SELECT}
        return _start(field, by, options_before=before, renamed={old: new}, **same)


def undo(conversion: FieldConversion, *, by: Author) -> FieldConversion:
    """Change the type back; what was kept aside is restored. Raises as change_type() does."""
    field = conversion.field
    names = [option["name"] for option in conversion.options_before if not option["retired"]]
    return change_type(field, conversion.from_type, names or None, by=by)


def _lock(field: CustomField) -> CustomField:
    """Return the field as it is stored, held until the transaction ends; raises FieldIsBusy."""
    stored = CustomField.objects.select_for_update().get(pk=field.pk, team=field.team_id)
    if stored.converting:
        raise FieldIsBusy(field)
    return stored


def _start(field: CustomField, by: Author, **values: Any) -> FieldConversion:
    save_custom_field(field, by=by, retyped=True)
    CustomField.objects.filter(pk=field.pk, team=field.team_id).update(converting=True)
    conversion = FieldConversion(
        team_id=field.team_id,
        field=field,
        total=_touched(field).count(),
        status=ConversionStatus.RUNNING,
        created_by=by.user,
        **values,
    )
    conversion.save(force_insert=True)
    if conversion.total <= AT_ONCE:
        for records, kept in _chunks(field):
            _write(conversion, records, kept)
        _finish(conversion)
        conversion.save()
    else:
        reaper.knock(conversion)
    return conversion


def go_on(conversion: FieldConversion) -> None:
    """Convert what is left of it, chunk by chunk, under the lease of whoever calls."""
    while conversion.is_running:
        with transaction.atomic():
            chunk = next(_chunks(conversion.field, after=conversion.after), None)
            if chunk:
                _write(conversion, *chunk)
            else:
                _finish(conversion)
            progress = ("after", "done", "converted", "kept", "status")
            renew(conversion, **{name: getattr(conversion, name) for name in progress})


def _finish(conversion: FieldConversion) -> None:
    field = conversion.field
    CustomField.objects.filter(pk=field.pk, team=field.team_id).update(converting=False)
    field.converting = False
    conversion.status = ConversionStatus.FINISHED
    conversion.total = conversion.done


def _write(conversion: FieldConversion, records: Sequence[CustomizedRecord], kept: Kept) -> None:
    """Convert a chunk, in the caller's transaction."""
    field = conversion.field
    change = Change(
        from_type=conversion.from_type,
        to_type=conversion.to_type,
        options=field.names,
        region=field.team.region,
        renamed=conversion.renamed,
    )
    changed: list[CustomizedRecord] = []
    aside: list[ConvertedValue] = []
    restored: list[ConvertedValue] = []
    moved: list[ConvertedValue] = []
    for record in records:
        value = record.custom_fields.get(field.key)
        known = kept.get(record.pk, [])
        outcome = plan(change, value, known)
        if outcome is None:
            continue
        conversion.done += 1
        conversion.converted += not outcome.reason
        conversion.kept += bool(outcome.reason)
        if outcome.restored:
            restored.append(outcome.restored)
        if outcome.keep:
            aside.append(_aside(conversion, record, value, outcome))
        moved += _follow(known, value, outcome)
        if not same(outcome.value, value):
            record.custom_fields = _with(record.custom_fields, field.key, outcome.value)
            changed.append(record)
    _write_kept(field, aside, restored, moved)
    _write_values(changed)
    conversion.after = records[-1].pk


def _with(values: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    rest = {name: each for name, each in values.items() if name != key}
    return rest if value is None else rest | {key: value}


def _aside(
    conversion: FieldConversion, record: CustomizedRecord, value: Any, outcome: Outcome
) -> ConvertedValue:
    return ConvertedValue(
        team_id=conversion.team_id,
        field_id=conversion.field_id,
        record_id=record.pk,
        was_type=conversion.from_type,
        was=value,
        became=outcome.value,
    )


def _follow(
    known: Iterable[ConvertedValue], value: Any, outcome: Outcome
) -> Iterator[ConvertedValue]:
    """Yield the kept values that nobody has touched, which follow what the record holds now."""
    for each in known:
        if same(each.became, value) and each is not outcome.restored:
            each.became = outcome.value
            yield each


def _write_kept(
    field: CustomField,
    aside: Sequence[ConvertedValue],
    restored: Sequence[ConvertedValue],
    moved: Sequence[ConvertedValue],
) -> None:
    ours = ConvertedValue.objects.filter(team=field.team_id, field=field)
    if moved:
        ConvertedValue.objects.bulk_update(moved, ["became"], batch_size=CHUNK)
    if restored:
        ours.filter(pk__in=[each.pk for each in restored]).delete()
    if aside:
        ConvertedValue.objects.bulk_create(
            aside,
            update_conflicts=True,
            unique_fields=["team", "field", "record_id", "was_type"],
            update_fields=["was", "became"],
        )


def _write_values(records: Sequence[CustomizedRecord]) -> None:
    """Write the values by one statement for all; who has an older version of a record is told."""
    if not records:
        return
    model = type(records[0])
    connection = connections[model._default_manager.db]
    names = ("custom_fields", "updated_at", "id")
    columns: dict[str, Any] = {name: model._meta.get_field(name) for name in names}
    now, quote = timezone.now(), connection.ops.quote_name
    sql = (
        f"UPDATE {quote(model._meta.db_table)} SET custom_fields = %s, updated_at = %s,"  # noqa: S608
        " version = version + 1 WHERE team_id = %s AND id = %s"
    )
    rows = [
        [
            columns["custom_fields"].get_db_prep_save(record.custom_fields, connection),
            columns["updated_at"].get_db_prep_save(now, connection),
            columns["id"].get_db_prep_save(record.team_id, connection),
            columns["id"].get_db_prep_save(record.pk, connection),
        ]
        for record in records
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _touched(field: CustomField) -> QuerySet[CustomizedRecord, Any]:
    """Return the records that hold a value, or for which one is kept aside."""
    model: Any = get_kind(field.entity_type).model
    aside = ConvertedValue.objects.filter(team=field.team_id, field=field).values("record_id")
    holds = Q(custom_fields__has_key=field.key) | Q(pk__in=aside)
    rows: QuerySet[CustomizedRecord, Any] = model._default_manager.filter(team_id=field.team_id)
    return rows.filter(holds).order_by("pk")


def _chunks(
    field: CustomField, *, after: uuid.UUID | None = None
) -> Iterator[tuple[list[CustomizedRecord], Kept]]:
    """Yield the records in the order of their ids, each chunk with what is kept aside for it."""
    touched = _touched(field).only("id", "team_id", "custom_fields")
    in_transaction = transaction.get_connection().in_atomic_block
    while True:
        rows = touched.filter(pk__gt=after) if after else touched
        if in_transaction:
            rows = rows.select_for_update(of=("self",))
        records = list(rows[:CHUNK])
        if not records:
            return
        yield records, _kept(field, [record.pk for record in records])
        after = records[-1].pk


def _kept(field: CustomField, record_ids: Sequence[uuid.UUID]) -> Kept:
    kept: defaultdict[uuid.UUID, list[ConvertedValue]] = defaultdict(list)
    ours = ConvertedValue.objects.filter(team=field.team_id, field=field)
    for each in ours.filter(record_id__in=record_ids).order_by("id"):
        kept[each.record_id].append(each)
    return kept


def _options_for(field: CustomField, to_type: str, options: Sequence[str] | None) -> list[str]:
    """Return what can be chosen afterwards; raises ValidationError for a type that there is not."""
    if to_type not in TYPES:
        known = ", ".join(TYPES)
        message = f"“{to_type}” is not one of: {known}."
        raise ValidationError({"field_type": ValidationError(message, "invalid_choice")})
    if to_type != FieldType.SELECT:
        return []
    return list(options) if options is not None else field.choices or _options_of(field)


def _options_of(field: CustomField) -> list[str]:
    """Return the options that the field's values are, as many as a field may have."""
    found: dict[str, str] = {}
    for records, _kept_aside in _chunks(field):
        for record in records:
            if (value := record.custom_fields.get(field.key)) is None:
                continue
            name = normalize.clean_line(field.type.write(value))
            if 0 < len(name) <= LONGEST_OPTION and len(found) < MOST_OPTIONS:
                found.setdefault(normalize.name_key(name), name)
    return sorted(found.values(), key=str.casefold)
