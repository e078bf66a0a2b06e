"""Fetching recordings with the credentials of the connection that their call came through."""

import dataclasses
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Exists, OuterRef

from calls.models import Call
from calls.providers.contract import Account
from calls.providers.models import ProviderConnection, ProviderEvent
from calls.providers.registry import PLATFORMS
from calls.recordings import sources
from calls.recordings.sources import Source


def register() -> None:
    """Say of every platform how its recordings are fetched."""
    for name in PLATFORMS:
        sources.register(name, find_sources)


def find_sources(call: Call, url: str) -> Iterator[Source]:
    """Yield what the platform names, by the key of the call's connection, then by the others'.

    A team without any is given what is to be had without a key.
    """
    platform = PLATFORMS[call.provider]
    nobody = Account(api_url=settings.VOICE_API_URLS[call.provider])
    accounts = [
        dataclasses.replace(
            nobody, account_id=connection.account_id, api_secret=connection.api_secret
        )
        for connection in find_connections(call)
    ]
    for account in accounts or [nobody]:
        yield from platform.find_sources(account, call.provider_call_id, url)


def find_connections(call: Call) -> list[ProviderConnection]:
    """Return the team's connections that may have the call, those that told of it first."""
    events = ProviderEvent.objects.filter(
        team=OuterRef("team"), connection=OuterRef("pk"), provider_call_id=call.provider_call_id
    )
    connections = ProviderConnection.objects.filter(team=call.team_id, provider=call.provider)
    told = connections.connected().annotate(has_told=Exists(events))
    return list(told.order_by("-has_told", "-id"))
