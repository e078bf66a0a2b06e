"""Undoing an import: created contacts go, updated values come back.

Its rows are undone from the last to the first. A contact is judged once, at the last row that
touched it: where its version is not the one the import left, or somebody has called it since, it
stays as it is and is listed.
"""

import dataclasses
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from companies.models import Company
from companies.operations import delete_companies, save_companies
from contacts.imports.mapping.fields import get_value, set_value
from contacts.imports.models import WRITTEN, Import, ImportRow, Outcome, Status, Undone
from contacts.imports.operations import mark_undone
from contacts.models import Contact
from contacts.operations import delete_contacts, save_contacts, tags_of
from crm.jobs.operations import release, renew

CHUNK = 250
#: So many rows are looked at while somebody waits.
COUNTED = 20_000
KEPT = (Undone.CHANGED, Undone.CALLED, Undone.STUCK)


def undo(run: Import) -> None:
    """Take back every row that is not taken back yet."""
    while rows := _next_rows(run):
        with transaction.atomic():
            renew(run)
            _undo_contacts(run, [row for row in rows if not row.undone])
            _undo_companies(run, rows)
            renew(run, done=rows[-1].number - 1)
    every = run.rows.filter(team=run.team_id)
    done = every.filter(undone=Undone.DONE)
    removed = done.filter(outcome=Outcome.CREATED).count()
    release(
        run,
        status=Status.UNDONE,
        done=0,
        removed=removed,
        restored=_count_people(done) - removed,
        kept=_count_people(every.filter(undone__in=KEPT)),
        ended_at=timezone.now(),
    )


def _count_people(rows: QuerySet[ImportRow]) -> int:
    count: int = rows.aggregate(n=Count("contact_id", distinct=True))["n"]
    return count


@dataclasses.dataclass(frozen=True, slots=True)
class Effect:
    """What undoing would do with how many contacts; `kept` is None where counting takes too long.

    Then `removed` and `restored` count those, too, that will stay.
    """

    removed: int
    restored: int
    kept: int | None


def foresee(run: Import) -> Effect:
    """Return what undoing would do as things stand."""
    if run.created + run.updated > COUNTED:
        return Effect(run.created, run.updated, None)
    rows = run.rows.filter(team=run.team_id, outcome__in=WRITTEN).order_by("number")
    left: dict[uuid.UUID | None, tuple[bool, int]] = {}
    for contact_id, outcome, version in rows.values_list("contact_id", "outcome", "version"):
        is_new, before = left.get(contact_id, (False, 0))
        left[contact_id] = (is_new or outcome == Outcome.CREATED, max(before, version))
    stuck = _without_company(run, rows)
    called = _called_since(run, run.contact_ids())
    ours = run.team.contacts.filter(pk__in=run.contact_ids())
    counts = Counter[tuple[Undone, bool]]()
    for pk, version in ours.values_list("pk", "version"):
        is_new, version_left = left[pk]
        fate = _judge(version, version_left, is_called=pk in called)
        if fate == Undone.DONE and pk in stuck and not is_new:
            fate = Undone.STUCK
        counts[fate, is_new] += 1
    removed, restored = counts[Undone.DONE, True], counts[Undone.DONE, False]
    return Effect(removed, restored, counts.total() - removed - restored)


def _judge(version: int, version_left: int, *, is_called: bool) -> Undone:
    """Return what becomes of a contact; `version_left` is the one in which the import left it."""
    if version != version_left:
        return Undone.CHANGED
    return Undone.CALLED if is_called else Undone.DONE


def _without_company(run: Import, rows: QuerySet[ImportRow]) -> set[uuid.UUID | None]:
    """Return the contacts whose company of before is gone."""
    before = {}
    for contact_id, fields in rows.filter(outcome=Outcome.UPDATED).values_list(
        "contact_id", "details__fields__company"
    ):
        if fields and contact_id not in before:
            before[contact_id] = uuid.UUID(fields[0]["id"])
    there = set(
        run.team.companies.filter(id__any=set(before.values())).values_list("pk", flat=True)
    )
    return {contact_id for contact_id, company in before.items() if company not in there}


def _next_rows(run: Import) -> list[ImportRow]:
    rows = run.rows.filter(team=run.team_id, number__lte=run.done, outcome__in=WRITTEN)
    return list(rows.order_by("-number")[:CHUNK])


