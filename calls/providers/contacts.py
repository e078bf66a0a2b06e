"""Whose call it is, by what the platform has carried along for us.

1. Our id, which travels as `crm_contact_id`, where it is a contact of this team.
2. Else who was to be called, where Callbook itself has asked for the call.
3. Else the number at the other end: `calls.ingest` looks for it.
"""

import uuid

from calls.providers.models import ProviderEvent
from calls.providers.told import Told
from calls.providers.weighing import read_id
from contacts.models import Contact


def find_contact_id(event: ProviderEvent, told: Told) -> uuid.UUID | None:
    """Return the contact that the call was told to be with, if there is one."""
    return _carried_along(event, told) or _was_to_be_called(event)


def _carried_along(event: ProviderEvent, told: Told) -> uuid.UUID | None:
    ids = [found for written in told.contact_ids if (found := read_id(written))]
    ours = Contact.objects.filter(team=event.team_id, pk__in=ids) if ids else Contact.objects.none()
    known = set(ours.values_list("pk", flat=True))
    return next((pk for pk in ids if pk in known), None)


def _was_to_be_called(event: ProviderEvent) -> uuid.UUID | None:
    placed = event.connection.outbound_calls.filter(
        team=event.team_id, provider_call_id=event.provider_call_id
    )
    return placed.values_list("contact", flat=True).first()
