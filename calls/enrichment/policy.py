"""IN CHARGE of "may a call write this?": what the team allows, and who had the last word.

1. Protected fields are nobody's to fill from a call, whatever a transcript says.
2. What a person has set, or taken away, stays: a finding that differs waits as a proposal. History
   says who it was; an import and a key's write are people's, too.
3. Else the team's policy for the field decides.
4. Do-not-call may be set, never cleared. Who asks for it anew, after a person has cleared it, is
   heard.
"""

import dataclasses
import datetime as dt
import enum
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from calls.enrichment.models import EnrichmentSettings, FieldPolicy, Fill, NewFields
from crm.history.models import Origin, Verb
from crm.history.reading import NEWEST_FIRST, changes_of
from crm.records.catalog import RecordField, fields_of
from crm.records.history.restoring import is_same
from crm.records.models import EntityType
from crm.teams.models import Team

DO_NOT_CALL: Final = "do_not_call"
#: Of what is found less surely in ordinary calls most is wrong, so nobody is bothered with it.
SURE_ENOUGH: Final = 0.65

#: What a team that has not said otherwise lets calls do with the built-in fields. A field that is
#: not named here is protected.
_DEFAULTS: Final[Mapping[str, Mapping[str, Fill]]] = {
    EntityType.CONTACT: {
        "company": Fill.PROPOSE,
        "first_name": Fill.PROPOSE,
        "last_name": Fill.PROPOSE,
        "job_title": Fill.EMPTY,
        "email": Fill.EMPTY,
        "phone": Fill.PROPOSE,
        "phone_secondary": Fill.EMPTY,
        "lead_status": Fill.PROPOSE,
        "timezone": Fill.EMPTY,
        "preferred_contact_method": Fill.EMPTY,
        DO_NOT_CALL: Fill.EMPTY,
    },
    EntityType.COMPANY: dict.fromkeys(
        (
            "name",
            "website",
            "industry",
            "company_size",
            "phone",
            "address_line1",
            "address_line2",
            "city",
            "state",
            "postal_code",
            "country",
        ),
        Fill.PROPOSE,
    ),
}
#: A flag is set or not: there is nothing to keep up to date, and nothing to propose first.
_CHOICES: Final[Mapping[str, Sequence[Fill]]] = {DO_NOT_CALL: (Fill.OFF, Fill.EMPTY, Fill.PROPOSE)}
_MACHINES: Final = (Origin.EXTRACTOR, Origin.CALL)


@dataclasses.dataclass(frozen=True, slots=True)
class Fillable:
    """A field of the catalogue that a call may fill, and what it may do with it."""

    entity_type: str
    field: RecordField
    fill: Fill

    @property
    def key(self) -> tuple[str, str]:
        """Which field it is, of which kind of record."""
        return self.entity_type, self.field.name

    @property
    def choices(self) -> Sequence[Fill]:
        """What a team may choose for it."""
        return _CHOICES.get(self.field.name, tuple(Fill))


def fillable_fields(team: Team) -> list[Fillable]:
    """Return the team's fields that a call may fill, in the catalogue's order: three queries."""
    return list(_fillable_fields(team))


def _fillable_fields(team: Team) -> Iterator[Fillable]:
    rows = FieldPolicy.objects.filter(team=team).values_list("entity_type", "field", "fill")
    chosen = {(entity_type, name): Fill(fill) for entity_type, name, fill in rows}
    for entity_type in EntityType:
        for name, field in fields_of(team, entity_type).items():
            default = default_fill(entity_type, field)
            if default is not None:
                yield Fillable(entity_type, field, chosen.get((entity_type, name), default))


def default_fill(entity_type: str, field: RecordField) -> Fill | None:
    """Return what calls may do with the field where a team has not chosen; None: protected."""
    if field.custom:
        return Fill.EMPTY if field.custom.active else None
    return _DEFAULTS[entity_type].get(field.name)


def new_fields(team: Team) -> NewFields:
    """Return what becomes of facts for which the team has no field."""
    chosen = EnrichmentSettings.objects.filter(team=team).values_list("new_fields", flat=True)
    return NewFields(chosen.first() or NewFields.CREATE)


class Owner(enum.Enum):
    """Who had the last word about a field."""

    MACHINE = "machine"
    PERSON = "person"


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """Who had the last word about a field, and when.

    `is_first`: nobody has said anything of it since the record was made. `evidence` is that of the
    change that said it.
    """

    owner: Owner
    at: dt.datetime | None = None
    is_first: bool = False
    evidence: Mapping[str, Any] | None = None


#: A value of which history does not tell is taken for a person's.
UNKNOWN: Final = Standing(Owner.PERSON)


def standings(
    team: Team, record_type: str, record_id: uuid.UUID, names: Collection[str]
) -> dict[str, Standing]:
    """Return how each of these fields of a record stands, by its history.

    A field of which nothing is told since the record was made is that writer's. What an undone
    call has written counts as never written.
    """
    found: dict[str, Standing] = {}
    undone: dict[str, set[str]] = {}
    changes = changes_of(team, record_type, record_id).order_by(*NEWEST_FIRST)
    rows = changes.values_list("verb", "fields", "origin", "at", "evidence")
    for verb, fields, origin, at, evidence in rows.iterator():
        told = names if verb == Verb.CREATED else fields
        for name in told:
            if name in found or name not in names:
                continue
            if evidence and (call_id := evidence.get("undoes")):
                undone.setdefault(name, set()).add(call_id)
            elif not (origin == Origin.EXTRACTOR and _is_undone(undone, name, evidence)):
                owner = Owner.MACHINE if origin in _MACHINES else Owner.PERSON
                found[name] = Standing(owner, at, verb == Verb.CREATED, evidence)
        if len(found) == len(names):
            break
    return {name: found.get(name, UNKNOWN) for name in names}


def _is_undone(
    undone: Mapping[str, set[str]], name: str, evidence: Mapping[str, Any] | None
) -> bool:
    return (evidence or {}).get("call") in undone.get(name, ())


class Verdict(enum.Enum):
    """What becomes of a finding."""

    FILL = "fill"
    PROPOSE = "propose"
    DROP = "drop"


def judge(
    target: Fillable, *, stored: Any, found: Any, standing: Standing, heard_at: dt.datetime
) -> Verdict:
    """Decide what becomes of a value that was found for a field that holds `stored`."""
    if target.fill == Fill.OFF or is_same(stored, found) or is_same(found, None):
        return Verdict.DROP
    if target.field.name == DO_NOT_CALL:
        return _judge_flag(target, found, standing, heard_at)
    is_empty = is_same(stored, None)
    if _is_decided(target.field, stored, standing) or target.fill == Fill.PROPOSE:
        return Verdict.PROPOSE
    return Verdict.FILL if is_empty or target.fill == Fill.OVERWRITE else Verdict.PROPOSE


def _is_decided(field: RecordField, stored: Any, standing: Standing) -> bool:
    """Return whether the value, or that there is none, is what a person wanted."""
    column = field.column
    default = column.get_default() if column is not None else None
    was_left_out = standing.is_first and (is_same(stored, None) or is_same(stored, default))
    return standing.owner == Owner.PERSON and not was_left_out


def _judge_flag(target: Fillable, found: Any, standing: Standing, heard_at: dt.datetime) -> Verdict:
    if found is not True:
        return Verdict.DROP
    if target.fill == Fill.PROPOSE:
        return Verdict.PROPOSE
    was_cleared = standing.owner == Owner.PERSON and not standing.is_first
    is_old = was_cleared and standing.at is not None and heard_at <= standing.at
    return Verdict.PROPOSE if is_old else Verdict.FILL
