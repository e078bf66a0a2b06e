"""A local server that behaves like the platforms where they are asked to place a call."""

import datetime as dt
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.utils import timezone
from pytest_django import Settings

from calls.dialling.models import Line, OutboundCall
from calls.dialling.operations import place_call
from contacts.models import Contact
from contacts.operations import save_contact
from crm.history.models import Origin
from crm.history.recording import Author
from crm.outgoing.sending import Limits
from crm.teams.models import Team
from tests.factories import ContactFactory, LineFactory, TeamFactory
from tests.local_server import Asked, LocalServer, Said, local_server

BY = Author(Origin.MANUAL)
NUMBER = "+12125550147"
PATHS = {
    "vapi": "/call",
    "retell": "/v2/create-phone-call",
    "twilio": "/2010-04-01/Accounts/AC1/Calls.json",
}
IDS = {"vapi": "id", "retell": "call_id", "twilio": "sid"}


class Platforms:
    """The platforms' APIs: `places` or `says` how they answer from now on."""

    def __init__(self, server: LocalServer) -> None:
        self.server = server
        self.placed: dict[str, str] = {}
        self.place()

    @property
    def asked(self) -> list[Asked]:
        """What was asked so far."""
        return self.server.asked

    @property
    def sent(self) -> dict[str, Any]:
        """What the last one asked for."""
        body = self.asked[-1].body
        try:
            return dict(json.loads(body))
        except ValueError:
            return parse_qs(body.decode(), keep_blank_values=True)

    def say(self, answer: Said | Callable[[Asked], Said]) -> None:
        """Answer like this whatever is asked."""
        for path in PATHS.values():
            self.server.answers[path] = answer

    def place(self) -> None:
        """Place what is asked for; Retell knows a repeat by its key."""
        for provider, path in PATHS.items():
            self.server.answers[path] = lambda asked, provider=provider: self._place(
                provider, asked
            )

    def _place(self, provider: str, asked: Asked) -> Said:
        key = f"{provider}-{len(self.placed) + 1}"
        if provider == "retell":
            key = json.loads(asked.body)["idempotency_key"]
        call_id = self.placed.setdefault(key, f"{provider}-call-{len(self.placed) + 1}")
        return Said(json.dumps({IDS[provider]: call_id}).encode(), 201)

    def say_nothing(self, *, but_place: bool = False) -> threading.Event:
        """Take the request and leave it without an answer, until the event that is returned."""
        released = threading.Event()

        def answer(asked: Asked) -> Said:
            if but_place:
                provider = next(name for name, path in PATHS.items() if path == asked.path)
                self._place(provider, asked)
            released.wait(10)
            return Said(b"{}", 201)

        self.say(answer)
        return released


@contextmanager
def platforms(settings: Settings) -> Iterator[Platforms]:
    """Run them, with the settings that lead there."""
    with local_server() as server:
        settings.INTERNAL_HOSTS = ["127.0.0.1"]
        settings.VOICE_API_URLS = dict.fromkeys(settings.VOICE_API_URLS, server.url("").rstrip("/"))
        yield Platforms(server)


def open_team(**values: Any) -> Team:
    """A team that may call at any time."""
    always = {"calling_start": dt.time(0), "calling_end": dt.time.max, "calling_days": "1234567"}
    return TeamFactory.create(**always | values)


def callable_contact(team: Team, **values: Any) -> Contact:
    """A contact of the team with a phone."""
    values = {"first_name": "Ada", "last_name": "Lovelace", "phone": NUMBER} | values
    contact = ContactFactory.create(team=team, **values)
    contact.team = team
    return contact


def patience(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let the platforms have so many seconds to answer."""
    limits = Limits(most_bytes=2**20, seconds=seconds)
    monkeypatch.setattr("calls.dialling.asking.LIMITS", limits)


def age(call: Any, **span: float) -> None:
    """Let a call have been asked for so long ago."""
    moment = timezone.now() - dt.timedelta(**span)
    type(call).objects.filter(pk=call.pk).update(created_at=moment, asked_at=moment)


def place(contact: Contact, line: Line, **how: Any) -> OutboundCall:
    return place_call(contact, line, **{"by": BY, "token": uuid.uuid4()} | how)


def line_of(team: Team, provider: str = "vapi", **values: Any) -> Line:
    return LineFactory.create(team=team, provider=provider, **values)


def forbid(contact: Contact) -> None:
    stored = Contact.objects.get(pk=contact.pk)
    stored.do_not_call = True
    save_contact(stored, by=BY)
