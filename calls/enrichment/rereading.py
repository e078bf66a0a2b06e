"""Reading calls once more: which ones the filters of their list name, and what it would bring."""

import dataclasses
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from calls.enrichment.applying import foresee
from calls.enrichment.extractors import get_extractor
from calls.enrichment.findings import Extractor
from calls.enrichment.hearing import Hearing
from calls.enrichment.models import EnrichmentRun
from calls.enrichment.policy import Fill, Fillable, fillable_fields
from calls.enrichment.records import load_contact
from calls.enrichment.running import find_turns, make_conversation, why_not
from calls.enrichment.targets import make_targets
from calls.filters import CallPageFilterSet
from calls.models import Call, CallStatus, TranscriptStatus
from crm.teams.models import Team
from crm.web.filters import Chip, Options, asked, chips

#: So many calls, the newest, are read on trial: a person waits for it.
MOST_TRIED = 8


@dataclasses.dataclass(frozen=True, slots=True)
class Foreseen:
    """What the rules would make of so many calls."""

    calls: int
    filled: int
    proposed: int


class Selection:
    """The calls of a team that an address names, as the list of calls reads it."""

    def __init__(self, team: Team, query: QueryDict) -> None:
        self.team = team
        self.query = query
        self.filterset = CallPageFilterSet(data=query, queryset=team.calls.all())

    @property
    def is_good(self) -> bool:
        """Whether every filter is understood: else more would be read than was asked for."""
        return self.filterset.is_valid()

    @property
    def chips(self) -> list[Chip]:
        """What is filtered by, in words."""
        given = asked(self.filterset.filters, self.query)
        texts = {
            name: self._name(rows, given[name][-1])
            for name, rows in (
                ("contactId", self.team.contacts.all()),
                ("companyId", self.team.companies.all()),
            )
            if name in given and name not in self.filterset.form.errors
        }
        return chips(self.filterset, self.query, leave_out=(), texts=texts)

    @cached_property
    def calls(self) -> QuerySet[Call]:
        """Those of them that have words of a contact's."""
        calls = self.filterset.filter_queryset(self.team.calls.all()) if self.is_good else None
        if calls is None:
            return self.team.calls.none()
        return calls.filter(
            status=CallStatus.COMPLETED,
            transcript_status=TranscriptStatus.READY,
            contact__isnull=False,
        )

    def _name(self, rows: QuerySet[Any], pk: str) -> Options:
        return [(pk, str(row)) for row in rows.filter(pk=pk)]

    def foresee(self) -> Foreseen:
        """Return what the rules would make of the newest of the calls; nothing is written."""
        newest = self.calls.order_by("-started_or_created_at", "-pk")
        calls = list(newest.select_related("contact__company")[:MOST_TRIED])
        fields = [each for each in fillable_fields(self.team) if each.fill != Fill.OFF]
        rules = get_extractor("rules")
        counts = [_foresee(self.team, call, fields, rules) for call in calls]
        return Foreseen(
            calls=len(calls),
            filled=sum(filled for filled, _proposed in counts),
            proposed=sum(proposed for _filled, proposed in counts),
        )


def _foresee(
    team: Team, call: Call, fields: list[Fillable], extractor: Extractor
) -> tuple[int, int]:
    call.team = team
    turns = find_turns(call)
    contact = load_contact(team, call.contact_id) if call.contact_id else None
    if contact is None or why_not(call, turns):
        return 0, 0
    conversation, targets = make_conversation(call, turns), make_targets(fields)
    extraction = extractor.extract(conversation, [field for _target, field in targets.values()])
    run = EnrichmentRun(team=team, call=call, extractor=extractor.version)
    return foresee(
        Hearing(run, call, conversation),
        contact,
        dataclasses.replace(extraction, suggestions=()),
        {key: target for key, (target, _field) in targets.items()},
    )
