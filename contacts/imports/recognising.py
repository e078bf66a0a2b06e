"""Whom a row means, of those who are known, and what is said where that is not plain."""

import dataclasses
import uuid
from collections.abc import Sequence
from typing import Any

from contacts.imports.fates import Fate
from contacts.imports.given_back import row_of
from contacts.imports.models import Duplicates, ImportRow, Outcome
from contacts.imports.options import Options
from contacts.imports.problems import Said, said
from contacts.matching import Match, People, Person
from crm.teams.models import Team

_TAKEN: Said = {
    "field": "externalId",
    "code": "unique",
    "detail": "An earlier row of the file has this external ID.",
}
_FIELDS = {"external_id": "externalId", "phone": "phone", "email": "email"}
_LABELS = {"external_id": "external ID", "phone": "phone number", "email": "email address"}


def recognise(
    fates: Sequence[Fate],
    people: Sequence[Person],
    known: People,
    team: Team,
    options: Options,
) -> dict[int, Any]:
    """Say of each row who it is; return by row what refers to the contact to be updated.

    Whoever nobody knows is known to the rows after, too.
    """
    refs: dict[int, Any] = {}
    policy = options.on_duplicate
    written = _written_before(fates, team, options) if policy != Duplicates.CREATE else {}
    for fate, somebody in zip(fates, people, strict=True):
        if contact_id := written.get(somebody.ref):
            if policy == Duplicates.SKIP:
                reason = said(None, "duplicate", "This row has been imported already.")
                fate.skip(reason | {"contactId": str(contact_id)})
            else:
                fate.outcome, refs[somebody.ref] = Outcome.UPDATED, contact_id
            continue
        match = known.find_match(somebody)
        if policy == Duplicates.CREATE:
            if match and match.key[0] == "external_id":
                fate.reject([_TAKEN])
        elif match is None:
            _warn_of_other_id(fate, somebody, known)
            known.add(somebody)
        elif match.person is None:
            _report(fate, match)
        else:
            if match.has_other_name:
                _warn_of_name(fate, match, match.person, policy)
            if policy == Duplicates.SKIP:
                fate.skip(_duplicate(match, match.person))
            else:
                fate.outcome, refs[somebody.ref] = Outcome.UPDATED, match.person.ref
                known.add(_joined(match.person, somebody))
    return refs


def _joined(person: Person, row: Person) -> Person:
    """Return the person with what a row about them brings: it recognises them in later rows."""
    return dataclasses.replace(
        row,
        ref=person.ref,
        email=row.email or person.email,
        phones=tuple(dict.fromkeys((*row.phones, *person.phones))),
        external_id=row.external_id or person.external_id,
    )


def _written_before(fates: Sequence[Fate], team: Team, options: Options) -> dict[int, uuid.UUID]:
    """Return the contacts that an earlier import made of these rows, which it has given back.

    Its warnings may be the very number or address by which they would be found.
    """
    source = options.written_by
    if not source or not fates:
        return {}
    numbers = {
        fate.draft.row.number: number
        for fate in fates
        if (number := row_of(fate.draft.row.cells[0])) is not None
    }
    rows = ImportRow.objects.filter(
        team=team.pk, run=uuid.UUID(source), number__in=set(numbers.values())
    )
    ids = dict(rows.values_list("number", "contact_id"))
    ours = team.contacts.filter(pk__in=filter(None, ids.values()))
    there = set(ours.values_list("pk", flat=True))
    return {
        row: contact_id
        for row, number in numbers.items()
        if (contact_id := ids.get(number)) in there and contact_id
    }


def _report(fate: Fate, match: Match) -> None:
    """Take none of those who could be meant, and say who they are."""
    kind, value = match.key
    names = ", ".join(_name(person) for person in match.people[:5])
    detail = (
        f"{len(match.people)} contacts could be meant ({names}), so none was touched. "
        "Merge them, or give the row an external ID."
    )
    warning = said(_FIELDS[kind], "ambiguous", detail, value)
    fate.draft.warnings.append(warning)
    fate.skip(dict(warning))


def _warn_of_name(fate: Fate, match: Match, person: Person, policy: str) -> None:
    """Say that whom the row is about may be somebody else, who has the same number."""
    kind, value = match.key
    has = f"{_who(person)} has this {_LABELS[kind]}, but another name"
    detail = (
        f"{has}, and was taken for the same person."
        if policy == Duplicates.UPDATE
        else f"{has}. If they are two people, import this row as another contact."
    )
    fate.draft.warnings.append(said(_FIELDS[kind], "other_name", detail, value))


def _warn_of_other_id(fate: Fate, somebody: Person, known: People) -> None:
    """Say that somebody of the same name and number is there, whom only the external ID tells."""
    if not somebody.external_id:
        return
    match = known.find_match(dataclasses.replace(somebody, external_id=""))
    if match and match.person and match.person.name_key == somebody.name_key:
        detail = (
            f"{_who(match.person)} has this {_LABELS[match.key[0]]}, but the external ID "
            f"{match.person.external_id}, so this row is another contact."
        )
        fate.draft.warnings.append(
            said("externalId", "other_external_id", detail, somebody.external_id)
        )


def _name(person: Person) -> str:
    return person.name if isinstance(person.ref, uuid.UUID) else f"row {person.ref}"


def _who(person: Person) -> str:
    who = _name(person)
    return who[:1].upper() + who[1:]


def _duplicate(match: Match, person: Person) -> Said:
    kind, value = match.key
    reason = said(_FIELDS[kind], "duplicate", f"{_who(person)} has this {_LABELS[kind]}.", value)
    is_known = isinstance(person.ref, uuid.UUID)
    return reason | {"contactId": str(person.ref)} if is_known else reason
