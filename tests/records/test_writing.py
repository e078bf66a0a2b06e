from collections.abc import Sequence

import pytest

from companies.models import Company
from companies.operations import save_company
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.records import writing
from tests.factories import CompanyFactory

pytestmark = pytest.mark.django_db
BY = Author(Origin.MANUAL)


def test_columns_that_follow_from_others_are_written_with_them() -> None:
    company = CompanyFactory.create(name="Acme")
    company.name = "Zanzibar Ltd"
    save_company(company, by=BY)
    stored = Company.objects.get()
    assert (stored.name_key, stored.search) == ("zanzibar ltd", " zanzibar ltd")
    assert Change.objects.get(origin=Origin.MANUAL).fields == {"name": ["Acme", "Zanzibar Ltd"]}


def test_who_was_quicker_is_told_and_the_rest_is_written() -> None:
    taken = CompanyFactory.create(name="Taken")
    changed = CompanyFactory.create(team=taken.team)
    changed.city = "Berlin"
    late = Company(team=taken.team, name="Taken")
    asked: list[int] = []

    def check(records: Sequence[Company]) -> writing.Errors:
        """Find the name free at first: the other company comes between the check and the write."""
        asked.append(len(records))
        return {} if len(asked) == 1 else {1: writing.field_error("name", "Taken.", "unique")}

    saved = writing.save_records([changed, late], by=BY, check=check, prepare=lambda company: None)
    assert (saved.created, saved.updated) == ([], [changed])
    assert saved.errors[1].message_dict == {"name": ["Taken."]}
    changed.refresh_from_db()
    assert (changed.city, changed.version) == ("Berlin", 2)
    assert Change.objects.filter(origin=Origin.MANUAL).count() == 1
