"""A statement answers what the ORM answers, for any values, compiled once."""

import datetime as dt
from typing import Any

import pytest
from django.db import models
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from contacts.models import Contact, ContactTag
from crm.queries.lookups import IdsField
from crm.queries.statements import Statement
from crm.teams.models import Team
from tests.factories import ContactFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


def _links(team_id: Any, contacts: Any) -> Any:
    links = ContactTag.objects.filter(team_id=team_id, contact__any=contacts)
    return links.order_by("contact_id").values_list("contact_id", "tag__name", "team_id")


def test_a_statement_is_built_once_and_runs_with_any_values(
    team: Team, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    built = []

    def links(*places: Any) -> Any:
        built.append(places)
        return _links(*places)

    statement = Statement(links, models.UUIDField(), IdsField())
    ours = [ContactFactory.create(team=team, tags=["vip"]).pk for _ in range(3)]
    theirs = ContactFactory.create(tags=["vip"])
    for values in ((team.pk, ours), (theirs.team_id, [theirs.pk]), (team.pk, ours[:1])):
        with django_assert_num_queries(1):
            found = statement.rows(*values)
        assert [tuple(row) for row in found] == list(_links(*values))
        assert len(found) == len(values[1])
    assert statement.rows(team.pk, [theirs.pk]) == []
    assert statement.rows(team.pk, []) == []
    assert len(built) == 1


def test_values_are_adapted_to_the_column(team: Team) -> None:
    contact = ContactFactory.create(team=team)

    def of_name(name: Any, moment: Any) -> Any:
        found = Contact.objects.filter(first_name=name, created_at__lt=moment)
        return found.values_list("pk", "created_at", "do_not_call")

    statement = Statement(of_name, models.CharField(), models.DateTimeField())
    later = timezone.now() + dt.timedelta(seconds=1)
    rows = statement.rows(contact.first_name, later)
    assert [tuple(row) for row in rows] == [(contact.pk, contact.created_at, False)]
    assert statement.rows("' OR 1=1 --", later) == []
    assert statement.rows(contact.first_name, contact.created_at) == []


def test_a_statement_takes_each_of_its_values() -> None:
    with pytest.raises(ValueError, match="zip"):
        Statement(_links, models.UUIDField(), IdsField()).rows(TeamFactory.create().pk)
