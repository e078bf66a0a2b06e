"""The one writer of connections to voice platforms and of their events.

What an event says of a call is written by `calls.operations`, like everything else.
"""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from calls.providers.contract import Delivery, Label
from calls.providers.models import (
    LONGEST_KEY,
    LONGEST_NAME,
    EventStatus,
    ProviderConnection,
    ProviderEvent,
)
from calls.providers.reading import Unreadable
from calls.providers.registry import PLATFORMS
from crm.encryption import NotDecryptable
from crm.history.models import Verb
from crm.history.recording import Author, Entry, record_changes
from crm.jobs.reaper import knock
from crm.teams.db import first_id_at
from crm.teams.models import Team

#: What history calls a connection.
RECORD_TYPE: Final = "voice_connection"
#: How long deliveries that are signed with the former secret are taken.
OVERLAP = dt.timedelta(hours=24)
#: What of a connection is stored encrypted.
SECRETS: Final = ("webhook_secret", "previous_secret", "api_key")
#: So many events are forgotten in one transaction.
BATCH = 2000


# Connections


def create_connection(
    team: Team,
    provider: str,
    *,
    by: Author,
    secret: str = "",
    name: str = "",
    account_id: str = "",
    api_key: str = "",
) -> ProviderConnection:
    """Connect a platform; raises ValidationError with what is wrong by field.

    Without a secret nothing is taken yet: some platforms make one when they are told the address.
    """
    if provider not in PLATFORMS:
        message = f"Choose one of {', '.join(PLATFORMS)}."
        raise ValidationError({"provider": ValidationError(message, code="invalid")})
    connection = ProviderConnection(
        team=team,
        provider=provider,
        name=name or PLATFORMS[provider].label,
        webhook_secret=secret.strip(),
        account_id=account_id,
        api_key=api_key.strip(),
    )
    connection.clean_fields()
    with transaction.atomic():
        connection.save(force_insert=True)
        values = {"name": connection.name, "provider": connection.platform.label}
        _note(connection, Verb.CREATED, {key: [None, value] for key, value in values.items()}, by)
    return connection


def change_connection(
    connection: ProviderConnection,
    *,
    by: Author,
    name: str | None = None,
    account_id: str | None = None,
    api_key: str | None = None,
) -> None:
    """Rename the connection, or give it other API credentials; None leaves one as it is.

    Raises ValidationError with what is wrong by field.
    """
    given = {"name": name, "account_id": account_id, "api_key": api_key}
    values = {key: value.strip() for key, value in given.items() if value is not None}
    old = {key: getattr(connection, key) for key in values}
    for key, value in values.items():
        setattr(connection, key, value)
    connection.clean_fields()
    changed = {key: getattr(connection, key) for key in values}
    fields: dict[str, list[Any]] = {
        key: [old[key], value] for key, value in changed.items() if value != old[key]
    }
    if "api_key" in fields:
        fields["api_key"] = [_whether(old["api_key"]), _whether(connection.api_key, "replaced")]
    if fields:
        _change(connection, fields, by, **changed)


def rotate_secret(
    connection: ProviderConnection, secret: str, *, by: Author, overlap: dt.timedelta = OVERLAP
) -> None:
    """Take another secret; a former one is good for a while yet, that no delivery is lost.

    Raises ValidationError where the secret is none.
    """
    has_one = bool(connection.webhook_secret)
    _change(
        connection,
        {"webhook_secret": ["set", "replaced"] if has_one else ["not set", "set"]},
        by,
        webhook_secret=_clean_secret(secret),
        previous_secret=connection.webhook_secret,
        previous_until=timezone.now() + overlap if has_one else None,
    )


def disconnect(connection: ProviderConnection, *, by: Author) -> None:
    """Take no more deliveries, and forget the secrets; calls and events stay."""
    if not connection.is_connected:
        return
    _change(
        connection,
        {"state": ["Connected", "Disconnected"]},
        by,
        disconnected_at=timezone.now(),
        webhook_secret="",
        previous_secret="",
        previous_until=None,
        api_key="",
    )


def encrypt_anew() -> tuple[int, list[ProviderConnection]]:
    """Encrypt every stored secret with the first of ENCRYPTION_KEYS, so that the others can go.

    Return of how many connections, and those whose secrets none of the keys can read.
    """
    done, lost = 0, []
    rows = ProviderConnection.objects.defer(*SECRETS).select_related("team")
    for connection in rows.order_by("pk"):
        mine = ProviderConnection.objects.filter(pk=connection.pk, team=connection.team_id)
        try:
            # Locked, or a secret replaced at this moment would be put back.
            with transaction.atomic():
                secrets = mine.select_for_update().values(*SECRETS).get()
                mine.update(**secrets)
        except NotDecryptable:
            lost.append(connection)
        else:
            done += 1
    return done, lost


