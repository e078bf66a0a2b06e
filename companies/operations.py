"""The one writer of companies: every form, key, file, call and admin page comes through here."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db.models import Count, RestrictedError

from companies.models import Company
from crm import normalize
from crm.history.recording import Author
from crm.records import writing
from crm.records.writing import Errors, Saved, field_error


class CompanyHasContacts(Exception):
    """The company cannot go while people work there; `count` says how many."""

    def __init__(self, company: Company, count: int) -> None:
        people = "1 contact belongs" if count == 1 else f"{count} contacts belong"
        super().__init__(f"{people} to {company.name}. Move or delete them first.")
        self.count = count


def save_company(company: Company, *, by: Author) -> Company:
    """Write one new or changed company.

    Raises ValidationError with what is wrong by field, StaleRecord where somebody else changed it
    since it was loaded.
    """
    return writing.save_record(company, save_companies([company], by=by))


def save_companies(
    companies: Sequence[Company], *, by: Author, cleaned: bool = False
) -> Saved[Company]:
    """Write companies of one team; errors come back by place, the good ones are written.

    `cleaned` ones have been cleaned by themselves already.
    """
    return writing.save_records(companies, by=by, check=_check, prepare=_prepare, cleaned=cleaned)


def check_companies(companies: Sequence[Company], *, by: Author) -> Errors:
    """Return what `save_companies` would refuse of cleaned companies; nothing is written."""
    return writing.check_records(companies, by=by, check=_check, cleaned=True)


def delete_company(company: Company, *, by: Author) -> None:
    """Delete the company; raises CompanyHasContacts where somebody belongs to it."""
    delete_companies([company], by=by)


def delete_companies(companies: Sequence[Company], *, by: Author) -> None:
    """Delete companies of one team, all or none; raises CompanyHasContacts."""
    if not companies:
        return
    counts = _count_contacts(companies)
    for company in companies:
        if count := counts.get(company.pk):
            raise CompanyHasContacts(company, count)
    try:
        writing.delete_records(companies, by=by)
    except RestrictedError as error:
        # Somebody joined between the count and the delete.
        raise CompanyHasContacts(companies[0], len(error.restricted_objects)) from error


def _count_contacts(companies: Sequence[Company]) -> dict[uuid.UUID, int]:
    """Return how many contacts belong to each company that has any."""
    ids = [company.pk for company in companies]
    team = companies[0].team_id
    needed = Company.objects.filter(team=team, pk__in=ids, contacts__isnull=False).order_by()
    return dict(needed.values_list("pk").annotate(count=Count("contacts")))


def _prepare(company: Company) -> None:
    company.search = normalize.search_text(company.name, company.website)


def _check(companies: Sequence[Company]) -> Errors:
    """Name and external id must be free in the team: at most two queries for the whole batch."""
    errors: Errors = {}
    _check_unique(
        companies, "name_key", "name", "This team has a company of this name already.", errors
    )
    _check_unique(
        companies, "external_id", "external_id", "Another company has this external ID.", errors
    )
    return errors


def _check_unique(
    companies: Sequence[Company], column: str, field: str, message: str, errors: Errors
) -> None:
    wanted = {getattr(company, column) for company in companies if _moved(company, field)} - {""}
    taken = _holders(companies, column, wanted)
    for index, company in enumerate(companies):
        value = getattr(company, column)
        if not _moved(company, field) or not value:
            continue
        if taken[value] - {company.pk}:
            _add(errors, index, field_error(field, message, "unique"))
        taken[value].add(company.pk)


def _moved(company: Company, field: str) -> bool:
    return company.loaded(field) != getattr(company, field)


def _holders(
    companies: Sequence[Company], column: str, wanted: Iterable[str]
) -> defaultdict[str, set[object]]:
    holders: defaultdict[str, set[object]] = defaultdict(set)
    if wanted:
        team_id = companies[0].team_id
        rows = Company.objects.filter(team_id=team_id, **{f"{column}__any": wanted})
        for value, pk in rows.values_list(column, "pk"):
            holders[value].add(pk)
    return holders


def _add(errors: Errors, index: int, error: ValidationError) -> None:
    errors[index] = writing.merge_errors(errors.get(index), error)
