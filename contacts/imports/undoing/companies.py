"""Taking back what an import has done with companies."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Max

from companies.models import Company
from companies.operations import delete_companies, save_companies
from contacts.imports.mapping.fields import get_value, set_value
from contacts.imports.models import Import, ImportRow
from contacts.imports.undoing.versions import shift_versions


def undo_companies(run: Import, rows: Sequence[ImportRow]) -> None:
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
    shift_versions(run, "company", restored, of_company)


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
