"""What the writers of contacts, companies and calls have in common, seen through companies'."""

from collections.abc import Sequence

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from companies import operations
from companies.models import Company
from companies.operations import save_companies, save_company
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.records import writing
from crm.records.writing import Errors
from crm.teams.models import Team
from tests.factories import CompanyFactory, TeamFactory

pytestmark = pytest.mark.django_db

BY = Author(Origin.DEMO)


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first check sees nothing: the name is taken between the check and the write."""
    check, seen = operations._check, []

    def see_nothing_at_first(batch: Sequence[Company]) -> Errors:
        seen.append(batch)
        return {} if len(seen) == 1 else check(batch)

    monkeypatch.setattr(operations, "_check", see_nothing_at_first)


@pytest.mark.usefixtures("late")
def test_who_comes_second_is_told_beside_the_field(team: Team) -> None:
    CompanyFactory.create(team=team, name="Acme")
    with pytest.raises(ValidationError) as refused:
        save_company(Company(team=team, name="ACME"), by=BY)
    assert refused.value.error_dict["name"][0].code == "unique"
    assert team.companies.count() == 1


@pytest.mark.usefixtures("late")
def test_the_others_of_a_batch_are_written_all_the_same(team: Team) -> None:
    CompanyFactory.create(team=team, name="Acme")
    names = ["One", "acme", "Two"]
    saved = save_companies([Company(team=team, name=name) for name in names], by=BY)
    assert list(saved.errors) == [1]
    assert set(team.companies.values_list("name", flat=True)) == {"Acme", "One", "Two"}
    assert Change.objects.filter(team=team).count() == 3


def test_what_the_check_cannot_explain_is_no_persons_mistake(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    CompanyFactory.create(team=team, name="Acme")
    monkeypatch.setattr(operations, "_check", lambda batch: {})
    with pytest.raises(IntegrityError):
        save_company(Company(team=team, name="Acme"), by=BY)


def test_a_record_that_was_not_loaded_whole_writes_what_was_changed_only(team: Team) -> None:
    CompanyFactory.create(team=team, name="Acme", city="Bonn", notes="long")
    part = team.companies.defer("notes").get()
    part.city = "Berlin"
    save_company(part, by=BY)
    stored = team.companies.get()
    assert (stored.city, stored.notes) == ("Berlin", "long")


def test_a_saved_record_can_be_changed_and_saved_again(team: Team) -> None:
    company = CompanyFactory.create(team=team, city="Bonn")
    for city in ("Berlin", "Bremen"):
        company.city = city
        save_company(company, by=BY)
    assert company.version == 3
    fields = Change.objects.filter(record_id=company.pk).order_by("at", "id")
    assert [change.fields for change in fields] == [
        {},
        {"city": ["Bonn", "Berlin"]},
        {"city": ["Berlin", "Bremen"]},
    ]


def test_errors_of_two_checks_stand_side_by_side() -> None:
    first = ValidationError({"name": "too long", "city": "unknown"})
    both = writing.merge_errors(first, ValidationError({"name": "taken"}))
    assert both.message_dict == {"name": ["too long", "taken"], "city": ["unknown"]}


def test_nothing_to_write_asks_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        save_companies([], by=BY)
