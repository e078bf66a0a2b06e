"""A contact and its company as enrichment reads and writes them, whichever field it is."""

import dataclasses
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from companies.models import Company
from companies.operations import save_company
from contacts.models import Contact
from contacts.operations import save_contact
from crm import normalize
from crm.history.recording import Author
from crm.records.catalog import RecordField
from crm.records.history.restoring import current_value, is_same, set_value
from crm.records.models import CustomizedRecord
from crm.teams.models import Team

COMPANY = "company"


def load_contact(team: Team, contact_id: uuid.UUID) -> Contact | None:
    """Return the team's contact with its company, as stored now."""
    contact = team.contacts.select_related("company").filter(pk=contact_id).first()
    if contact:
        contact.team = contact.company.team = team
    return contact


def held_value(record: CustomizedRecord, field: RecordField) -> Any:
    """Return what the record holds in the field; a company is its name."""
    if field.name == COMPANY and isinstance(record, Contact):
        return record.company.name
    return current_value(record, field, {})


def says_the_same(first: Any, second: Any) -> bool:
    """Return whether two values are one to people: the case and spacing of a text do not matter."""
    if isinstance(first, str) and isinstance(second, str) and first and second:
        return normalize.name_key(first) == normalize.name_key(second)
    return is_same(first, second)


def put_value(record: CustomizedRecord, field: RecordField, value: Any, *, by: Author) -> None:
    """Give the field of the unsaved record a value; a company by its name, made where it is new.

    Raises ValidationError where there can be no such company.
    """
    if field.name == COMPANY and isinstance(record, Contact):
        record.company = find_company(record.team, value, by=by)
    else:
        set_value(record, field, value)


def find_company(team: Team, name: str, *, by: Author) -> Company:
    """Return the team's company of that name, whatever its case, or a new one."""
    company = team.companies.filter(name_key=normalize.name_key(name)).first()
    if company is None:
        company = save_company(Company(team=team, name=name), by=by)
    company.team = team
    return company


def save(record: CustomizedRecord, *, by: Author) -> None:
    """Write the contact or company by its own operation; raises as that does."""
    if isinstance(record, Contact):
        save_contact(record, by=by)
    elif isinstance(record, Company):
        save_company(record, by=by)


def set_and_save(
    record: CustomizedRecord,
    values: Mapping[RecordField, Any],
    *,
    by: Author,
    evidence: Mapping[str, Any],
) -> set[str]:
    """Write values into a record as it was loaded, but for those that it cannot hold.

    Returns the names of the fields that were written. `evidence` holds the proof of each value by
    its field's name, under "fields". Raises StaleRecord.
    """
    values = dict(values)
    before = {field: held_value(record, field) for field in values}
    while values:
        proofs = {field.name: evidence["fields"].get(field.name) for field in values}
        author = dataclasses.replace(by, evidence={**evidence, "fields": proofs})
        try:
            for field, value in values.items():
                put_value(record, field, value, by=author)
            save(record, by=author)
        except ValidationError as error:
            refused = _refused(error, values)
            for field, value in before.items():
                put_value(record, field, value, by=author)
            values = {field: value for field, value in values.items() if field not in refused}
        else:
            break
    return {field.name for field in values}


def _refused(error: ValidationError, fields: Iterable[RecordField]) -> set[RecordField]:
    """Return the fields that the error is about; all of them where it does not say."""
    named = set(error.error_dict) if hasattr(error, "error_dict") else set()
    found = {field for field in fields if field.name in named}
    return found or set(fields)
