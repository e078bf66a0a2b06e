"""What was heard about a record, as its panel shows it: marks, proposals, what each call taught."""

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.urls import reverse

from calls.enrichment.models import EnrichmentRun, Proposal, ProposalStatus
from calls.enrichment.policy import Standing, standings
from calls.enrichment.records import COMPANY, held_value, says_the_same
from calls.enrichment.targets import choices_of
from calls.models import Call
from companies.models import Company
from contacts.models import Contact
from crm.history.models import Origin
from crm.history.reading import NEWEST_FIRST, changes_of
from crm.records.catalog import RecordField, fields_of
from crm.records.history.words import as_id
from crm.teams.models import Team

type Asked = Contact | Company


@dataclasses.dataclass(frozen=True, slots=True)
class Moment:
    """Words that were said, and the way to where they were: `seconds` into the call at `url`."""

    quote: str
    before: str
    after: str
    call_id: str
    at: dt.datetime | None
    url: str
    seconds: float | None

    @property
    def place(self) -> str:
        """The id of the call's card."""
        return f"call-{self.call_id}"


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal beside what the record holds now, both in words."""

    proposal: Proposal
    label: str
    now: str
    proposed: str
    moment: Moment
    typed: str
    choices: Sequence[str]

    @property
    def is_new_field(self) -> bool:
        """Whether the field itself is proposed."""
        return not self.proposal.field


@dataclasses.dataclass(frozen=True, slots=True)
class Learned:
    """A value that a call has brought, or one that waits."""

    label: str
    value: str
    is_waiting: bool = False


class Run(NamedTuple):
    """How the newest reading of a call ended, and what it found out about the call itself."""

    status: str
    note: str
    insight: Mapping[str, Any]


@dataclasses.dataclass(slots=True)
class Heard:
    """All that calls have told of one record."""

    marks: Mapping[str, Moment]
    waiting: Sequence[tuple[Call, Sequence[Waiting]]]
    learned: Mapping[uuid.UUID, Sequence[Learned]]
    written: frozenset[uuid.UUID]
    runs: Mapping[uuid.UUID, "Run"]


def heard_of(record: Asked) -> Heard:
    """Return what calls have told of the record; it is asked for once, whoever asks."""
    known = getattr(record, "_heard", None)
    if known is None:
        known = _find(record)
        record._heard = known  # type: ignore[union-attr]
    return known


def _find(record: Asked) -> Heard:
    kind = record._meta.model_name or ""
    written = _what_was_written(record, kind)
    proposals = list(_open_proposals(record))
    runs = _find_runs(record)
    if not written and not proposals:
        return Heard({}, (), {}, frozenset(), runs)
    fields = fields_of(record.team, kind)
    standing = standings(record.team, kind, record.pk, {name for _call, name, _value in written})
    calls = _find_calls(record.team, written, proposals)
    waiting = [each for each in _waiting(record, fields, proposals) if each is not None]
    return Heard(
        marks=_marks(record.team, standing, calls),
        waiting=_by_call(waiting),
        learned=_learned(fields, written, waiting),
        written=frozenset(call_id for call_id, _name, _value in written),
        runs=runs,
    )


def _find_runs(record: Asked) -> dict[uuid.UUID, Run]:
    """Return the newest reading of each of the contact's calls."""
    if not isinstance(record, Contact):
        return {}
    runs = EnrichmentRun.objects.filter(team=record.team, call__contact=record)
    rows = runs.order_by("created_at").values_list("call", "status", "note", "insight")
    return {call_id: Run(*rest) for call_id, *rest in rows}


def _what_was_written(record: Asked, kind: str) -> list[tuple[uuid.UUID, str, Any]]:
    """Return (call, field, value) of what calls have written and nobody has undone."""
    changes = changes_of(record.team, kind, record.pk).filter(evidence__isnull=False)
    rows = changes.order_by(*NEWEST_FIRST).values_list("fields", "origin", "evidence")
    found: dict[tuple[uuid.UUID, str], Any] = {}
    undone: set[tuple[uuid.UUID, str]] = set()
    for fields, origin, told in rows:
        evidence: Mapping[str, Any] = told or {}
        if back := as_id(evidence.get("undoes")):
            undone |= {(back, name) for name in fields}
        elif call_id := as_id(evidence.get("call")):
            for name, (_old, new) in fields.items():
                is_known = (call_id, name) in found or (call_id, name) in undone
                if not is_known and (origin == Origin.EXTRACTOR or name in evidence["fields"]):
                    found[call_id, name] = new
    return [(call_id, name, value) for (call_id, name), value in found.items()]


