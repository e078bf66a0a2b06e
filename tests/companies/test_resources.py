import pytest
import tablib
from import_export.results import Result

from companies.models import Company
from companies.operations import CompanyHasContacts
from companies.resources import CompanyResource
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.teams.models import Team
from tests.factories import CompanyFactory, ContactFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(region="DE")


def resource(team: Team) -> CompanyResource:
    return CompanyResource(team=team, by=Author(Origin.IMPORT, user=UserFactory.create()))


def run(team: Team, *rows: dict[str, object]) -> Result:
    headers = list(rows[0])
    dataset = tablib.Dataset(*[[row[name] for name in headers] for row in rows], headers=headers)
    return resource(team).import_data(dataset)


def test_rows_become_companies_through_the_operations(team: Team) -> None:
    known = CompanyFactory.create(team=team, external_id="A1", city="Bonn")
    result = run(
        team,
        {"external_id": "A1", "name": "Acme", "phone": "030 123456", "country": "Germany"},
        {"external_id": "", "name": "Other", "phone": "", "country": ""},
    )
    assert (result.totals["new"], result.totals["update"]) == (1, 1)
    known.refresh_from_db()
    assert (known.name, known.name_key, known.phone) == ("Acme", "acme", "+4930123456")
    assert (known.country, known.city) == ("DE", "Bonn")
    written = Change.objects.filter(origin=Origin.IMPORT)
    assert sorted(row.verb for row in written) == ["created", "updated"]
    assert all(row.actor_user for row in written)


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ({"name": "ACME"}, "name", "This team has a company of this name already."),
        ({"name": ""}, "name", "This field cannot be blank."),
        ({"name": "X", "website": "no site"}, "website", "“no site” is not a web address."),
        ({"name": "X", "country": "Atlantis"}, "country", "“Atlantis” is not a country."),
    ],
)
def test_what_is_wrong_stands_at_its_row_and_column(
    team: Team, row: dict[str, object], column: str, words: str
) -> None:
    CompanyFactory.create(team=team, name="Acme")
    (invalid,) = run(team, row).invalid_rows
    assert set(invalid.error_dict) == {column}
    assert invalid.error_dict[column][0].startswith(words)
    assert Company.objects.count() == 1


def test_another_team_s_id_is_unknown(team: Team) -> None:
    foreign = CompanyFactory.create(name="Zanzibar")
    (invalid,) = run(team, {"id": foreign.pk, "name": "Mine"}).invalid_rows
    assert invalid.error_dict == {"id": ["There is no such company in this team."]}
    foreign.refresh_from_db()
    assert foreign.name == "Zanzibar"


def test_an_export_reads_back_as_nothing_new(team: Team) -> None:
    CompanyFactory.create(
        team=team, website="https://acme.de", phone="+4930123456", country="DE", notes="a\nb"
    )
    CompanyFactory.create(name="Zanzibar")
    exported = resource(team).export(queryset=Company.objects.all())
    assert len(exported) == 1
    result = resource(team).import_data(exported)
    assert (result.totals["skip"], result.has_validation_errors()) == (1, False)


def test_a_subclass_that_deletes_does_it_through_the_operations(team: Team) -> None:
    class Cleaner(CompanyResource):
        def for_delete(self, row: dict[str, object], instance: Company) -> bool:
            return True

        class Meta(CompanyResource.Meta):
            pass

    def clean(company: Company) -> None:
        dataset = tablib.Dataset([str(company.pk)], headers=["id"])
        Cleaner(team=team, by=Author(Origin.IMPORT)).import_data(dataset)

    company = CompanyFactory.create(team=team)
    clean(company)
    assert Change.objects.get(origin=Origin.IMPORT).verb == "deleted"
    with pytest.raises(CompanyHasContacts):
        clean(ContactFactory.create(team=team).company)
    assert Company.objects.count() == 1
