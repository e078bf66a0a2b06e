import pytest

from contacts.models import Contact
from crm.teams.models import Team
from tests.factories import CompanyFactory, ContactFactory, TeamFactory
from tests.pages import Reader


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team)


@pytest.fixture
def ada(team: Team) -> Contact:
    company = CompanyFactory.create(team=team, name="Meridian Last Mile")
    return ContactFactory.create(company=company, first_name="Ada", last_name="Lovelace")
