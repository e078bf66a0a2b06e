"""Undoing an import: created contacts go, updated values come back.

Its rows are undone from the last to the first. A contact is judged once, at the last row that
touched it: where its version is not the one the import left, or somebody has called it since, it
stays as it is and is listed.
"""

import dataclasses
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from companies.models import Company
from companies.operations import delete_companies, save_companies
from contacts.imports.mapping.fields import get_value, set_value
from contacts.imports.models import WRITTEN, Import, ImportRow, Outcome, Status, Undone
from contacts.imports.operations import mark_undone, note_left, set_versions
from contacts.models import Contact
from contacts.operations import check_contacts, delete_contacts, save_contacts, tags_of
from crm.jobs.operations import release, renew
from crm.records.customizing import check_custom_values
from crm.records.models import CUSTOM
from crm.teams.models import Team

CHUNK = 250
#: So many rows are looked at while somebody waits.
COUNTED = 20_000
KEPT = (Undone.CHANGED, Undone.CALLED, Undone.STUCK)
#: What is listed afterwards.
LISTED = (*KEPT, Undone.PARTLY)


def undo(run: Import) -> None:
    """Take back every row that is not taken back yet."""
    while rows := _next_rows(run):
        with transaction.atomic():
            renew(run)
            _undo_contacts(run, [row for row in rows if not row.undone])
            _undo_companies(run, rows)
            renew(run, done=rows[-1].number - 1)
    every = run.rows.filter(team=run.team_id)
    done = every.filter(undone__in=(Undone.DONE, Undone.PARTLY))
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

    Then `removed` and `restored` count those, too, that will stay. Of those restored, `partly` have
    had a company, a field or an option that is gone.
    """

    removed: int
    restored: int
    kept: int | None
    partly: int = 0
    #: The files of later imports by which contacts would be kept.
    later: Sequence[str] = ()


def foresee(run: Import) -> Effect:
    """Return what undoing would do as things stand."""
    if run.created + run.updated > COUNTED:
        return Effect(run.created, run.updated, None)
    rows = run.rows.filter(team=run.team_id, outcome__in=WRITTEN).order_by("number")
    left: dict[uuid.UUID | None, tuple[bool, int]] = {}
    for contact_id, outcome, version in rows.values_list("contact_id", "outcome", "version"):
        is_new, before = left.get(contact_id, (False, 0))
        left[contact_id] = (is_new or outcome == Outcome.CREATED, max(before, version))
    stuck = _with_something_gone(run, rows)
    called = _called_since(run, run.contact_ids())
    ours = run.team.contacts.filter(pk__in=run.contact_ids())
    counts = Counter[tuple[Undone, bool]]()
    for pk, version in ours.values_list("pk", "version"):
        is_new, version_left = left[pk]
        fate = _judge(version, version_left, is_called=pk in called)
        if fate == Undone.DONE and pk in stuck and not is_new:
            fate = Undone.PARTLY
        counts[fate, is_new] += 1
    removed, partly = counts[Undone.DONE, True], counts[Undone.PARTLY, False]
    restored = counts[Undone.DONE, False] + partly
    has_changed = counts[Undone.CHANGED, True] + counts[Undone.CHANGED, False] > 0
    return Effect(
        removed,
        restored,
        counts.total() - removed - restored,
        partly,
        _later_imports(run) if has_changed else (),
    )


def _later_imports(run: Import) -> Sequence[str]:
    """Return the files of imports that have written the same contacts since, the last one first."""
    rows = ImportRow.objects.filter(
        team=run.team_id, run=OuterRef("pk"), contact_id__in=run.contact_ids(), outcome__in=WRITTEN
    )
    since = run.team.imports.filter(started_at__gt=run.started_at, status__in=Import.HAS_WRITTEN)
    return list(since.filter(Exists(rows)).order_by("-id").values_list("file_name", flat=True)[:3])


def _judge(version: int, version_left: int, *, is_called: bool) -> Undone:
    """Return what becomes of a contact; `version_left` is the one in which the import left it."""
    if version != version_left:
        return Undone.CHANGED
    return Undone.CALLED if is_called else Undone.DONE


def _with_something_gone(run: Import, rows: QuerySet[ImportRow]) -> set[uuid.UUID | None]:
    """Return the contacts who have had a company, a field or an option that is gone."""
    before: dict[uuid.UUID | None, dict[str, Any]] = {}
    updated = rows.filter(outcome=Outcome.UPDATED)
    for contact_id, fields in updated.values_list("contact_id", "details__fields"):
        values = before.setdefault(contact_id, {})
        for name, change in (fields or {}).items():
            values.setdefault(name, change)
    companies = {
        uuid.UUID(values["company"][0]["id"]) for values in before.values() if "company" in values
    }
    ours = run.team.companies.filter(id__any=companies)
    there = {str(pk) for pk in ours.values_list("pk", flat=True)}
    refused = _refused(run, before.values())
    return {
        contact_id
        for contact_id, values in before.items()
        if ("company" in values and values["company"][0]["id"] not in there)
        or any((name, repr(old)) in refused for name, (old, _new) in values.items())
    }


def _refused(run: Import, changes: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Return which values of before the team's own fields would not take any more."""
    tried: dict[tuple[str, str], Contact] = {}
    for change in changes:
        for name, (old, new) in change.items():
            if name.startswith(CUSTOM) and (name, repr(old)) not in tried:
                contact = Contact(team=run.team)
                set_value(contact, name, new)
                contact._state.adding = False
                contact.remember()
                set_value(contact, name, old)
                tried[name, repr(old)] = contact
    errors = check_custom_values(list(tried.values()), by=run.undoer)
    return {key for place, key in enumerate(tried) if place in errors}


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
    put = _put_back(run, back, of_contact)
    fates |= dict.fromkeys(put.stuck, Undone.STUCK) | dict.fromkeys(put.left, Undone.PARTLY)
    for fate in Undone:
        people = [pk for pk, said in fates.items() if said == fate]
        mark_undone([row for pk in people for row in of_contact[pk]], fate)
    note_left([of_contact[pk][0] for pk in put.left], put.left)
    restored = [contact for contact in back if fates[contact.pk] == Undone.DONE]
    _shift_versions(run, "contact_id", "version", restored, of_contact)


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


