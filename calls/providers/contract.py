"""What the folder of a platform brings: `docs/adding-a-provider.md` shows how to write one."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

import orjson

from calls.providers.told import Ending, Told
from calls.recordings.sources import Source
from crm.outgoing.addresses import origin_of
from crm.outgoing.sending import Credentials, Limits, TooLarge, send

API_LIMITS = Limits(most_bytes=2**20, seconds=15)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A webhook as it was posted: `headers` are found whatever the case of their names."""

    body: bytes
    headers: Mapping[str, str]
    #: The public address with its query, which Twilio signs.
    url: str
    query: str
    now: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What is known of a delivery as it arrives. Repeats of one event have one `dedupe_key`."""

    event_type: str
    provider_call_id: str
    dedupe_key: str
    #: By the platform's own clock and never by ours, for the order of events must not depend on
    #: the order in which they arrive.
    occurred_at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What the settings say of connecting a platform, in the words of its own dashboard."""

    #: What to do there with the webhook address, one sentence a step.
    steps: tuple[str, ...]
    signed_with: str
    signed_with_help: str
    #: Empty where the secret is the API's key, too.
    api_key_label: str = ""
    api_key_help: str = ""
    #: How to have it send something at once.
    test: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A team's account at a platform, as its API knows it; empty where nobody has said."""

    api_url: str
    account_id: str = ""
    api_secret: str = dataclasses.field(default="", repr=False)

    def credentials(self, headers: Mapping[str, str]) -> Credentials:
        """Return headers that only the platform's own API is shown."""
        return Credentials(frozenset({origin_of(self.api_url)}), headers)

    def ask(self, path: str, credentials: Credentials) -> Any:
        """Return what the API says in JSON, or None where it says anything else.

        Raises NoAnswer, Refused.
        """
        url = f"{self.api_url}{path}"
        with send("GET", url, limits=API_LIMITS, credentials=credentials) as answer:
            try:
                return orjson.loads(answer.read()) if answer.status == HTTPStatus.OK else None
            except (TooLarge, orjson.JSONDecodeError):
                return None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A call that is to be placed: who is called, by whom, and what the platform carries along."""

    #: Ours: the same for a repeat, where a platform knows one by it.
    key: str
    contact_id: str
    contact_name: str
    number: str
    #: As the line has them: what each means is the platform's own.
    assistant: str
    caller: str
    script: str
    webhook_url: str
    account_id: str
    api_secret: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is posted to the platform's API; `path` follows its base address."""

    path: str
    content_type: str
    body: bytes
    headers: Mapping[str, str] = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Dialler:
    """How a platform is asked to place a call, and how its answer is read.

    `labels` and `helps` are those of the parts of a line (`assistant`, `caller`, `script`) that it
    needs or, where they are in `optional`, may have.
    """

    labels: Mapping[str, str]
    helps: Mapping[str, str]
    ask: Callable[[Order], Asking]
    #: Return the id of the call, from the body of an answer that says yes; "" where it has none.
    read_call_id: Callable[[bytes], str]
    #: Return why not, in the platform's words, from the body of one that says no.
    read_refusal: Callable[[bytes], str]
    optional: frozenset[str] = frozenset()
    #: The part of a line that is a phone number of the team's.
    caller_is_number: bool = True
    #: Whether the same order sent twice is one call.
    knows_repeats: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A voice platform: how its deliveries are known, named, read, and what its endings mean."""

    name: str
    label: str
    guide: Guide
    #: The events that are read; all others are kept and ignored.
    event_types: frozenset[str]
    #: Whether the delivery is signed with the secret; compared in constant time.
    is_genuine: Callable[[Delivery, str], bool]
    label_delivery: Callable[[Delivery], Label]
    #: What an event says, of its type, body and query.
    tell: Callable[[str, bytes, str], Told]
    #: What came of a call, by all that its events have said of it.
    judge: Callable[[Told], Ending]
    #: Where a recording is to be had, of the account, its call's id and the address that was told.
    find_sources: Callable[[Account, str, str], Iterable[Source]]
    #: The event that brings the sound itself, and how to take it out of its body.
    sound_type: str = ""
    read_sound: Callable[[bytes], bytes] | None = None
    #: Whether the secret of the webhooks is the API's key, too.
    secret_is_api_key: bool = False
    #: Whether its API asks whose key it is, by `account_id`.
    has_account_id: bool = False
    #: How it places calls; None where Callbook does not ask it to.
    dialler: Dialler | None = None
