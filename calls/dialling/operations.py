"""The one writer of lines, and of calls that are asked for.

A call is written down before the platform is asked, and the platform is asked once. Whoever may not
be called is not: this is the only door to a platform.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from calls.dialling.asking import Outcome, ask_platform
from calls.dialling.hours import check_hours
from calls.dialling.models import PARTS, Line, OrderStatus, OutboundCall
from calls.incoming import IncomingCall
from calls.ingest import record_call
from calls.models import CallStatus, Direction
from contacts.models import Contact
from crm.history.models import Verb
from crm.history.recording import Author, Entry, record_changes
from crm.records.writing import field_error

LINE: Final = "voice_line"
OUTBOUND_CALL: Final = "outbound_call"
#: Who was asked about for so long without an answer may be called again.
GIVEN_UP_AFTER = dt.timedelta(days=1)
#: A call that rings, or waits to, is taken for going on for so long, and one that was answered.
RINGS_FOR = dt.timedelta(minutes=15)
TALKS_FOR = dt.timedelta(hours=2)


class NotCallable(Exception):
    """The contact may not be called now; the text says why, in words for people.

    `is_hours` says that only the time is wrong, `lost` is a call of which nobody knows whether it
    was placed.
    """

    def __init__(
        self, reason: str, *, is_hours: bool = False, lost: OutboundCall | None = None
    ) -> None:
        super().__init__(reason)
        self.is_hours = is_hours
        self.lost = lost


# Lines


def save_line(line: Line, *, by: Author) -> None:
    """Write a new or changed line; raises ValidationError with what is wrong by field."""
    is_new = line._state.adding
    line.clean_fields()
    line.clean()
    with transaction.atomic():
        old = {} if is_new else _described(Line.objects.get(pk=line.pk, team=line.team_id))
        new = _described(line)
        fields = {name: [old.get(name), new[name]] for name in new if old.get(name) != new[name]}
        if fields:
            line.save(force_insert=is_new)
            _note(line, LINE, Verb.CREATED if is_new else Verb.UPDATED, fields, by)


def delete_line(line: Line, *, by: Author) -> None:
    """Delete a line; calls that were placed by it stay."""
    with transaction.atomic():
        fields = {name: [value, None] for name, value in _described(line).items()}
        _note(line, LINE, Verb.DELETED, fields, by)
        line.delete()


def _described(line: Line) -> dict[str, str]:
    return {name: getattr(line, name) for name in ("name", *PARTS)}


# Calls


def check_callable(
    contact: Contact, number: str, now: dt.datetime, *, outside_hours: bool = False
) -> None:
    """Raise NotCallable where the contact may not be called now."""
    if contact.do_not_call:
        raise NotCallable(
            f"{contact.name} asked not to be called. Nobody can call before a person clears that."
        )
    if not number:
        raise NotCallable(f"{contact.name} has no phone number.")
    _check_others(contact, now)
    closed = None if outside_hours else check_hours(contact.team, contact, number, now)
    if closed:
        raise NotCallable(closed.reason, is_hours=True)


def _check_others(contact: Contact, now: dt.datetime) -> None:
    """Raise NotCallable while another call of the contact is going on, or may be."""
    going_on = Q(status__in=[CallStatus.QUEUED, CallStatus.RINGING], updated_at__gt=now - RINGS_FOR)
    going_on |= Q(status=CallStatus.IN_PROGRESS, updated_at__gt=now - TALKS_FOR)
    calls = contact.team.calls.filter(contact=contact)
    if calls.filter(going_on).exists():
        raise NotCallable(f"A call with {contact.name} is going on at this moment.")
    if call := find_open(contact, now):
        if not call.is_lost:
            raise NotCallable(f"A call to {contact.name} is being placed at this moment.")
        raise NotCallable(
            f"We do not know whether {contact.name} was called: {call.said or 'We were cut off.'} "
            f"Look at {call.connection.platform.label} before you call again.",
            lost=call,
        )


def find_open(contact: Contact, now: dt.datetime) -> OutboundCall | None:
    """Return the newest call that was asked for and of which nothing is known.

    Where the platform has told of a call with the contact since, that was it.
    """
    open_calls = contact.team.outbound_calls.filter(
        contact=contact,
        status__in=[OrderStatus.ASKING, OrderStatus.UNKNOWN],
        created_at__gt=now - GIVEN_UP_AFTER,
    )
    call = open_calls.select_related("connection").order_by("-id").first()
    if call is None:
        return None
    told = contact.team.calls.filter(
        contact=contact,
        direction=Direction.OUTBOUND,
        provider=call.connection.provider,
        created_at__gte=call.created_at,
    )
    return None if told.exists() else call


def place_call(
    contact: Contact,
    line: Line,
    *,
    by: Author,
    number: str = "",
    token: uuid.UUID,
    outside_hours: bool = False,
) -> OutboundCall:
    """Write down that the contact is to be called, ask the platform, and return what came of it.

    The same token again is the same call: it is returned as it stands, and nobody is asked. Raises
    NotCallable, ValidationError where the line cannot call.
    """
    if not line.can_ask:
        message = f"{line.connection.name} has nothing that opens the platform’s API."
        raise field_error("line", message, "no_key")
    now = timezone.now()
    with transaction.atomic():
        # The lock lets two people who call at the same moment come one after the other.
        locked = _locked(contact)
        sent = OutboundCall.objects.filter(team=contact.team_id, token=token, contact=locked)
        if before := sent.select_related("connection").first():
            return before
        number = number or locked.phone or locked.phone_secondary
        if number not in (locked.phone, locked.phone_secondary):
            raise NotCallable(f"{number} is not a number of {locked.name} any more.")
        check_callable(locked, number, now, outside_hours=outside_hours)
        call = OutboundCall(
            team=contact.team,
            contact=locked,
            connection=line.connection,
            token=token,
            number=number,
            line_name=line.name,
            outside_hours=outside_hours,
            created_by=by.user,
            **{part: getattr(line, part) for part in PARTS},
        )
        call.save(force_insert=True)
        fields: dict[str, list[Any]] = {
            "number": [None, number],
            "contact": [None, locked.name],
            "line_name": [None, line.name],
            "outside_hours": [None, outside_hours],
        }
        _note(call, OUTBOUND_CALL, Verb.CREATED, fields, by)
    _settle(call, ask_platform(call), by)
    return call


def _locked(contact: Contact) -> Contact:
    """Return the contact as it is stored, for this transaction alone."""
    stored = contact.team.contacts.select_for_update(no_key=True).get(pk=contact.pk)
    stored.team = contact.team
    return stored


def _locked_call(call: OutboundCall) -> tuple[OutboundCall, Contact]:
    """Return a call as it is stored, and its contact, for this transaction alone."""
    call.contact.team = call.team
    contact = _locked(call.contact)
    calls = call.team.outbound_calls.select_related("connection")
    return calls.get(pk=call.pk), contact


def repeat_call(call: OutboundCall, *, by: Author) -> None:
    """Send a lost call once more to a platform that takes it for the same; raises NotCallable."""
    with transaction.atomic():
        stored, contact = _locked_call(call)
        if not stored.may_repeat:
            raise NotCallable("This call cannot be sent again any more.")
        if contact.do_not_call:
            check_callable(contact, call.number, timezone.now())
        _write(call, status=OrderStatus.ASKING, asked_at=timezone.now(), said="")
    _settle(call, ask_platform(call), by)


def say_not_placed(call: OutboundCall, *, by: Author) -> None:
    """Take a person's word that a lost call did not ring."""
    with transaction.atomic():
        stored, _contact = _locked_call(call)
        if not stored.is_lost:
            raise NotCallable("What came of this call is known by now.")
        _write(call, status=OrderStatus.REFUSED, said="Somebody looked: it was not placed.")
        fields = {"status": [OrderStatus.UNKNOWN.label, OrderStatus.REFUSED.label]}
        _note(call, OUTBOUND_CALL, Verb.UPDATED, fields, by)


