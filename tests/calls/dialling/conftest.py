from collections.abc import Iterator

import pytest
from pytest_django import Settings

from contacts.models import Contact
from crm.teams.models import Team
from tests.calls.dialling.kit import Platforms, callable_contact, open_team, platforms


@pytest.fixture
def platform(settings: Settings) -> Iterator[Platforms]:
    with platforms(settings) as running:
        yield running


@pytest.fixture
def team() -> Team:
    return open_team()


@pytest.fixture
def contact(team: Team) -> Contact:
    return callable_contact(team)
