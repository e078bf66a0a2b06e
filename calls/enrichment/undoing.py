"""Putting back what a call has changed, wherever nobody has changed it since.

What a person has accepted is theirs and stays. What is put back is remembered, so that the same
call does not bring it again; to `policy` it is as if the call had never written it.
"""

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from calls.enrichment.models import EnrichmentRun, Proposal
from calls.enrichment.operations import mark_undone, note_undone
from calls.enrichment.records import COMPANY
from calls.models import Call
from calls.operations import save_call
from companies.models import Company
from companies.operations import save_company
from contacts.models import Contact
from contacts.operations import save_contact
from crm.history.models import Change, Origin, Verb
from crm.history.reading import NEWEST_FIRST, changes_of
from crm.history.recording import Author
from crm.records.catalog import RecordField, fields_of
from crm.records.history.restoring import current_value, is_same, set_value
from crm.records.models import CustomField, Record
from crm.records.operations import FieldHasValues, delete_custom_field
from crm.records.writing import StaleRecord

TRIES = 5
_SAVERS: Mapping[type[Record], Any] = {
    Contact: save_contact,
    Company: save_company,
    Call: save_call,
}


@dataclasses.dataclass(slots=True)
class Undone:
    """What undoing a call did: so many values were put back, so many were kept as they are."""

    restored: int = 0
    kept: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """What a call has made of a field: the value before it, and the one it wrote last."""

    before: Any
    after: Any
    evidence: Mapping[str, Any]
    is_latest: bool


def undo_call(call: Call, *, by: Author) -> Undone:
    """Put back what the call has written, as its author; everything together."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _undo(call, by)
        except StaleRecord:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


def _undo(call: Call, by: Author) -> Undone:
    undone = Undone()
    author = dataclasses.replace(by, evidence={"undoes": str(call.pk), "fields": {}})
    touched = find_touched(call)
    for kind, record_id in touched:
        record = _find_record(call, kind, record_id)
        if record is not None:
            _undo_record(call, record, author, undone)
    for kind, record_id in touched:
        if kind == "customfield":
            _remove_field(call, record_id, author)
    mark_undone(call)
    return undone


def find_touched(call: Call) -> list[tuple[str, uuid.UUID]]:
    """Return the records that runs over the call have written, each once."""
    runs = EnrichmentRun.objects.filter(team=call.team_id, call=call)
    found = runs.values_list("touched", flat=True)
    pairs = [(kind, uuid.UUID(record_id)) for each in found for kind, record_id in each]
    return list(dict.fromkeys(pairs))


def _find_record(call: Call, kind: str, record_id: uuid.UUID) -> Record | None:
    rows: Mapping[str, Any] = {
        "contact": call.team.contacts,
        "company": call.team.companies,
        "call": call.team.calls,
    }
    if kind not in rows:
        return None
    record: Record | None = rows[kind].filter(pk=record_id).first()
    if record is not None:
        record.team = call.team
    return record


def _undo_record(call: Call, record: Record, author: Author, undone: Undone) -> None:
    kind = record._meta.model_name or ""
    fields = fields_of(call.team, kind)
    back: dict[RecordField, Written] = {}
    for name, written in what_was_written(call, kind, record.pk).items():
        field = fields.get(name)
        if field is None:
            continue
        if written.is_latest and is_same(current_value(record, field, {}), written.after):
            back[field] = written
        else:
            undone.kept += 1
    put_back = _put_back(record, back, author)
    undone.restored += len(put_back)
    undone.kept += len(back) - len(put_back)
    if isinstance(record, Contact):
        note_undone([_memory(call, record, None, each, back[each]) for each in put_back])
    elif isinstance(record, Company) and call.contact:
        note_undone([_memory(call, call.contact, record, each, back[each]) for each in put_back])


def what_was_written(call: Call, kind: str, record_id: uuid.UUID) -> dict[str, Written]:
    """Return what the call has made of the record's fields, by their names.

    Reads the history from its end: changes of the call that follow each other are one.
    """
    found: dict[str, Written] = {}
    closed: set[str] = set()
    undone: set[str] = set()
    changes = changes_of(call.team, kind, record_id).filter(verb=Verb.UPDATED)
    for change in changes.order_by(*NEWEST_FIRST):
        is_ours = change.origin == Origin.EXTRACTOR and _names(change, "call") == str(call.pk)
        for name, (old, new) in change.fields.items():
            if _names(change, "undoes") == str(call.pk):
                undone.add(name)
            elif is_ours and name not in undone:
                is_latest = name not in closed
                if name in found and found[name].is_latest and is_latest:
                    found[name] = dataclasses.replace(found[name], before=old)
                elif name not in found:
                    proof = (change.evidence or {}).get("fields", {}).get(name) or {}
                    found[name] = Written(old, new, proof, is_latest)
            elif not is_ours:
                closed.add(name)
    return found


def _names(change: Change, what: str) -> Any:
    return (change.evidence or {}).get(what)


def _put_back(
    record: Record, back: Mapping[RecordField, Written], author: Author
) -> Sequence[RecordField]:
    """Write the values of before; one that cannot be any more, stays. Return what was put back."""
    left = dict(back)
    while left:
        for field, written in left.items():
            set_value(record, field, written.before)
        try:
            _SAVERS[type(record)](record, by=author)
        except ValidationError as error:
            named = {field for field in left if field.name in getattr(error, "error_dict", {})}
            for field in named or set(left):
                set_value(record, field, left.pop(field).after)
        else:
            break
    return list(left)


def _memory(
    call: Call, contact: Contact, company: Company | None, field: RecordField, written: Written
) -> Proposal:
    value = written.after
    if field.name == COMPANY and company is None:
        value = call.team.companies.filter(pk=value).values_list("name", flat=True).first()
    return Proposal(
        team=call.team,
        call=call,
        contact=contact,
        company=company,
        field=field.name,
        value=value,
        evidence=written.evidence,
    )


def _remove_field(call: Call, field_id: uuid.UUID, author: Author) -> None:
    """Delete a field that the call has made, where nobody has used or changed it since."""
    field = CustomField.objects.filter(team=call.team, pk=field_id, version=1).first()
    if field is None:
        return
    try:
        delete_custom_field(field, by=author)
    except FieldHasValues:
        return