def _clean_secret(secret: str) -> str:
    if not secret.strip():
        message = "Enter the secret that the platform signs its webhooks with."
        raise ValidationError({"webhook_secret": ValidationError(message, code="required")})
    return secret.strip()


def _whether(secret: str, word: str = "set") -> str:
    return word if secret else "not set"


def _change(
    connection: ProviderConnection, fields: dict[str, list[Any]], by: Author, **values: Any
) -> None:
    mine = ProviderConnection.objects.filter(pk=connection.pk, team=connection.team_id)
    with transaction.atomic():
        mine.update(**values)
        _note(connection, Verb.UPDATED, fields, by)
    for name, value in values.items():
        setattr(connection, name, value)


def _note(
    connection: ProviderConnection, verb: Verb, fields: dict[str, list[Any]], by: Author
) -> None:
    entry = Entry(connection.team_id, RECORD_TYPE, connection.pk, verb, fields)
    record_changes([entry], by=by, at=timezone.now())


# Events


def keep_event(connection: ProviderConnection, delivery: Delivery) -> ProviderEvent | None:
    """Keep a genuine delivery, to be read in the background; None where it is there already."""
    event = ProviderEvent(
        team_id=connection.team_id,
        connection_id=connection.pk,
        received_at=delivery.now,
        knocked_at=delivery.now,
        body=delivery.body,
        query=delivery.query,
        **_labelled(connection, delivery),
    )
    try:
        with transaction.atomic():
            event.save(force_insert=True)
            if event.status == EventStatus.WAITING:
                knock(event)
    except IntegrityError:
        if not _same_events(event).exists():
            raise
        return None
    return event


def _labelled(connection: ProviderConnection, delivery: Delivery) -> dict[str, Any]:
    """Return the columns by which an event is found, and how it stands to begin with."""
    platform = connection.platform
    try:
        label = platform.label_delivery(delivery)
    except Unreadable as error:
        label = Label(event_type="", provider_call_id="", dedupe_key="")
        status, said = EventStatus.FAILED, str(error)
    else:
        is_known = label.event_type in platform.event_types
        status, said = (EventStatus.WAITING if is_known else EventStatus.IGNORED), ""
    columns = dataclasses.asdict(label) | {"status": status, "last_error": said}
    columns["event_type"] = label.event_type[:LONGEST_NAME]
    columns["provider_call_id"] = label.provider_call_id[:LONGEST_NAME]
    columns["dedupe_key"] = _fit_key(label.dedupe_key or _digest(delivery.body))
    return columns


def _fit_key(key: str) -> str:
    return key if len(key) <= LONGEST_KEY else _digest(key.encode())


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _same_events(event: ProviderEvent) -> Any:
    return ProviderEvent.objects.filter(
        team=event.team_id, connection=event.connection_id, dedupe_key=event.dedupe_key
    )


def lock_events(event: ProviderEvent) -> list[tuple[Any, str]]:
    """Lock the events of the event's call, so that one at a time is taken in.

    Return (id, status) of those that are, or will be, read: always in the same order, for two
    workers that lock them in different ones would wait for each other.
    """
    events = ProviderEvent.objects.select_for_update().filter(
        team=event.team_id,
        connection=event.connection_id,
        provider_call_id=event.provider_call_id,
    )
    rows = events.exclude(status=EventStatus.IGNORED).order_by("pk")
    return list(rows.values_list("pk", "status"))


def run_again(events: Iterable[ProviderEvent]) -> int:
    """Have events that failed read once more, and return how many there were."""
    started = 0
    for event in events:
        failed = ProviderEvent.objects.filter(
            pk=event.pk, team=event.team_id, status=EventStatus.FAILED
        )
        with transaction.atomic():
            now = timezone.now()
            changed = failed.update(
                status=EventStatus.WAITING,
                attempts=0,
                not_before=None,
                last_error="",
                knocked_at=now,
            )
            if changed:
                knock(event)
                started += 1
    return started


def forget_events(before: dt.datetime) -> int:
    """Delete the events received earlier whose calls know all that they said; return how many.

    Those that failed stay: they can be read again yet.
    """
    done = ProviderEvent.objects.filter(
        # Ids tell the time, so that the index of ids finds the old ones.
        pk__lt=first_id_at(before),
        status__in=(EventStatus.PROCESSED, EventStatus.IGNORED),
    )
    forgotten = 0
    while some := list(done.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        forgotten += ProviderEvent.objects.filter(pk__in=some).delete()[0]
    return forgotten
