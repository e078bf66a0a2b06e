import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from companies.models import Company
from companies.operations import (
    CompanyHasContacts,
    delete_companies,
    delete_company,
    save_companies,
    save_company,
)
from crm.history.models import Change, Origin, Verb
from crm.history.recording import Author
from crm.records.writing import StaleRecord
from crm.teams.models import Team
from tests.factories import ApiKeyFactory, CompanyFactory, ContactFactory, TeamFactory

pytestmark = pytest.mark.django_db

BY = Author(Origin.DEMO)


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(region="SE")


def refused(company: Company) -> dict[str, list[ValidationError]]:
    with pytest.raises(ValidationError) as error:
        save_company(company, by=BY)
    return error.value.error_dict


def test_a_company_is_stored_in_its_clean_form(team: Team) -> None:
    company = Company(
        team=team,
        name="  Skärgård   Kyltransport ",
        website="WWW.Skargard.example/",
        phone="08-465 004 23",
        country="sweden",
        notes=" Two\r\nlines ",
    )
    save_company(company, by=BY)
    stored = Company.objects.get()
    assert stored.name == "Skärgård Kyltransport"
    assert stored.website == "https://www.skargard.example"
    assert (stored.phone, stored.country) == ("+46846500423", "SE")
    assert stored.notes == "Two\nlines"
    assert stored.version == 1


def test_history_says_who_created_it_and_nothing_twice(team: Team) -> None:
    key = ApiKeyFactory.create(team=team)
    company = save_company(Company(team=team, name="Acme"), by=Author.api_key(key))
    change = Change.objects.get(record_type="company")
    assert (change.team_id, change.record_type, change.record_id) == (
        team.pk,
        "company",
        company.pk,
    )
    assert (change.verb, change.fields) == (Verb.CREATED, {})
    assert (change.origin, change.actor_key_id, change.actor_user) == (Origin.API, key.pk, None)


def test_a_change_names_what_was_and_what_is(team: Team) -> None:
    company = CompanyFactory.create(team=team, city="Bonn")
    company.city = "Berlin"
    save_company(company, by=BY)
    company.refresh_from_db()
    assert (company.city, company.version) == ("Berlin", 2)
    assert company.updated_at > company.created_at
    assert Change.objects.get(verb=Verb.UPDATED).fields == {"city": ["Bonn", "Berlin"]}


def test_the_same_text_in_another_shape_is_no_change(team: Team) -> None:
    company = CompanyFactory.create(team=team, phone="+46846500423", country="SE")
    company.phone, company.country = "08 465 004 23", "Sweden"
    save_company(company, by=BY)
    assert company.version == 1
    assert not Change.objects.filter(verb=Verb.UPDATED).exists()


def test_a_name_is_one_companys_whatever_its_case_and_spacing(team: Team) -> None:
    CompanyFactory.create(team=team, name="Straße & Söhne")
    wrong = refused(Company(team=team, name="STRASSE  &  söhne"))
    assert wrong["name"][0].code == "unique"
    CompanyFactory.create(name="Straße & Söhne")


def test_an_external_id_is_one_companys(team: Team) -> None:
    CompanyFactory.create(team=team, external_id="K-1")
    CompanyFactory.create(team=team, external_id="")
    wrong = refused(Company(team=team, name="New", external_id="K-1"))
    assert wrong["external_id"][0].code == "unique"


def test_everything_wrong_is_said_at_once(team: Team) -> None:
    wrong = refused(Company(team=team, name=" ", website="?", phone="12", country="Atlantis"))
    assert set(wrong) == {"name", "website", "phone", "country"}


def test_a_stale_company_is_not_written_over(team: Team) -> None:
    mine = CompanyFactory.create(team=team)
    theirs = Company.objects.get(pk=mine.pk)
    theirs.city = "theirs"
    save_company(theirs, by=BY)
    mine.city = "mine"
    with pytest.raises(StaleRecord, match="This company was changed by somebody else"):
        save_company(mine, by=BY)
    assert Company.objects.get().city == "theirs"
    assert Change.objects.filter(verb=Verb.UPDATED).count() == 1


def test_good_ones_of_a_batch_are_written_and_bad_ones_said_by_place(team: Team) -> None:
    CompanyFactory.create(team=team, name="Taken")
    names = ["One", "taken", "", "Two", "ONE"]
    saved = save_companies([Company(team=team, name=name) for name in names], by=BY)
    assert [company.name for company in saved.created] == ["One", "Two"]
    assert {place: set(error.error_dict) for place, error in saved.errors.items()} == {
        1: {"name"},
        2: {"name"},
        4: {"name"},
    }


def test_a_batch_asks_the_database_as_often_as_one(
    team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # custom fields, names, external ids, savepoint, insert, history, end
    for number in (2, 50):
        batch = [
            Company(team=team, name=f"{number} {index}", external_id=f"{number}-{index}")
            for index in range(number)
        ]
        with django_assert_num_queries(7):
            save_companies(batch, by=BY)


def test_a_new_name_and_website_are_found_by_search(team: Team) -> None:
    company = CompanyFactory.create(team=team, name="Señor Pack", website="pack.example")
    for query in ("senor", "PACK.example", "señor pack"):
        assert team.companies.search(query).get() == company
    company.name = "Madame Pack"
    save_company(company, by=BY)
    assert not team.companies.search("senor").exists()
    assert team.companies.search("madame").get() == company


def test_a_deleted_company_leaves_what_it_was_in_history(team: Team) -> None:
    company = CompanyFactory.create(team=team, name="Acme", city="Bonn")
    gone = company.pk
    delete_company(company, by=BY)
    assert not Company.objects.exists()
    change = Change.objects.get(verb=Verb.DELETED)
    assert change.record_id == gone
    assert change.fields == {"name": ["Acme", None], "city": ["Bonn", None]}


def test_a_company_with_contacts_stays(team: Team) -> None:
    free, needed = CompanyFactory.create(team=team), CompanyFactory.create(team=team, name="Acme")
    ContactFactory.create(company=needed)
    with pytest.raises(CompanyHasContacts) as refusal:
        delete_companies([free, needed], by=BY)
    assert refusal.value.count == 1
    assert str(refusal.value) == "1 contact belongs to Acme. Move or delete them first."
    assert team.companies.count() == 2
    assert not Change.objects.filter(verb=Verb.DELETED).exists()


def test_a_company_never_changes_its_team(team: Team) -> None:
    company = CompanyFactory.create(team=team)
    company.team = TeamFactory.create()
    company.name = "Stolen"
    with pytest.raises((ValueError, StaleRecord)):
        save_company(company, by=BY)
    assert Company.objects.get(pk=company.pk).team_id == team.pk
    assert Company.objects.get(pk=company.pk).name != "Stolen"