def _undo_companies(run: Import, rows: Sequence[ImportRow]) -> None:
    """Take back the companies that these rows have made or changed, where nobody needs them."""
    touched = [row for row in rows if row.company_id]
    companies = run.team.companies.in_bulk({row.company_id for row in touched})
    made, left = _companies_made(run, companies), _left_of(run, companies)
    gone: dict[uuid.UUID, Company] = {}
    back: dict[uuid.UUID, Company] = {}
    for row in touched:
        company = companies.get(row.company_id)
        if company is None:
            continue
        last_row, version = left[company.pk]
        if company.pk not in made and row.number == last_row:
            back[company.pk] = company
        elif company.pk in made and company.version == version and not row.detail("companyFields"):
            gone[company.pk] = company
    people = run.team.contacts.filter(company__in=list(gone)).order_by()
    needed = set(people.values_list("company_id", flat=True).distinct())
    free = [company for pk, company in gone.items() if pk not in needed]
    delete_companies(free, by=run.undoer)
    _put_companies_back(run, back, left)


def _put_companies_back(
    run: Import, companies: Mapping[uuid.UUID, Company], left: Mapping[Any, tuple[int, int]]
) -> None:
    """Put back each value that is still the one that the import wrote."""
    of_company: defaultdict[uuid.UUID, list[ImportRow]] = defaultdict(list)
    rows = run.rows.filter(team=run.team_id, company_id__in=list(companies))
    for row in rows.order_by("-number"):
        assert row.company_id
        of_company[row.company_id].append(row)
        company = companies[row.company_id]
        for name, (old, new) in (row.detail("companyFields") or {}).items():
            if get_value(company, name) == new:
                set_value(company, name, old)
    untouched = [each for each in companies.values() if each.version == left[each.pk][1]]
    saved = save_companies(list(companies.values()), by=run.undoer)
    stuck = {list(companies.values())[place].pk for place in saved.errors}
    restored = [company for company in untouched if company.pk not in stuck]
    _shift_versions(run, "company_id", "company_version", restored, of_company)


def _shift_versions(
    run: Import,
    key: str,
    version: str,
    restored: Sequence[Contact | Company],
    of_record: Mapping[uuid.UUID, Sequence[ImportRow]],
) -> None:
    """Let earlier imports find what they have left, where it is as it was before this one.

    Else nothing of them could be undone once a later import was.
    """
    earlier = run.team.imports.filter(
        status__in=Import.HAS_WRITTEN, started_at__lt=run.started_at
    ).values_list("pk", flat=True)
    by: dict[uuid.UUID, tuple[int, int]] = {}
    for record in restored:
        versions = {getattr(row, version) for row in of_record[record.pk]}
        before = min(versions) - 1
        # Where somebody wrote between two rows of the import, it is not as it was before.
        if max(versions) - before == len(versions):
            by[record.pk] = before, record.version - before
    moved = []
    if runs := list(earlier) if by else []:
        rows = ImportRow.objects.filter(
            **{f"{key}__in": list(by), f"{version}__gt": 0}, team=run.team_id, run__in=runs
        )
        for row in rows.defer("details"):
            before, more = by[getattr(row, key)]
            if getattr(row, version) <= before:
                setattr(row, version, getattr(row, version) + more)
                moved.append(row)
    set_versions(moved)


def _companies_made(run: Import, ids: Iterable[uuid.UUID]) -> set[uuid.UUID | None]:
    """Return which of the companies it has made: these either go, or stay as they are."""
    rows = run.rows.filter(team=run.team_id, company_id__in=list(ids)).order_by()
    made = rows.filter(details__companyFields__isnull=True)
    return set(made.values_list("company_id", flat=True))


def _left_of(run: Import, ids: Iterable[uuid.UUID]) -> dict[Any, tuple[int, int]]:
    """Return the last row about each company, and in which version the import has left it."""
    rows = run.rows.filter(team=run.team_id, company_id__in=list(ids)).order_by()
    found = rows.values("company_id").annotate(row=Max("number"), version=Max("company_version"))
    return {each["company_id"]: (each["row"], each["version"]) for each in found}
