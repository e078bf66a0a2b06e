"""Merging a field into another: its values move, and what calls say of the one goes to the other.

A value stays where it is when the other field has one already, or no form for it: the field that
was merged is archived with what stayed, so that nothing is lost.
"""

import dataclasses
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from calls.enrichment.naming import label_key
from calls.enrichment.operations import hand_over_labels, remember_label
from companies.operations import save_companies
from contacts.operations import save_contacts
from crm.history.recording import Author
from crm.records.customizing import merged
from crm.records.models import CustomField, CustomizedRecord, EntityType
from crm.records.operations import holders, save_custom_field

CHUNK = 250


@dataclasses.dataclass(slots=True)
class Merged:
    """So many values move, or have moved, and so many stay."""

    moved: int = 0
    stayed: int = 0


def preview_merge(field: CustomField, into: CustomField) -> Merged:
    """Return what merging would do; nothing is written."""
    result = Merged()
    for records in _chunks(field):
        movable = sum(_moved_value(field, into, record) is not None for record in records)
        result.moved += movable
        result.stayed += len(records) - movable
    return result


def merge_field(field: CustomField, into: CustomField, *, by: Author) -> Merged:
    """Move the values and archive the field; raises ValidationError or StaleRecord."""
    if field.entity_type != into.entity_type or field.pk == into.pk:
        raise ValidationError("Choose another field of the same kind of record.")
    result = Merged()
    with transaction.atomic():
        for records in _chunks(field):
            moving = [each for each in records if _move(field, into, each)]
            _save(field, moving, by)
            result.moved += len(moving)
            result.stayed += len(records) - len(moving)
        field.active = False
        save_custom_field(field, by=by)
        hand_over_labels(field, into)
        remember_label(into, label_key(field.label))
    return result


def _chunks(field: CustomField) -> Iterator[Sequence[CustomizedRecord]]:
    after: uuid.UUID | None = None
    while True:
        rows = holders(field).order_by("pk")
        records = list((rows.filter(pk__gt=after) if after else rows)[:CHUNK])
        if not records:
            return
        for record in records:
            record.team = field.team
        yield records
        after = records[-1].pk


def _moved_value(field: CustomField, into: CustomField, record: CustomizedRecord) -> Any:
    """Return the value as the other field would hold it, or None where it stays."""
    if record.custom_fields.get(into.key) is not None:
        return None
    text = field.type.write(record.custom_fields[field.key])
    try:
        return into.type.parse(text, into.choices, field.team.region)
    except ValidationError:
        return None


def _move(field: CustomField, into: CustomField, record: CustomizedRecord) -> bool:
    value = _moved_value(field, into, record)
    if value is None:
        return False
    record.custom_fields = merged(record, {into.key: value, field.key: None})
    return True


def _save(field: CustomField, records: Sequence[Any], by: Author) -> None:
    if not records:
        return
    save: Any = save_companies if field.entity_type == EntityType.COMPANY else save_contacts
    for error in save(records, by=by).errors.values():
        raise error
