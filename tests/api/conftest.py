import pytest

from crm.teams.models import Team
from tests.api.client import Program
from tests.factories import TeamFactory


@pytest.fixture
def team(db: None) -> Team:
    return TeamFactory.create()


@pytest.fixture
def api(team: Team) -> Program:
    return Program(team)
