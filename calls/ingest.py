"""Taking in calls, from whoever tells of them, into one row each.

The same call told twice, in any order, ends in the same row:

1. `(team, provider, provider_call_id)` names the call. A call without an id is always a new one.
2. Status only rises: queued, ringing, in progress, then one of the ends; the first end stays, but
   for who has weighed all that was said of the call so far.
3. What is said replaces what is there; what is not said erases nothing. `unknown` is not said.
4. A contact, once linked, stays. Else it is the one named, else the one whose number it is; a
   number that two contacts share is never guessed.
"""

import dataclasses
from typing import Any

from calls.incoming import IncomingCall
from calls.models import STATUS_RANK, TERMINAL_RANK, Call, CallStatus, Direction
from calls.operations import Sound, save_call
from contacts.matching import find_contact_by_number
from contacts.models import Contact
from crm import normalize
from crm.history.recording import Author
from crm.records.writing import StaleRecord, ValidationError
from crm.teams.models import Team

TRIES = 5
NOT_A_COLUMN = {
    "status",
    "contact_id",
    "turns",
    "recording_url",
    "recording",
    "from_number",
    "to_number",
}


def record_call(
    team: Team, incoming: IncomingCall, *, by: Author, whole: IncomingCall | None = None
) -> tuple[Call, bool]:
    """Merge what is said of a call into its row; return the row and whether it is new.

    `whole` is all that was said of the call so far, weighed together, where somebody has done that:
    `incoming` is then what is new of it. A call that is not there is made of the whole, and an end
    other than the row's shows that the row's was a hasty one.

    Raises ValidationError with what is wrong by field.
    """
    for attempt in range(1, TRIES + 1):
        call = _find(team, incoming)
        is_new = call is None
        call = call or Call(team=team, provider_call_id=incoming.provider_call_id)
        said = whole if whole and is_new else incoming
        _merge(call, said, is_weighed=whole is not None)
        try:
            save_call(call, by=by, turns=said.turns or None, sound=_sound(said))
        except StaleRecord:
            if attempt == TRIES:
                raise
        except ValidationError as error:
            # Another message of this call came first: merge into what it has written.
            if attempt == TRIES or not (is_new and _lost_race(error)):
                raise
        else:
            return call, is_new
    raise AssertionError("unreachable")


def _lost_race(error: ValidationError) -> bool:
    return any(one.code == "unique" for one in error.error_dict.get("provider_call_id", []))


def _find(team: Team, incoming: IncomingCall) -> Call | None:
    if not incoming.provider_call_id:
        return None
    call = team.calls.filter(
        provider=incoming.provider, provider_call_id=incoming.provider_call_id
    ).first()
    if call:
        call.team = team
    return call


def _sound(incoming: IncomingCall) -> Sound | None:
    if not (incoming.recording_url or incoming.recording):
        return None
    return Sound(source_url=incoming.recording_url, file=incoming.recording)


def _merge(call: Call, incoming: IncomingCall, *, is_weighed: bool) -> None:
    for name, value in _said(incoming).items():
        setattr(call, name, value)
    call.direction = call.direction or incoming.direction or ""
    call.status = _risen(call, incoming.status, is_weighed)
    region = call.team.region
    call.from_number = read_number(incoming.from_number, region) or call.from_number
    call.to_number = read_number(incoming.to_number, region) or call.to_number
    if call.contact_id is None and incoming.contact_id:
        call.contact_id = incoming.contact_id
    elif call.contact_id is None:
        call.contact = find_contact(call)


def _said(incoming: IncomingCall) -> dict[str, Any]:
    """Return the columns of which the message says something."""
    return {
        field.name: value
        for field in dataclasses.fields(incoming)
        if field.name not in NOT_A_COLUMN
        and (value := getattr(incoming, field.name)) not in (None, "", "unknown", {})
    }


def _risen(call: Call, said: str | None, is_weighed: bool) -> str:
    if call._state.adding:
        return said or CallStatus.COMPLETED
    if said is None:
        return call.status
    has_risen = _rank(said) > _rank(call.status)
    return said if has_risen or (is_weighed and _rank(said) == TERMINAL_RANK) else call.status


def _rank(status: str) -> int:
    return STATUS_RANK.get(CallStatus(status), TERMINAL_RANK) if status in CallStatus else -1


def read_number(text: str, region: str) -> str:
    """Return the number as E.164 where it is one; a SIP address or "anonymous" stays as it is."""
    try:
        return normalize.phone(text, region)
    except normalize.NormalizeError:
        return normalize.clean_line(text)


def find_contact(call: Call) -> Contact | None:
    """Return the one contact whose number is at the other end; at either, where none is known."""
    if call.direction in (Direction.INBOUND, Direction.OUTBOUND):
        return find_contact_by_number(call.team, call.contact_number)
    found = {
        contact.pk: contact
        for number in (call.from_number, call.to_number)
        if (contact := find_contact_by_number(call.team, number))
    }
    return next(iter(found.values())) if len(found) == 1 else None
