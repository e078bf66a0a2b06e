"""The fields of a contact and its company as an extractor is told of them, and back.

A choice of the product's own (a lead status) is told by its labels. What comes back is brought into
the form in which the record holds it, by the same rules as any other door.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from calls.enrichment.findings import EMAIL, PHONE, TargetField
from calls.enrichment.policy import DO_NOT_CALL, Fillable
from crm import normalize
from crm.fields import EmailAddressField, PhoneField
from crm.records.catalog import RecordField
from crm.records.models import CUSTOM, CustomizedRecord, EntityType
from crm.records.values import TYPES, FieldType

#: What the catalogue's label alone does not tell.
_HINTS: Mapping[tuple[str, str], str] = {
    (EntityType.CONTACT, "company"): "The company that the contact works for.",
    (EntityType.CONTACT, "job_title"): "What the contact does there: their role or position.",
    (EntityType.CONTACT, "email"): "Where the contact can be written to.",
    (EntityType.CONTACT, "phone"): "A new main number of the contact.",
    (EntityType.CONTACT, "phone_secondary"): "Another number of the contact: mobile, direct line.",
    (EntityType.CONTACT, "timezone"): "Where the contact is, as an IANA name: Europe/Berlin.",
    (EntityType.CONTACT, "preferred_contact_method"): "How the contact would like to be reached.",
    (EntityType.COMPANY, "name"): "What the contact's company is called.",
    (EntityType.COMPANY, "company_size"): "How many people work there.",
    (EntityType.COMPANY, "phone"): "The company's own number: its reception.",
}


def make_targets(fillable: Iterable[Fillable]) -> dict[str, tuple[Fillable, TargetField]]:
    """Return each field that an extractor is to look for, by the key that it is told.

    Do-not-call is none: extractors look for that wish by themselves.
    """
    targets: dict[str, tuple[Fillable, TargetField]] = {}
    for each in fillable:
        if each.field.name != DO_NOT_CALL:
            key = _free_key(each, targets)
            targets[key] = each, _describe(key, each)
    return targets


def _free_key(each: Fillable, taken: Mapping[str, Any]) -> str:
    key = each.field.name.removeprefix(CUSTOM)
    if each.entity_type == EntityType.COMPANY and not key.startswith("company"):
        key = f"company_{key}"
    return f"{key}_" if key in taken or key == DO_NOT_CALL else key


def _describe(key: str, each: Fillable) -> TargetField:
    field, label = each.field, each.field.label
    if field.custom:
        custom = field.custom
        return TargetField(key, label, custom.field_type, custom.choices, custom.description)
    hint = _HINTS.get(each.key, "")
    is_ambiguous = each.entity_type == EntityType.COMPANY and "company" not in label.lower()
    label = f"Company {label.lower()}" if is_ambiguous else label
    column: Any = field.column
    if column.choices:
        labels = [str(label) for _value, label in column.flatchoices]
        return TargetField(key, label, FieldType.SELECT, labels, hint)
    return TargetField(key, label, _type_of(column), (), hint)


def _type_of(column: models.Field[Any, Any]) -> str:
    match column:
        case EmailAddressField():
            return EMAIL
        case PhoneField():
            return PHONE
        case models.BooleanField():
            return FieldType.BOOLEAN
    return FieldType.TEXT


def read_found(record: CustomizedRecord, field: RecordField, value: Any) -> Any:
    """Return a found value as the record holds it; raises ValidationError where it has no form.

    A company stays a name, which only accepting it turns into one.
    """
    if field.custom:
        return field.custom.type.read(value, field.custom.choices)
    column: Any = field.column
    if not isinstance(value, bool if isinstance(column, models.BooleanField) else str):
        raise ValidationError("Must be a value of the field's type.", code="invalid")
    if column.is_relation:
        return _line(value)
    if column.choices:
        return _choice(column, value)
    return column.clean(value, record)


def read_typed(record: CustomizedRecord, field: RecordField, text: str) -> Any:
    """Return what a person typed as the record holds it; raises ValidationError."""
    if field.custom:
        return field.custom.type.parse(text, field.custom.choices, record.phone_region)
    column: Any = field.column
    if isinstance(column, models.BooleanField):
        return TYPES[FieldType.BOOLEAN].parse(text)
    return read_found(record, field, text)


def choices_of(field: RecordField) -> list[str]:
    """Return what can be chosen for the field, in words; none where it is typed."""
    if field.custom:
        is_flag = field.custom.field_type == FieldType.BOOLEAN
        is_choice = field.custom.field_type == FieldType.SELECT
        return ["Yes", "No"] if is_flag else field.custom.choices if is_choice else []
    column: Any = field.column
    if isinstance(column, models.BooleanField):
        return ["Yes", "No"]
    return [str(label) for _value, label in column.flatchoices] if column.choices else []


def _line(value: Any) -> str:
    try:
        return normalize.clean_line(str(value))
    except normalize.NormalizeError as error:
        raise ValidationError(error.message, code=error.code) from error


def _choice(column: Any, value: Any) -> str:
    wanted = str(value).casefold()
    for choice, label in column.flatchoices:
        if wanted in (str(choice).casefold(), str(label).casefold()):
            return str(choice)
    raise ValidationError(f"“{value}” is not one of the choices.", code="invalid_choice")


@dataclasses.dataclass(frozen=True, slots=True)
class Proof:
    """The words that prove a value: where they were said, by whom they were confirmed.

    `before` and `after` are what stands around them in their sentence.
    """

    quote: str
    turn: int
    confirmed_by: int | None = None
    confidence: float = 1.0
    seconds: float | None = None
    before: str = ""
    after: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as history keeps it."""
        return dataclasses.asdict(self)
