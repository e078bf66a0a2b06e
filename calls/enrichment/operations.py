"""The one writer of enrichment's own rows: runs, proposals, policies, names of fields.

What calls fill in contacts and companies goes through those apps' operations, like everything else.
"""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from calls.enrichment.models import (
    EnrichmentRun,
    EnrichmentSettings,
    FieldAlias,
    FieldPolicy,
    Fill,
    NewFields,
    Proposal,
    ProposalStatus,
    RunStatus,
)
from calls.enrichment.policy import Fillable, fillable_fields, new_fields
from calls.models import Call
from crm.history.models import Verb
from crm.history.recording import Author, Entry, record_changes
from crm.jobs.operations import release
from crm.jobs.reaper import knock
from crm.records.models import CustomField
from crm.teams.models import Team

LONGEST_NOTE = 500
CHUNK = 1000
#: A row that was knocked at before its time has come is knocked at again.
A_MOMENT = dt.timedelta(seconds=1)


# Runs


def start_runs(
    calls: Sequence[Call], extractor: str, *, in_background: bool = True
) -> list[EnrichmentRun]:
    """Let calls be read that no run has been made for; who was quicker made it already."""
    runs = [
        EnrichmentRun(team_id=call.team_id, call_id=call.pk, extractor=extractor) for call in calls
    ]
    with transaction.atomic():
        EnrichmentRun.objects.bulk_create(runs, ignore_conflicts=True)
        ours = EnrichmentRun.objects.filter(pk__in=[run.pk for run in runs])
        made = list(ours.filter(team__in={run.team_id for run in runs}))
        for run in made if in_background else ():
            knock(run)
    return made


def read_again(calls: Iterable[Call], extractor: str) -> int:
    """Let calls of one team be read once more, whatever was made of them; return how many."""
    count = 0
    for call in calls:
        with transaction.atomic():
            run, is_new = EnrichmentRun.objects.get_or_create(
                team_id=call.team_id, call_id=call.pk, extractor=extractor
            )
            if not is_new:
                now = timezone.now()
                waiting = EnrichmentRun.objects.filter(team=run.team_id, pk=run.pk, lease=None)
                waiting.update(
                    status=RunStatus.WAITING, attempts=0, not_before=None, knocked_at=now
                )
            knock(run)
        count += 1
    return count


def read_many(calls: QuerySet[Call], team: Team, extractor: str) -> int:
    """Let many calls of a team be read once more; the workers come to them by and by."""
    count = 0
    for ids in _chunks(calls):
        now = timezone.now()
        due = {"status": RunStatus.WAITING, "not_before": now, "knocked_at": now - A_MOMENT}
        with transaction.atomic():
            runs = EnrichmentRun.objects.filter(team=team, call__in=ids, extractor=extractor)
            known = set(runs.values_list("call", flat=True))
            runs.filter(lease=None).update(attempts=0, **due)
            EnrichmentRun.objects.bulk_create(
                [
                    EnrichmentRun(team=team, call_id=pk, extractor=extractor, **due)
                    for pk in ids
                    if pk not in known
                ],
                ignore_conflicts=True,
            )
        count += len(ids)
    return count


def _chunks(calls: QuerySet[Call]) -> Iterator[list[uuid.UUID]]:
    """Yield the calls' ids in their order, some at a time."""
    after = None
    while True:
        rows = calls.order_by("pk")
        rows = rows.filter(pk__gt=after) if after else rows
        ids = list(rows.values_list("pk", flat=True)[:CHUNK])
        if not ids:
            return
        yield ids
        after = ids[-1]


def finish(run: EnrichmentRun, status: str, *, note: str = "", **values: Any) -> None:
    """Write what came of the run, and give it back."""
    note = note[:LONGEST_NOTE]
    release(run, status=status, note=note, last_error="", ended_at=timezone.now(), **values)


def mark_undone(call: Call) -> None:
    """Say of the call's runs that what they wrote was put back."""
    runs = EnrichmentRun.objects.filter(team=call.team_id, call=call, status=RunStatus.FINISHED)
    runs.update(status=RunStatus.UNDONE)


# Proposals


class AlreadyDecided(Exception):
    """Somebody has decided this proposal, or something newer has taken its place."""

    def __init__(self) -> None:
        super().__init__("This proposal was decided meanwhile.")


