"""Taking back what an import has done with contacts."""

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from contacts.imports.mapping.fields import get_value, set_value
from contacts.imports.models import WRITTEN, Import, ImportRow, Outcome, Undone
from contacts.imports.operations import mark_undone, note_left
from contacts.imports.undoing.versions import shift_versions
from contacts.models import Contact
from contacts.operations import check_contacts, delete_contacts, save_contacts, tags_of
from crm.teams.models import Team


def undo_contacts(run: Import, rows: Sequence[ImportRow]) -> None:
    """Undo all rows of the contacts that these are about."""
    ids = {row.contact_id for row in rows if row.contact_id}
    if not ids:
        return
    of_contact = _rows_of(run, ids)
    contacts = run.team.contacts.in_bulk(ids)
    called = called_since(run, ids)
    fates: dict[uuid.UUID, Undone] = {}
    gone: list[Contact] = []
    back: list[Contact] = []
    for pk, all_rows in of_contact.items():
        contact = contacts.get(pk)
        if contact is None:
            fates[pk] = Undone.GONE
            continue
        version_left = max(row.version for row in all_rows)
        fates[pk] = judge(contact.version, version_left, is_called=pk in called)
        if fates[pk] == Undone.DONE:
            is_new = all_rows[-1].outcome == Outcome.CREATED
            (gone if is_new else back).append(contact)
    delete_contacts(gone, by=run.undoer)
    put = _put_back(run, back, of_contact)
    fates |= dict.fromkeys(put.stuck, Undone.STUCK) | dict.fromkeys(put.left, Undone.PARTLY)
    for fate in Undone:
        people = [pk for pk, said in fates.items() if said == fate]
        mark_undone([row for pk in people for row in of_contact[pk]], fate)
    note_left([of_contact[pk][0] for pk in put.left], put.left)
    restored = [contact for contact in back if fates[contact.pk] == Undone.DONE]
    shift_versions(run, "contact", restored, of_contact)


def judge(version: int, version_left: int, *, is_called: bool) -> Undone:
    """Return what becomes of a contact; `version_left` is the one in which the import left it."""
    if version != version_left:
        return Undone.CHANGED
    return Undone.CALLED if is_called else Undone.DONE


def called_since(run: Import, ids: Iterable[Any]) -> set[uuid.UUID]:
    """Return which of these contacts have a call that came in since the import began."""
    people = run.team.contacts.filter(pk__in=ids, calls__created_at__gte=run.started_at)
    return set(people.values_list("pk", flat=True))


def _rows_of(run: Import, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[ImportRow]]:
    """Return each contact's rows, the last one first."""
    rows: defaultdict[uuid.UUID, list[ImportRow]] = defaultdict(list)
    found = run.rows.filter(team=run.team_id, contact_id__in=ids, outcome__in=WRITTEN)
    for row in found.order_by("-number"):
        assert row.contact_id
        rows[row.contact_id].append(row)
    return dict(rows)


@dataclasses.dataclass(slots=True)
class _Put:
    """Who could not be put back as a whole: `left` are the fields of each that could not."""

    left: dict[uuid.UUID, set[str]] = dataclasses.field(default_factory=dict)
    stuck: set[uuid.UUID] = dataclasses.field(default_factory=set)


def _put_back(
    run: Import, contacts: Sequence[Contact], of_contact: Mapping[uuid.UUID, Sequence[ImportRow]]
) -> _Put:
    """Put values back, but for those whose company, field or option is gone."""
    put = _Put()
    if not contacts:
        return put
    tags = tags_of(run.team_id, [contact.pk for contact in contacts])
    present = {
        contact.pk: _set_back(contact, of_contact[contact.pk], run.team, tags)
        for contact in contacts
    }
    for place, error in check_contacts(contacts, by=run.undoer, tags=tags).items():
        contact = contacts[place]
        # A name of a field, but for what is wrong with the contact as a whole.
        left = present[contact.pk].keys() & error.error_dict.keys()
        for name in left:
            value = present[contact.pk][name]
            set_value(contact, "company_id" if name == "company" else name, value)
        put.left[contact.pk] = left
    saved = save_contacts(contacts, by=run.undoer, tags=tags)
    put.stuck = {contacts[place].pk for place in saved.errors}
    put.left = {pk: left for pk, left in put.left.items() if pk not in put.stuck}
    return put


def _set_back(
    contact: Contact,
    rows: Sequence[ImportRow],
    team: Team,
    tags: dict[uuid.UUID, list[str]],
) -> dict[str, Any]:
    """Give the contact the values of before; return those that it had till now, by field."""
    contact.team = team
    present: dict[str, Any] = {}
    for row in rows:
        for name, (old, _new) in (row.detail("fields") or {}).items():
            if name == "tags":
                tags[contact.pk] = old
            elif name == "company":
                present.setdefault("company", contact.company_id)
                contact.company_id = uuid.UUID(old["id"])
            else:
                present.setdefault(name, get_value(contact, name))
                set_value(contact, name, old)
    return present
