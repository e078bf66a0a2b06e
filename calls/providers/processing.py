"""Taking in what an event says of a call.

Whatever the order in which the events of a call are read, the row ends the same: each time all that
were read so far are weighed together, and what that changes is written. What a person has changed
meanwhile stays as long as the platform says nothing new of it.

One transaction holds the call's row and the event's own, so a worker may be killed at any moment.
"""

import dataclasses
import uuid
from collections.abc import Collection
from typing import Any, Final

import structlog
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from calls.incoming import IncomingCall
from calls.ingest import record_call
from calls.providers.contacts import find_contact_id
from calls.providers.models import EventStatus, ProviderConnection, ProviderEvent
from calls.providers.operations import SECRETS, lock_events
from calls.providers.reading import Unreadable
from calls.providers.told import combine
from calls.providers.weighing import weigh
from crm.history.models import Origin
from crm.history.recording import Author
from crm.jobs.operations import finish, release

log = structlog.get_logger("callbook.voice")

BY: Final = Author(Origin.CALL)
#: What is said each time: which call it is, and whose, for it may have become nobody's meanwhile.
ALWAYS: Final = frozenset({"provider", "provider_call_id", "contact_id"})


def work(event: ProviderEvent) -> None:
    """Take in the leased event; one that cannot be is kept with the reason why."""
    try:
        take_in(event)
    except (Unreadable, ValidationError) as error:
        release(event, status=EventStatus.FAILED, last_error=_sentence(error))
        log.warning("event failed", provider=event.connection.provider, type=event.event_type)


def take_in(event: ProviderEvent) -> None:
    """Write what the event says; raises Unreadable or ValidationError where that cannot be."""
    if not event.provider_call_id:
        raise Unreadable("The event names no call.")
    event.connection = _connection_of(event)
    sound = _read_sound(event)
    with transaction.atomic():
        read = [pk for pk, status in lock_events(event) if status == EventStatus.PROCESSED]
        whole, news = _weigh(event, read)
        if sound:
            file = ContentFile(sound, name=f"{event.provider_call_id}.mp3")
            whole, news = (dataclasses.replace(said, recording=file) for said in (whole, news))
        record_call(event.connection.team, news, by=BY, whole=whole)
        # The sound has become a file: its event need not hold it for ever.
        kept = {"body": b""} if sound else {}
        done: dict[str, Any] = {"processed_at": timezone.now(), "last_error": "", **kept}
        finish(event, status=EventStatus.PROCESSED, **done)


def _connection_of(event: ProviderEvent) -> ProviderConnection:
    """Return the connection with its team; reading an event takes none of its secrets."""
    connections = ProviderConnection.objects.select_related("team").defer(*SECRETS)
    return connections.get(team=event.team_id, pk=event.connection_id)


def _read_sound(event: ProviderEvent) -> bytes | None:
    platform = event.connection.platform
    if event.event_type != platform.sound_type or platform.read_sound is None:
        return None
    return platform.read_sound(bytes(event.body))


def _weigh(event: ProviderEvent, read: Collection[uuid.UUID]) -> tuple[IncomingCall, IncomingCall]:
    """Return what is known of the call now that this event is, and what of it is new."""
    platform, call_id = event.connection.platform, event.provider_call_id
    events = ProviderEvent.objects.filter(team=event.team_id, pk__in=[*read, event.pk])
    # Not in the order of their arrival, on which nothing may depend.
    rows = events.order_by("dedupe_key").values_list("pk", "event_type", "body", "query")
    said = {pk: platform.tell(kind, bytes(body), query) for pk, kind, body, query in rows}
    told = combine(said.values())
    contact_id = find_contact_id(event, told)
    whole = dataclasses.replace(weigh(platform, call_id, told), contact_id=contact_id)
    before = [each for pk, each in said.items() if pk != event.pk]
    if not before:
        return whole, whole
    news = _difference(weigh(platform, call_id, combine(before)), whole)
    return whole, news


def _difference(before: IncomingCall, now: IncomingCall) -> IncomingCall:
    """Return `now` without what was said before."""
    said = {
        field.name: value
        for field in dataclasses.fields(now)
        if (value := getattr(now, field.name)) != getattr(before, field.name)
        or field.name in ALWAYS
    }
    return IncomingCall(**said)


def _sentence(error: Exception) -> str:
    words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    return words[:500]
