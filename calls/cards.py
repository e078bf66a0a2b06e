"""The calls of a contact as cards, newest first: the first of them, and more on demand.

The panel shows them and asks every few seconds whether there is more to show; the answer is usually
"no", and costs one small query.
"""

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone

from calls.models import Call, CallQuerySet, Recording, TranscriptStatus
from contacts.models import Contact
from crm.teams.models import Team

CARDS = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Card:
    """A call with what its card shows beside it."""

    call: Call
    recording: Recording | None

    @property
    def has_transcript(self) -> bool:
        """Whether there are turns to unfold."""
        return self.call.transcript_status == TranscriptStatus.READY


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """What tells one version of a contact's calls from the next."""

    count: int
    changed_at: dt.datetime | None
    contact_version: int

    @property
    def etag(self) -> str:
        """The weak ETag of the cards in the viewer's timezone."""
        zone = timezone.get_current_timezone_name()
        changed = self.changed_at.isoformat() if self.changed_at else ""
        return f'W/"{self.count}-{changed}-{self.contact_version}-{zone}"'


def find_state(team: Team, contact_id: uuid.UUID) -> State | None:
    """Return how the contact's calls stand, in one query; None where there is no such contact."""
    counted = (
        team.contacts.filter(pk=contact_id)
        .order_by()
        .annotate(count=Count("calls"), changed_at=Max("calls__updated_at"))
    )
    found = counted.values_list("count", "changed_at", "version").first()
    return State(*found) if found else None


def make_cards(team: Team, calls: CallQuerySet) -> list[Card]:
    """Return a card for each call; two queries, however many there are."""
    found = list(calls.defer("search", "extracted_data"))
    recordings = Recording.objects.filter(team=team, call__in=[call.pk for call in found])
    by_call = {recording.call_id: recording for recording in recordings.with_copies()}
    return [Card(call, by_call.get(call.pk)) for call in found]


def first_cards(team: Team, contact: Contact, state: State) -> dict[str, Any]:
    """Return what `calls/_of_contact.html` shows; `state` must be older than what is read here."""
    calls = team.calls.filter(contact=contact).newest_first()
    return {
        "contact": contact,
        "cards": make_cards(team, calls[:CARDS]),
        "calls_count": state.count,
        "calls_etag": state.etag,
        "has_more": state.count > CARDS,
    }


def more_cards(team: Team, contact: Contact, after: Call) -> dict[str, Any]:
    """Return the cards that follow the call `after`."""
    moment = after.started_or_created_at
    # The second condition alone would do; the first lets the index begin at the right place.
    older = team.calls.filter(
        Q(started_or_created_at__lt=moment) | Q(started_or_created_at=moment, id__lt=after.pk),
        contact=contact,
        started_or_created_at__lte=moment,
    ).newest_first()
    cards = make_cards(team, older[: CARDS + 1])
    return {"contact": contact, "cards": cards[:CARDS], "has_more": len(cards) > CARDS}
