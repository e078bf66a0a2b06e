from typing import Any

import pytest
from django.db import models

from companies.models import Company
from contacts.imports.models import ImportRow
from contacts.models import Contact
from crm.history.models import Change
from crm.queries.making import Maker
from crm.teams.models import Team


@pytest.mark.once
@pytest.mark.parametrize("model", [Contact, Company, Change, ImportRow])
def test_what_is_made_is_what_the_constructor_makes(model: type[models.Model]) -> None:
    team = Team(name="Acme")
    made: Any = Maker(model).make({"team": team}, team_id=team.pk)
    built: Any = model(team=team)
    fresh = {"_state", "id", "created_at", "updated_at", "at"}
    assert made.__dict__.keys() == built.__dict__.keys()
    assert {name for name in made.__dict__ if getattr(made, name) != getattr(built, name)} <= fresh
    assert made.team is team
    assert (made._state.adding, made._state.db) == (True, None)
    assert made.pk != Maker(model).make().pk


@pytest.mark.once
def test_nothing_that_changes_is_shared() -> None:
    one, other = (Maker(Contact).make() for _ in range(2))
    one.custom_fields["budget"] = 1
    assert other.custom_fields == {}
