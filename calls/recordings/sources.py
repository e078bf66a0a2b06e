"""Where a recording is fetched from: each platform says how, and whom to show its credentials.

A platform registers one function. It is given the call and the address that the platform named, and
yields what to try, in order: the address itself, its API with a key, a fresh link that it asks for
when it is asked for the next one. A call of any other provider is fetched from its address, without
credentials.
"""

import dataclasses
from collections.abc import Callable, Iterable

from calls.models import Call
from crm.outgoing.sending import Credentials


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """An address to fetch from, and the credentials that certain hosts are shown on the way."""

    url: str
    credentials: Credentials | None = None


type Finder = Callable[[Call, str], Iterable[Source]]

_finders: dict[str, Finder] = {}


def register(provider: str, finder: Finder) -> None:
    """Say how recordings of the provider's calls are fetched."""
    _finders[provider] = finder


def find_sources(call: Call, url: str) -> Iterable[Source]:
    """Return what to try for the call's recording, in order; what comes later may cost a request.

    Raises whatever `crm.outgoing` raises where asking for a fresh link does not succeed.
    """
    finder = _finders.get(call.provider)
    return finder(call, url) if finder else [Source(url)]
