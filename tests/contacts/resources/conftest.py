import pytest

from crm.accounts.models import User
from crm.teams.models import Team
from tests.factories import TeamFactory, UserFactory


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(region="US")


@pytest.fixture
def user() -> User:
    return UserFactory.create()
