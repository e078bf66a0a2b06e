"""Turning what an extractor found into values and proposals, in one transaction.

Each finding is brought into its field's form, then `policy` decides about it. What is written goes
through the app's own operation with the proof beside it; a record that somebody changes at the same
moment is looked at once more.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from calls.enrichment.creating import place_suggestions
from calls.enrichment.findings import Conversation, Extraction
from calls.enrichment.hearing import Hearing
from calls.enrichment.insights import write_insight
from calls.enrichment.models import (
    EnrichmentRun,
    Proposal,
    ProposalStatus,
    RunStatus,
)
from calls.enrichment.operations import finish, propose
from calls.enrichment.policy import (
    DO_NOT_CALL,
    SURE_ENOUGH,
    Fillable,
    Verdict,
    judge,
    standings,
)
from calls.enrichment.records import held_value, load_contact, says_the_same, set_and_save
from calls.enrichment.targets import Proof, read_found
from calls.models import Call
from calls.operations import note_read
from contacts.models import Contact
from crm.jobs.operations import renew
from crm.records.models import CustomizedRecord, EntityType
from crm.records.writing import StaleRecord

TRIES = 5

type Targets = Mapping[str, Fillable]


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """A value for a field as the record would hold it, with its proof."""

    target: Fillable
    value: Any
    proof: Proof


def apply(
    run: EnrichmentRun,
    call: Call,
    conversation: Conversation,
    extraction: Extraction,
    targets: Targets,
) -> None:
    """Write what was found, and finish the run with it: all together, or nothing."""
    for attempt in range(1, TRIES + 1):
        hearing = Hearing(run, call, conversation)
        try:
            with transaction.atomic():
                renew(run)
                _apply(hearing, extraction, targets)
        except StaleRecord:
            if attempt == TRIES:
                raise
            call.refresh_from_db()
        else:
            return


def _apply(hearing: Hearing, extraction: Extraction, targets: Targets) -> None:
    run, outcome = hearing.run, hearing.outcome
    outcome.touched += run.touched
    contact = load_contact(run.team, hearing.call.contact_id) if hearing.call.contact_id else None
    if contact:
        founds = _collect(hearing, contact, extraction, targets)
        _settle(hearing, contact, founds)
    insight = write_insight(hearing, extraction.digest)
    note_read(hearing.call)
    usage = _add_usage(run, dataclasses.asdict(extraction.usage)) if extraction.usage.tokens else {}
    finish(
        run,
        RunStatus.FINISHED,
        note=extraction.note,
        touched=outcome.touched,
        filled=outcome.filled,
        proposed=outcome.proposed,
        insight=insight,
        usage=usage,
    )


def foresee(
    hearing: Hearing, contact: Contact, extraction: Extraction, targets: Targets
) -> tuple[int, int]:
    """Return how many values `apply` would fill and how many it would newly propose."""
    founds = _collect(hearing, contact, extraction, targets)
    past = _past_proposals(contact, hearing.call, founds)
    filled = proposed = 0
    for kind, record in ((EntityType.COMPANY, contact.company), (EntityType.CONTACT, contact)):
        those = [found for found in founds if found.target.entity_type == kind]
        fill, ask = _judge(hearing, record, those, past)
        filled += len(fill)
        proposed += sum(not _is_waiting(found, past) for found in ask)
    return filled, proposed


def _add_usage(run: EnrichmentRun, usage: dict[str, Any]) -> dict[str, Any]:
    """Return what the run has cost, earlier readings of the same day among it."""
    was_today = run.ended_at is not None and timezone.now() - run.ended_at < dt.timedelta(days=1)
    before = run.usage if was_today else {}
    tokens = ("input_tokens", "output_tokens")
    return usage | {name: usage[name] + before.get(name, 0) for name in tokens}


def _collect(
    hearing: Hearing, contact: Contact, extraction: Extraction, targets: Targets
) -> list[Found]:
    """Return all that was found and can be held by its field, new fields among them."""
    founds: dict[tuple[str, str], Found] = {}
    for finding in extraction.findings:
        target = targets.get(finding.field)
        if target and finding.confidence >= SURE_ENOUGH:
            proof = hearing.prove(
                finding.quote, finding.turn, finding.confirmed_by, finding.confidence
            )
            _add(founds, contact, target, finding.value, proof)
    wish = extraction.do_not_call
    if wish and (flag := targets.get(DO_NOT_CALL)):
        _add(founds, contact, flag, True, hearing.prove(wish.quote, wish.turn))
    for target, value, proof in place_suggestions(hearing, contact, extraction.suggestions):
        if target.key not in founds:
            _add(founds, contact, target, value, proof)
    return list(founds.values())


def _add(
    founds: dict[tuple[str, str], Found],
    contact: Contact,
    target: Fillable,
    value: Any,
    proof: Proof,
) -> None:
    record = _record_of(contact, target)
    try:
        stored = read_found(record, target.field, value)
    except ValidationError:
        return
    founds[target.key] = Found(target, stored, proof)


def _record_of(contact: Contact, target: Fillable) -> CustomizedRecord:
    return contact.company if target.entity_type == EntityType.COMPANY else contact


def _settle(hearing: Hearing, contact: Contact, founds: Sequence[Found]) -> None:
    """Fill, propose or drop each finding."""
    by_kind: defaultdict[str, list[Found]] = defaultdict(list)
    for found in founds:
        by_kind[found.target.entity_type].append(found)
    past = _past_proposals(contact, hearing.call, founds)
    waiting: list[Found] = []
    filled: list[Found] = []
    # The company first: it is read as the contact has it before a call may name another.
    for kind in (EntityType.COMPANY, EntityType.CONTACT):
        record = contact.company if kind == EntityType.COMPANY else contact
        fill, ask = _judge(hearing, record, by_kind[kind], past)
        filled += _fill(hearing, record, fill)
        waiting += ask
    _propose(hearing, contact, waiting, filled, past)


def _judge(
    hearing: Hearing,
    record: CustomizedRecord,
    founds: Sequence[Found],
    past: Sequence[Proposal],
) -> tuple[list[Found], list[Found]]:
    if not founds:
        return [], []
    kind, names = record._meta.model_name or "", {found.target.field.name for found in founds}
    standing = standings(record.team, kind, record.pk, names)
    verdicts: dict[Verdict, list[Found]] = {verdict: [] for verdict in Verdict}
    for found in founds:
        field = found.target.field
        stored = held_value(record, field)
        verdict = judge(
            found.target,
            stored=stored,
            found=found.value,
            standing=standing[field.name],
            heard_at=hearing.heard_at,
        )
        if says_the_same(stored, found.value) or _was_declined(found, hearing.call, past):
            verdict = Verdict.DROP
        verdicts[verdict].append(found)
    return verdicts[Verdict.FILL], verdicts[Verdict.PROPOSE]


def _fill(hearing: Hearing, record: CustomizedRecord, founds: Sequence[Found]) -> list[Found]:
    """Write what the record can hold; return what that was."""
    values = {found.target.field: found.value for found in founds}
    proofs = {found.target.field.name: found.proof.as_json() for found in founds}
    evidence = {**hearing.evidence, "fields": proofs}
    written = set_and_save(record, values, by=hearing.author, evidence=evidence)
    if written:
        hearing.outcome.touch(record._meta.model_name or "", record.pk)
        hearing.outcome.filled += len(written)
    return [found for found in founds if found.target.field.name in written]


# Proposals


def _past_proposals(contact: Contact, call: Call, founds: Iterable[Found]) -> list[Proposal]:
    """Return what waits for a person in these fields, and what was declined of this call."""
    names = {found.target.field.name for found in founds}
    if not names:
        return []
    about = Q(contact=contact, company=None) | Q(company=contact.company_id)
    declined = Q(call=call, status__in=Proposal.DECIDED_AGAINST)
    proposals = Proposal.objects.filter(about, team=contact.team, field__in=names)
    relevant = proposals.filter(Q(status=ProposalStatus.OPEN) | declined)
    return list(relevant.select_related("call"))


def _was_declined(found: Found, call: Call, past: Iterable[Proposal]) -> bool:
    return any(
        says_the_same(each.value, found.value)
        for each in _about(found, past)
        if each.status in Proposal.DECIDED_AGAINST and each.call_id == call.pk
    )


def _is_waiting(found: Found, past: Iterable[Proposal]) -> bool:
    """Return whether the same value waits for a person already."""
    return any(
        each.is_open and says_the_same(each.value, found.value) for each in _about(found, past)
    )


def _about(found: Found, past: Iterable[Proposal]) -> list[Proposal]:
    key = found.target.key
    return [each for each in past if (each.entity_type, each.field) == key]


def _propose(
    hearing: Hearing,
    contact: Contact,
    founds: Sequence[Found],
    filled: Sequence[Found],
    past: Sequence[Proposal],
) -> None:
    """Let each finding wait beside its field, unless the same or something newer waits there.

    What waited beside fields that were filled just now is outdated.
    """
    new: list[Proposal] = []
    replaced = [each for found in filled for each in _about(found, past) if each.is_open]
    for found in founds:
        if _is_waiting(found, past):
            continue
        waiting = [each for each in _about(found, past) if each.is_open]
        if any(each.call.started_or_created_at > hearing.heard_at for each in waiting):
            continue
        replaced += waiting
        new.append(make_proposal(hearing, contact, found.target, found.value, found.proof))
    propose(new, replaced)
    hearing.outcome.proposed += len(new)


def make_proposal(
    hearing: Hearing, contact: Contact, target: Fillable, value: Any, proof: Proof
) -> Proposal:
    """Return an unsaved proposal for a field."""
    is_companys = target.entity_type == EntityType.COMPANY
    return Proposal(
        team=contact.team,
        call=hearing.call,
        contact=contact,
        company=contact.company if is_companys else None,
        field=target.field.name,
        value=value,
        evidence=proof.as_json(),
    )
