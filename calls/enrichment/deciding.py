"""What people do with proposals: accept one, as it is or edited, or reject it."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from calls.enrichment.creating import as_record_field, find_field, make_field
from calls.enrichment.models import Proposal, ProposalStatus
from calls.enrichment.operations import AlreadyDecided, decide
from calls.enrichment.policy import fillable_fields
from calls.enrichment.records import load_contact, put_value, save
from crm.history.recording import Author
from crm.records.catalog import RecordField
from crm.records.models import CustomizedRecord
from crm.records.writing import StaleRecord

TRIES = 5
_SAME: Any = object()


def accept(proposal: Proposal, *, by: Author, value: Any = _SAME) -> Proposal:
    """Write the proposed value, or the one it was edited to, as the person's own.

    What was accepted as it is keeps its proof; an edited value proves nothing. Raises
    AlreadyDecided, or ValidationError where the record cannot hold the value.
    """
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                decide(proposal, ProposalStatus.ACCEPTED, by=by)
                _write(proposal, proposal.value if value is _SAME else value, value is _SAME, by)
        except StaleRecord:
            if attempt == TRIES:
                raise
            proposal.status = ProposalStatus.OPEN
        else:
            return proposal
    raise AssertionError("unreachable")


def _write(proposal: Proposal, value: Any, is_proven: bool, by: Author) -> None:
    record, field = _find_place(proposal, by)
    evidence = None
    if is_proven:
        proofs = {field.name: proposal.evidence}
        evidence = {"call": str(proposal.call_id), "fields": proofs}
    author = dataclasses.replace(by, evidence=evidence)
    put_value(record, field, value, by=author)
    save(record, by=author)


def _find_place(proposal: Proposal, by: Author) -> tuple[CustomizedRecord, RecordField]:
    """Return the record as it is stored now, and the field; a field that is proposed is made."""
    contact = load_contact(proposal.team, proposal.contact_id)
    if contact is None:
        raise AlreadyDecided
    if not proposal.field:
        return contact, _find_or_make_field(proposal, by)
    fields = {each.key: each.field for each in fillable_fields(proposal.team)}
    field = fields.get((proposal.entity_type, proposal.field))
    if field is None:
        raise ValidationError("This field is archived or gone, so it cannot be filled.")
    if not proposal.company_id:
        return contact, field
    company = proposal.team.companies.filter(pk=proposal.company_id).get()
    company.team = proposal.team
    return company, field


def _find_or_make_field(proposal: Proposal, by: Author) -> RecordField:
    known, field = find_field(proposal.team, proposal.label)
    if known and field is None:
        raise ValidationError("The team has archived a field of this name, or has one built in.")
    return as_record_field(field or make_field(proposal.team, proposal.label, by=by))


def reject(proposal: Proposal, *, by: Author) -> Proposal:
    """Turn the proposal down: the same call does not propose the value again."""
    with transaction.atomic():
        decide(proposal, ProposalStatus.REJECTED, by=by)
    return proposal


@dataclasses.dataclass(slots=True)
class Decided:
    """What became of several proposals at once; `refused` says why some could not be accepted."""

    done: int = 0
    refused: list[str] = dataclasses.field(default_factory=list)


def accept_all(proposals: Sequence[Proposal], *, by: Author) -> Decided:
    """Accept each that can be; the others stay open."""
    decided = Decided()
    for proposal in proposals:
        try:
            accept(proposal, by=by)
        except AlreadyDecided:
            continue
        except ValidationError as error:
            decided.refused += error.messages
        else:
            decided.done += 1
    return decided


def reject_all(proposals: Sequence[Proposal], *, by: Author) -> Decided:
    """Reject each that is still open."""
    decided = Decided()
    for proposal in proposals:
        try:
            reject(proposal, by=by)
        except AlreadyDecided:
            continue
        decided.done += 1
    return decided
