"""A team with one of each record, and how a door by which it is written is named."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

from django.test import Client

from calls.models import Call
from calls.providers.models import ProviderConnection
from companies.models import Company
from contacts.models import Contact, Tag
from crm.accounts.models import User
from crm.teams.models import Role, Team
from tests.admin.kit import BACKEND, Staff
from tests.calls.providers.signing import SECRETS
from tests.factories import (
    ApiKeyFactory,
    CallFactory,
    CompanyFactory,
    ConnectionFactory,
    ContactFactory,
    TagFactory,
    TeamFactory,
    member_of,
)

ANNA = {"first_name": "Anna", "last_name": "Berg"}


@dataclasses.dataclass
class World:
    """A team with one of each record, and everybody who may write."""

    team: Team
    member: User
    staff: Staff
    key: Any
    company: Company
    empty: Company
    contact: Contact
    tag: Tag
    other_tag: Tag
    call: Call
    logged: Call
    #: Two of one number, which nobody has.
    unmatched: list[Call]
    #: One of each of another team, which staff may write all the same.
    theirs: tuple[Company, Contact, Call]
    connection: ProviderConnection

    @property
    def pages(self) -> Client:
        """The browser of a member of the team."""
        client = Client()
        client.force_login(self.member, backend=BACKEND)
        return client

    def page(self, path: str) -> str:
        """The address of one of the team's pages."""
        return f"/t/{self.team.slug}/{path}"

    def api(self, method: str, path: str, **body: Any) -> Any:
        """Ask the API with the team's key."""
        return Client().generic(
            method,
            f"/api/crm/{path}",
            data=json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.key.secret}"},
        )


def build_world() -> World:
    """Make it."""
    team = TeamFactory.create()
    company = CompanyFactory.create(team=team, name="Acme")
    contact = ContactFactory.create()
    return World(
        team=team,
        member=member_of(team, Role.MEMBER),
        staff=Staff(),
        key=ApiKeyFactory.create(team=team),
        company=company,
        empty=CompanyFactory.create(team=team),
        contact=ContactFactory.create(company=company, phone="+14155550182"),
        tag=TagFactory.create(team=team, name="vip"),
        other_tag=TagFactory.create(team=team, name="north"),
        call=CallFactory.create(contact=ContactFactory.create(company=company)),
        logged=CallFactory.create(
            contact=ContactFactory.create(company=company), provider="manual"
        ),
        unmatched=CallFactory.create_batch(2, team=team, to_number="+12125550199"),
        theirs=(CompanyFactory.create(team=contact.team), contact, CallFactory.create()),
        connection=ConnectionFactory.create(team=team, secret=SECRETS["retell"]),
    )


type Door = Callable[[World], Any]


def door(doors: dict[str, Door]) -> Callable[[Door], Door]:
    """Name a door by its function."""

    def register(function: Door) -> Door:
        doors[function.__name__] = function
        return function

    return register
