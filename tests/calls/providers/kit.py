"""Posting what the platforms tell, and reading it as the worker does."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from calls.models import Call
from calls.providers.contract import Delivery
from calls.providers.models import EventStatus, ProviderConnection, ProviderEvent
from calls.providers.operations import keep_event
from calls.providers.tasks import work_on_event
from tests.calls.providers.scripts import Message
from tests.calls.providers.signing import SECRETS, sign
from tests.factories import ConnectionFactory


def connect(provider: str, **given: Any) -> ProviderConnection:
    return ConnectionFactory.create(provider=provider, secret=SECRETS[provider], **given)


def post(
    connection: ProviderConnection,
    message: Message,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    **how: Any,
) -> Any:
    """Post a message, signed as `how` says; `headers` and `body` are sent instead of the right."""
    path = f"/hooks/{connection.provider}/{connection.key}"
    path += f"?{message.query}" if message.query else ""
    if headers is None:
        headers = sign(connection.provider, message, settings.PUBLIC_BASE_URL + path, **how)
    is_form = connection.provider == "twilio"
    return Client().post(
        path,
        data=message.body if body is None else body,
        content_type="application/x-www-form-urlencoded" if is_form else "application/json",
        headers=headers,
    )


def keep(connection: ProviderConnection, message: Message, **headers: str) -> ProviderEvent | None:
    """Keep a message whose signature is not what the test is about."""
    delivery = Delivery(
        body=message.body, headers=headers, url="", query=message.query, now=timezone.now()
    )
    return keep_event(connection, delivery)


def read_all(connection: ProviderConnection) -> None:
    """Do what the worker would do."""
    for event in connection.events.filter(status=EventStatus.WAITING):
        work_on_event.func(str(event.team_id), str(event.pk))


def tell(connection: ProviderConnection, *messages: Message) -> Call:
    """Keep and read messages one by one, and return the call that they told of."""
    for message in messages:
        keep(connection, message)
        read_all(connection)
    failed = connection.events.filter(status=EventStatus.FAILED)
    assert not failed, [event.last_error for event in failed]
    return Call.objects.get(team=connection.team)


def row(call: Call) -> dict[str, Any]:
    """Return all that is known of a call, but for ids of ours and when it was written."""
    ours = {"id", "team", "version", "created_at", "updated_at", "started_or_created_at"}
    columns = {
        field.name: getattr(call, field.attname)
        for field in call._meta.concrete_fields
        if field.name not in ours
    }
    transcript, recording = call.transcripts.first(), call.recordings.first()
    return columns | {
        "turns": transcript.turns if transcript else [],
        "source_url": recording.source_url if recording else "",
        "has_sound": bool(recording and recording.file),
    }