def propose(proposals: Sequence[Proposal], instead_of: Sequence[Proposal]) -> None:
    """Let findings wait for a person; those they replace are outdated."""
    if instead_of:
        _of_team(instead_of[0].team_id, instead_of).update(
            status=ProposalStatus.OUTDATED, decided_at=timezone.now()
        )
    Proposal.objects.bulk_create(proposals)


def note_undone(proposals: Sequence[Proposal]) -> None:
    """Remember values that a person has taken back: their call does not bring them again."""
    now = timezone.now()
    for proposal in proposals:
        proposal.status, proposal.decided_at = ProposalStatus.UNDONE, now
    Proposal.objects.bulk_create(proposals)


def decide(proposal: Proposal, status: ProposalStatus, *, by: Author) -> None:
    """Close an open proposal, in the caller's transaction; raises AlreadyDecided."""
    decision = {
        "status": status,
        "decided_at": timezone.now(),
        "decided_by_user": by.user,
        "decided_by_key_id": by.key_id,
    }
    open_ = _of_team(proposal.team_id, [proposal]).filter(status=ProposalStatus.OPEN)
    if not open_.update(**decision):
        raise AlreadyDecided
    for name, value in decision.items():
        setattr(proposal, name, value)


def _of_team(team_id: uuid.UUID, proposals: Iterable[Proposal]) -> QuerySet[Proposal]:
    return Proposal.objects.filter(team=team_id, pk__in=[each.pk for each in proposals])


# Names of fields


def remember_label(field: CustomField, label_key: str) -> None:
    """Remember that extractors call the field so."""
    FieldAlias.objects.get_or_create(
        team_id=field.team_id, label_key=label_key, defaults={"field": field}
    )


def hand_over_labels(field: CustomField, to: CustomField) -> None:
    """Let everything that extractors called `field` be called `to` from now on."""
    FieldAlias.objects.filter(team=field.team_id, field=field).update(field=to)


# Policies


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """What a team lets calls do with one field."""

    entity_type: str
    field: str
    fill: str


def set_policies(team: Team, choices: Iterable[Choice], *, by: Author, facts: str = "") -> bool:
    """Write what calls may fill, and where given what becomes of `facts` that no field holds.

    Returns whether anything changed. Raises ValidationError for a field that is protected or
    unknown, or a choice that it has not.
    """
    known = {each.key: each for each in fillable_fields(team)}
    changed = {
        choice: known[choice.entity_type, choice.field]
        for choice in choices
        if _check(known, choice).fill != choice.fill
    }
    old_facts = new_fields(team)
    if facts and facts not in NewFields.values:
        raise ValidationError(f"“{facts}” is not one of: {', '.join(NewFields.values)}.")
    told = {_told(each): [str(each.fill), choice.fill] for choice, each in changed.items()}
    if facts and facts != old_facts:
        told["new_fields"] = [str(old_facts), facts]
    if not told:
        return False
    with transaction.atomic():
        _write_policies(team, changed)
        if "new_fields" in told:
            EnrichmentSettings.objects.update_or_create(team=team, defaults={"new_fields": facts})
        entry = Entry(team.pk, "enrichment", team.pk, Verb.UPDATED, told)
        record_changes([entry], by=by, at=timezone.now())
    return True


def _check(known: Mapping[tuple[str, str], Fillable], choice: Choice) -> Fillable:
    target = known.get((choice.entity_type, choice.field))
    if target is None:
        message = f"Calls fill no field “{choice.field}” of a {choice.entity_type}."
        raise ValidationError(message, code="invalid")
    if choice.fill not in target.choices:
        allowed = ", ".join(target.choices)
        message = f"“{choice.fill}” is not one of what calls may do with it: {allowed}."
        raise ValidationError(message, code="invalid_choice")
    return target


def _told(target: Fillable) -> str:
    """Return how history calls the field: `contact.email`."""
    return f"{target.entity_type}.{target.field.name}"


def _write_policies(team: Team, changed: Iterable[Choice]) -> None:
    FieldPolicy.objects.bulk_create(
        [
            FieldPolicy(
                team=team,
                entity_type=choice.entity_type,
                field=choice.field,
                fill=Fill(choice.fill),
            )
            for choice in changed
        ],
        update_conflicts=True,
        unique_fields=["team", "entity_type", "field"],
        update_fields=["fill"],
    )
