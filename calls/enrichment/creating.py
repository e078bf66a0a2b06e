"""Facts that no field holds: a field of that meaning that is there already, or a new one.

A team's switch decides whether a new field is made, proposed or not wanted. A field that a person
has archived, or merged into another, is not made again under another spelling.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from calls.enrichment.findings import Suggestion
from calls.enrichment.hearing import Hearing
from calls.enrichment.models import FieldAlias, NewFields, Proposal
from calls.enrichment.naming import find_by_label, label_key
from calls.enrichment.operations import propose, remember_label
from calls.enrichment.policy import Fillable, fillable_fields, new_fields
from calls.enrichment.records import says_the_same
from calls.enrichment.targets import Proof
from contacts.models import Contact
from crm.history.recording import Author
from crm.records.catalog import RecordField, built_in_fields, custom_fields
from crm.records.models import CustomField, EntityType, FieldCreator
from crm.records.operations import save_custom_field
from crm.records.values import FieldType
from crm.teams.models import Team

#: So many fields extractors make for a team by themselves; more they only propose.
MOST_CREATED = 40
LONGEST_LABEL = 60

type Placed = tuple[Fillable, Any, Proof]


def place_suggestions(
    hearing: Hearing, contact: Contact, suggestions: Sequence[Suggestion]
) -> list[Placed]:
    """Return each fact with the field that holds it, made now where the team wants that."""
    if not suggestions:
        return []
    wish = new_fields(contact.team)
    placed: list[Placed] = []
    homeless: list[tuple[Suggestion, Proof]] = []
    for suggestion in suggestions:
        if wish == NewFields.OFF or not label_key(suggestion.label):
            continue
        proof = hearing.prove(suggestion.quote, suggestion.turn)
        known, field = find_field(contact.team, suggestion.label)
        if known:
            placed += _in_field(contact.team, field, suggestion.value, proof)
        elif wish == NewFields.CREATE and (made := _make(hearing, contact.team, suggestion, proof)):
            placed += _in_field(contact.team, made, suggestion.value, proof)
        else:
            homeless.append((suggestion, proof))
    _propose(hearing, contact, homeless)
    return placed


def find_field(team: Team, label: str) -> tuple[bool, CustomField | None]:
    """Return whether the meaning is known to the team, and the field that holds it.

    There is none for what a built-in or an archived field is about: nobody wants another.
    """
    key = label_key(label)
    fields = custom_fields(team.pk, EntityType.CONTACT)
    alias = FieldAlias.objects.filter(team=team, label_key=key).values_list("field", flat=True)
    by_id = {field.pk: field for field in fields}
    found = by_id.get(alias.first()) or find_by_label(  # type: ignore[arg-type]
        key, [(name, field) for field in fields for name in (field.label, field.key)]
    )
    if found:
        return True, found if found.active else None
    built_in = [
        (field.label, field) for kind in EntityType for field in built_in_fields(kind).values()
    ]
    return find_by_label(key, built_in) is not None, None


def _in_field(team: Team, field: CustomField | None, value: str, proof: Proof) -> Iterator[Placed]:
    """Yield the value as the field's, where it has a form there and calls may fill it."""
    target = _target(team, field) if field else None
    if field is None or target is None:
        return
    try:
        stored = field.type.parse(value, field.choices, team.region)
    except ValidationError:
        return
    yield target, stored, proof


def _target(team: Team, field: CustomField) -> Fillable | None:
    key = (field.entity_type, field.name)
    return next((each for each in fillable_fields(team) if each.key == key), None)


def _make(hearing: Hearing, team: Team, suggestion: Suggestion, proof: Proof) -> CustomField | None:
    made = CustomField.objects.filter(team=team, created_by=FieldCreator.EXTRACTOR)
    if made.count() >= MOST_CREATED:
        return None
    evidence = {**hearing.evidence, "fields": {"label": proof.as_json()}}
    try:
        field = make_field(
            team, suggestion.label, by=dataclasses.replace(hearing.author, evidence=evidence)
        )
    except ValidationError:
        return None
    hearing.outcome.touch("customfield", field.pk)
    return field


def make_field(team: Team, label: str, *, by: Author) -> CustomField:
    """Make the field that a fact asks for; raises ValidationError."""
    clean = label.strip()[:LONGEST_LABEL]
    field = CustomField(
        team=team,
        entity_type=EntityType.CONTACT,
        label=f"{clean[:1].upper()}{clean[1:]}",
        field_type=FieldType.TEXT,
        created_by=FieldCreator.EXTRACTOR,
    )
    save_custom_field(field, by=by)
    remember_label(field, label_key(label))
    return field


def _propose(hearing: Hearing, contact: Contact, facts: Iterable[tuple[Suggestion, Proof]]) -> None:
    """Let fields be proposed that nobody has declined for this call, nor waits beside already."""
    past = Proposal.objects.filter(team=contact.team, contact=contact, field="")
    known = [each for each in past if each.is_open or each.call_id == hearing.call.pk]
    new = [
        Proposal(
            team=contact.team,
            call=hearing.call,
            contact=contact,
            label=suggestion.label.strip()[:LONGEST_LABEL],
            value=suggestion.value,
            evidence=proof.as_json(),
        )
        for suggestion, proof in facts
        if not any(_is_same_fact(each, suggestion) for each in known)
    ]
    propose(new, [])
    hearing.outcome.proposed += len(new)


def _is_same_fact(proposal: Proposal, suggestion: Suggestion) -> bool:
    is_same_label = label_key(proposal.label) == label_key(suggestion.label)
    return is_same_label and says_the_same(proposal.value, suggestion.value)


def as_record_field(field: CustomField) -> RecordField:
    """Return the field as the catalogue has it."""
    return RecordField(field.name, field.label, custom=field)
