"""A small team with its people and calls, for tests that look at pages full of data."""

import datetime as dt
import functools
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from calls.models import Call, Direction, Outcome
from calls.operations import Sound
from companies.models import Company
from contacts.models import Contact, LeadStatus
from crm.accounts.models import User
from crm.teams.models import Role, Team
from tests.factories import (
    CallFactory,
    CompanyFactory,
    ContactFactory,
    TeamFactory,
    member_of,
    wav_file,
)

#: Also what a person may type: no page may take it for markup.
SCRIPT = "<script>document.title = 'taken over'</script>"

TURNS = [
    {"speaker": "assistant", "text": "Hello, this is Nora.", "startSeconds": 0, "endSeconds": 2},
    {"speaker": "contact", "text": "We ship frozen berries.", "startSeconds": 2, "endSeconds": 4},
    {"speaker": "assistant", "text": "Shall we talk on Tuesday?", "startSeconds": 4},
]
OTHER_PEOPLE = ("Grace Hopper", "Alan Turing", "Mary Jackson", "Kurt Gödel", "Hedy Lamarr")


class World:
    """The team Acme: a company, six people, four calls, one of them recorded."""

    def __init__(self) -> None:
        self.team: Team = TeamFactory.create(name="Acme Sales", slug="acme")
        self.member: User = self.person(Role.MEMBER)
        self.company: Company = CompanyFactory.create(
            team=self.team, name="Meridian Last Mile", city="Atlanta", country="US"
        )
        self.others = [self._other(name) for name in OTHER_PEOPLE]
        # Made last, so the first of the table.
        self.ada: Contact = self._ada()
        self.unmatched: Call = CallFactory.create(
            team=self.team, direction=Direction.INBOUND, from_number="+12125550199"
        )
        self.failed: Call = CallFactory.create(
            contact=self.ada, outcome=Outcome.FAILED, started_at=_ago(days=2)
        )
        self.call: Call = recorded_call(self.ada)

    def person(self, role: str) -> User:
        """A new user with that role in the team."""
        return member_of(self.team, role, name=f"{role.title()} Person")

    def url(self, path: str) -> str:
        """The address of one of the team's pages."""
        return f"/t/acme/{path}"

    def _other(self, name: str) -> Contact:
        first, last = name.split()
        return ContactFactory.create(company=self.company, first_name=first, last_name=last)

    def _ada(self) -> Contact:
        return ContactFactory.create(
            company=self.company,
            first_name="Ada",
            last_name="Lovelace",
            job_title="Head of Logistics",
            email="ada@meridian.example",
            phone="+12125550147",
            lead_status=LeadStatus.QUALIFIED,
            timezone="America/New_York",
            notes="Prefers the morning.",
            tags=["cold chain", "decision maker", "vip"],
        )


def recorded_call(contact: Contact, seconds: int = 6, **values: Any) -> Call:
    """A call of an hour ago that can be played and read."""
    return CallFactory.create(
        contact=contact,
        direction=Direction.OUTBOUND,
        assistant_name="Nora",
        summary="Ships frozen berries and wants to talk on Tuesday.",
        duration_seconds=seconds,
        sound=Sound(file=ContentFile(_sound(seconds), name="call.wav")),
        **{"started_at": _ago(hours=1), "turns": TURNS} | values,
    )


@functools.cache
def _sound(seconds: int) -> bytes:
    return wav_file(seconds).read()


def _ago(**span: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(**span)
