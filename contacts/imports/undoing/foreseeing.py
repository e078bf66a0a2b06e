"""What undoing would do, as things stand."""

import dataclasses
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from contacts.imports.mapping.fields import set_value
from contacts.imports.models import WRITTEN, Import, ImportRow, Outcome, Undone
from contacts.imports.undoing.contacts import called_since, judge
from contacts.models import Contact
from crm.records.customizing import check_custom_values
from crm.records.models import CUSTOM

#: So many rows are looked at while somebody waits.
COUNTED = 20_000


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
    called = called_since(run, run.contact_ids())
    ours = run.team.contacts.filter(pk__in=run.contact_ids())
    counts = Counter[tuple[Undone, bool]]()
    for pk, version in ours.values_list("pk", "version"):
        is_new, version_left = left[pk]
        fate = judge(version, version_left, is_called=pk in called)
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
