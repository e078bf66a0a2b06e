"""A team whose contacts have fields of its own."""

import datetime as dt
import random
import uuid
from typing import Any

from companies.models import Company
from contacts.models import Contact
from contacts.operations import save_contacts
from crm.history.models import Origin
from crm.history.recording import Author
from crm.teams.models import Team
from tests.factories import CompanyFactory, CustomFieldFactory, TeamFactory

PLANS = ["Starter", "Silver", "Gold"]
KINDS = {
    "nickname": "text",
    "budget": "number",
    "start": "date",
    "renews": "boolean",
    "plan": "select",
    "story": "textarea",
}
NICKNAMES = ["anna", "banana", "ÄNNI", "Känguru", "zoe", "50%_[a]", "'=1+1", "o'neill", "=cmd()"]


def add_fields(team: Team, **more: Any) -> None:
    """Give the team a field of each type."""
    for key, kind in KINDS.items():
        options = PLANS if kind == "select" else ()
        label = key.capitalize()
        CustomFieldFactory.create(
            team=team, key=key, label=label, field_type=kind, options=options, **more
        )


def some_values(chance: random.Random) -> dict[str, Any]:
    """Values for some of the fields."""
    day = dt.date(2026, 1, 1) + dt.timedelta(days=chance.randrange(90))
    values = {
        "nickname": chance.choice(NICKNAMES),
        "budget": chance.choice([0, 9, 10, 99.5, 1000, 250_000, -3, -0.5, 1e-7]),
        "start": day.isoformat(),
        "renews": chance.random() < 0.5,
        "plan": chance.choice(PLANS),
        "story": chance.choice(["First line\nSecond line", "Once, twice", "=SUM(A1)\n-1"]),
    }
    return {key: value for key, value in values.items() if chance.random() < 0.8}


def fill_customs(count: int, seed: int, key: str = "") -> Team:
    """A team with `count` contacts; `key` is one field more, of text."""
    team = TeamFactory.create(region="US")
    add_fields(team)
    if key:
        CustomFieldFactory.create(team=team, key=key, label=key.capitalize())
    contacts = some_contacts(CompanyFactory.create(team=team), count, seed)
    assert not save_contacts(contacts, by=Author(Origin.DEMO)).errors
    return team


def some_contacts(company: Company, count: int, seed: int) -> list[Contact]:
    """Contacts to be, called Number 0, Number 1 and so on, each older than the next.

    Where values are alike the ids say who comes first, so they grow too, as they do in life.
    """
    chance = random.Random(seed)  # noqa: S311
    ids = sorted(uuid.UUID(int=chance.getrandbits(128), version=4) for _ in range(count))
    return [
        Contact(
            id=pk,
            team=company.team,
            company=company,
            first_name="Number",
            last_name=str(number),
            custom_fields=some_values(chance),
            created_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=number),
        )
        for number, pk in enumerate(ids)
    ]
