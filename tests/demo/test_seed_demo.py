"""`manage.py seed_demo`: what it prints, and that it seeds once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from calls.models import Call, Recording
from companies.models import Company
from contacts.models import Contact
from crm.accounts.models import User
from crm.demo.seeding import USERS
from crm.history.models import Change
from crm.teams.models import Team
from tests.factories import TeamFactory

pytestmark = pytest.mark.django_db


def seed_demo() -> str:
    out = StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


def rows() -> list[int]:
    models = (User, Team, Company, Contact, Call, Recording, Change)
    return [model.objects.count() for model in models]


# All of it takes seconds; test_seeding has a part of it on either database.
@pytest.mark.once
def test_it_seeds_once_and_prints_the_sign_ins() -> None:
    said = seed_demo()
    assert rows()[:6] == [len(USERS), 2, 60, 400, 600, 40]
    assert all(email in said for email, _name, _roles in USERS)
    password = said.partition("Password: ")[2].split()[0]
    assert all(user.check_password(password) for user in User.objects.all())
    assert not User.objects.filter(is_staff=True).exists()

    before = rows()
    assert "there already" in seed_demo()
    assert rows() == before


def test_a_stranger_at_its_address_stops_it() -> None:
    TeamFactory.create(slug="acme")
    with pytest.raises(CommandError, match="acme"):
        seed_demo()
    assert Team.objects.count() == 1


def test_on_a_laptop_it_says_who_enters_the_admin(settings: Settings) -> None:
    settings.DEBUG = True
    TeamFactory.create(slug="demo")
    TeamFactory.create(slug="acme")
    assert "owner@callbook.example may also enter /admin/" in seed_demo()