def _undo_contacts(run: Import, rows: Sequence[ImportRow]) -> None:
    """Undo all rows of the contacts that these are about."""
    ids = {row.contact_id for row in rows if row.contact_id}
    if not ids:
        return
    of_contact = _rows_of(run, ids)
    contacts = run.team.contacts.in_bulk(ids)
    called = _called_since(run, ids)
    fates: dict[uuid.UUID, Undone] = {}
    gone: list[Contact] = []
    back: list[Contact] = []
    for pk, all_rows in of_contact.items():
        contact = contacts.get(pk)
        if contact is None:
            fates[pk] = Undone.GONE
            continue
        version_left = max(row.version for row in all_rows)
        fates[pk] = _judge(contact.version, version_left, is_called=pk in called)
        if fates[pk] == Undone.DONE:
            is_new = all_rows[-1].outcome == Outcome.CREATED
            (gone if is_new else back).append(contact)
    delete_contacts(gone, by=run.undoer)
    fates |= dict.fromkeys(_put_back(run, back, of_contact), Undone.STUCK)
    for fate in Undone:
        people = [pk for pk, said in fates.items() if said == fate]
        mark_undone([row for pk in people for row in of_contact[pk]], fate)


def _rows_of(run: Import, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[ImportRow]]:
    """Return each contact's rows, the last one first."""
    rows: defaultdict[uuid.UUID, list[ImportRow]] = defaultdict(list)
    found = run.rows.filter(team=run.team_id, contact_id__in=ids, outcome__in=WRITTEN)
    for row in found.order_by("-number"):
        assert row.contact_id
        rows[row.contact_id].append(row)
    return dict(rows)


def _called_since(run: Import, ids: Iterable[Any]) -> set[uuid.UUID]:
    """Return which of these contacts have a call that came in since the import began."""
    people = run.team.contacts.filter(pk__in=ids, calls__created_at__gte=run.started_at)
    return set(people.values_list("pk", flat=True))


def _put_back(
    run: Import, contacts: Sequence[Contact], of_contact: dict[uuid.UUID, list[ImportRow]]
) -> list[uuid.UUID]:
    """Put values back; return who cannot be as they were, since a company or an option is gone."""
    if not contacts:
        return []
    tags = tags_of(run.team_id, [contact.pk for contact in contacts])
    for contact in contacts:
        contact.team = run.team
        for row in of_contact[contact.pk]:
            for name, (old, _new) in (row.detail("fields") or {}).items():
                if name == "tags":
                    tags[contact.pk] = old
                elif name == "company":
                    contact.company_id = uuid.UUID(old["id"])
                else:
                    set_value(contact, name, old)
    saved = save_contacts(contacts, by=run.undoer, tags=tags)
    return [contacts[place].pk for place in saved.errors]


def _undo_companies(run: Import, rows: Sequence[ImportRow]) -> None:
    """Take back the companies that these rows have made or changed, where nobody needs them."""
    touched = [row for row in rows if row.company_id]
    companies = run.team.companies.in_bulk({row.company_id for row in touched})
    made, left = _companies_made(run, companies), _versions_left(run, companies)
    gone: dict[uuid.UUID, Company] = {}
    back: dict[uuid.UUID, Company] = {}
    for row in touched:
        company = companies.get(row.company_id)
        if company is None:
            continue
        if company.pk not in made:
            _restore(company, row.detail("companyFields"))
            back[company.pk] = company
        elif company.version == left[company.pk] and not row.detail("companyFields"):
            gone[company.pk] = company
    people = run.team.contacts.filter(company__in=list(gone)).order_by()
    needed = set(people.values_list("company_id", flat=True).distinct())
    free = [company for pk, company in gone.items() if pk not in needed]
    delete_companies(free, by=run.undoer)
    save_companies(list(back.values()), by=run.undoer)


def _companies_made(run: Import, ids: Iterable[uuid.UUID]) -> set[uuid.UUID | None]:
    """Return which of the companies it has made: these either go, or stay as they are."""
    rows = run.rows.filter(team=run.team_id, company_id__in=list(ids)).order_by()
    made = rows.filter(details__companyFields__isnull=True)
    return set(made.values_list("company_id", flat=True))


def _versions_left(run: Import, ids: Iterable[uuid.UUID]) -> dict[Any, int]:
    """Return in which version the import has left each company."""
    rows = run.rows.filter(team=run.team_id, company_id__in=list(ids)).order_by()
    found = rows.values("company_id").annotate(version=Max("company_version"))
    return {each["company_id"]: each["version"] for each in found}


def _restore(company: Company, changed: dict[str, list[Any]]) -> None:
    """Put back each value that is still the one that the import wrote."""
    for name, (old, new) in changed.items():
        if get_value(company, name) == new:
            set_value(company, name, old)