def _settle(call: OutboundCall, outcome: Outcome, by: Author) -> None:
    """Write what came of asking; a call that was placed is at the contact at once."""
    with transaction.atomic():
        _write(
            call, status=outcome.status, provider_call_id=outcome.call_id[:200], said=outcome.said
        )
        fields: dict[str, list[Any]] = {
            "status": [OrderStatus.ASKING.label, outcome.status.label],
            "said": ["", outcome.said],
        }
        changed = {name: values for name, values in fields.items() if values[0] != values[1]}
        _note(call, OUTBOUND_CALL, Verb.UPDATED, changed, by)
    if outcome.status == OrderStatus.ACCEPTED:
        record_call(call.team, _as_told(call), by=by)


def _as_told(call: OutboundCall) -> IncomingCall:
    return IncomingCall(
        provider=call.connection.provider,
        provider_call_id=call.provider_call_id,
        contact_id=call.contact_id,
        direction=Direction.OUTBOUND,
        status=CallStatus.QUEUED,
        from_number=call.caller if call.caller.startswith("+") else "",
        to_number=call.number,
        initiated_at=call.created_at,
        assistant_external_id=call.assistant,
    )


def _write(call: OutboundCall, **values: Any) -> None:
    OutboundCall.objects.filter(pk=call.pk, team=call.team_id).update(**values)
    for name, value in values.items():
        setattr(call, name, value)


def _note(
    row: Line | OutboundCall,
    record_type: str,
    verb: Verb,
    fields: Mapping[str, list[Any]],
    by: Author,
) -> None:
    entry = Entry(row.team_id, record_type, row.pk, verb, dict(fields))
    record_changes([entry], by=by, at=timezone.now())