def _open_proposals(record: Asked) -> Iterable[Proposal]:
    about = {"company": record} if isinstance(record, Company) else {"contact": record}
    proposals = Proposal.objects.filter(team=record.team, status=ProposalStatus.OPEN, **about)
    return proposals.select_related("call", "contact", "company").order_by("created_at", "id")


def _find_calls(
    team: Team, written: Iterable[tuple[uuid.UUID, str, Any]], proposals: Iterable[Proposal]
) -> dict[uuid.UUID, Call]:
    calls = {proposal.call_id: proposal.call for proposal in proposals}
    missing = {call_id for call_id, _name, _value in written} - calls.keys()
    if missing:
        calls |= team.calls.only("id", "team_id", "started_or_created_at").in_bulk(missing)
    return calls


def _marks(
    team: Team, standing: Mapping[str, Standing], calls: Mapping[uuid.UUID, Call]
) -> dict[str, Moment]:
    marks = {}
    for name, each in standing.items():
        evidence = each.evidence or {}
        proof, call_id = evidence.get("fields", {}).get(name), as_id(evidence.get("call"))
        if proof and call_id:
            marks[name] = moment_of(team, proof, call_id, calls.get(call_id))
    return marks


def moment_of(
    team: Team, proof: Mapping[str, Any], call_id: uuid.UUID, call: Call | None
) -> Moment:
    """Return the way to the words of a proof; a call that is gone has no address."""
    url = ""
    if call is not None:
        page = reverse("calls:detail", args=[team.slug, call_id])
        url = f"{page}#call-{call_id}-turn-{proof['turn']}"
    at = call.started_or_created_at if call else None
    around = proof.get("before", ""), proof.get("after", "")
    return Moment(proof["quote"], *around, str(call_id), at, url, proof.get("seconds"))


def _waiting(
    record: Asked, fields: Mapping[str, RecordField], proposals: Iterable[Proposal]
) -> Iterable[Waiting | None]:
    of_company: dict[str, RecordField] = {}
    for proposal in proposals:
        proposal.team = record.team
        if proposal.company_id and isinstance(record, Contact):
            of_company = of_company or fields_of(record.team, COMPANY)
            yield show_proposal(proposal, record.company, of_company)
        else:
            yield show_proposal(proposal, record, fields)


def show_proposal(
    proposal: Proposal, record: Asked, fields: Mapping[str, RecordField]
) -> Waiting | None:
    """Return the proposal as people read it; None where there is nothing to decide any more."""
    moment = moment_of(proposal.team, proposal.evidence, proposal.call_id, proposal.call)
    if not proposal.field:
        value = str(proposal.value)
        return Waiting(proposal, proposal.label, "", value, moment, value, ())
    field = fields.get(proposal.field)
    if field is None or (field.custom and not field.custom.active):
        return None
    held = held_value(record, field)
    if says_the_same(held, proposal.value):
        return None
    is_company = field.name == COMPANY
    label = f"Company {field.label.lower()}" if proposal.company_id else field.label
    return Waiting(
        proposal,
        label,
        str(held) if is_company else field.show(held, record.phone_region),
        str(proposal.value) if is_company else field.show(proposal.value, record.phone_region),
        moment,
        str(proposal.value) if is_company else field.write(proposal.value),
        choices_of(field) if not is_company else (),
    )


def _by_call(waiting: Iterable[Waiting]) -> list[tuple[Call, Sequence[Waiting]]]:
    """Return what waits under the call it was heard on, the newest call first."""
    groups: defaultdict[uuid.UUID, list[Waiting]] = defaultdict(list)
    for each in waiting:
        groups[each.proposal.call_id].append(each)
    pairs = [(items[0].proposal.call, items) for items in groups.values()]
    return sorted(pairs, key=lambda pair: pair[0].started_or_created_at, reverse=True)


def _learned(
    fields: Mapping[str, RecordField],
    written: Iterable[tuple[uuid.UUID, str, Any]],
    waiting: Iterable[Waiting],
) -> dict[uuid.UUID, Sequence[Learned]]:
    learned: defaultdict[uuid.UUID, list[Learned]] = defaultdict(list)
    for call_id, name, value in written:
        field = fields.get(name)
        if field is not None and name != COMPANY and value not in (None, ""):
            learned[call_id].append(Learned(field.label, field.show(value)))
    for each in waiting:
        chip = Learned(each.label, each.proposed, is_waiting=True)
        learned[each.proposal.call_id].append(chip)
    return dict(learned)
