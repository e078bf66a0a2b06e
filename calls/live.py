"""Calls as they go: what has changed in a team's calls since a page was told of them.

An open page asks every few seconds, and the answer is usually "nothing": 204 for one small query.
Else it says which calls have changed, with the rows of the list that the page shows.
"""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Self

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from calls.models import Call
from calls.tables import last_outcomes
from calls.views import CallList
from contacts.tables import last_call_cell
from crm.queries.statements import Statement
from crm.teams.models import Team
from crm.web.links import link
from crm.web.lists import COUNT_CAP, count_text

#: More changes than this are not told one by one: the page reads its list again.
MOST = 100
#: A change is committed some time after its moment, so what was told once is looked at again.
OVERLAP = dt.timedelta(seconds=10)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


class Changed(NamedTuple):
    """A call that has changed."""

    moment: dt.datetime
    call_id: uuid.UUID
    contact_id: uuid.UUID | None


@dataclasses.dataclass(frozen=True, slots=True)
class Cursor:
    """What a page knows: the newest change, and how many there were shortly before it.

    The count is None for a page that was just read and knows all that was there.
    """

    moment: dt.datetime
    count: int | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the cursor that was sent; one that makes no sense knows nothing."""
        moment, _, count = text.partition(".")
        if not (moment.isascii() and moment.isdecimal() and len(moment) < 17):
            return cls(_EPOCH)
        is_count = count.isascii() and count.isdecimal() and len(count) < 7
        return cls(_EPOCH + int(moment) * _MICROSECOND, int(count) if is_count else None)

    def __str__(self) -> str:
        """Return what the page sends next time."""
        moment = (self.moment - _EPOCH) // _MICROSECOND
        return f"{moment}" if self.count is None else f"{moment}.{self.count}"

    @property
    def start(self) -> dt.datetime:
        """The moment after which a change may be new to the page."""
        return self.moment - OVERLAP

    def after(self, changes: Sequence[Changed]) -> "Cursor":
        """Return what a page knows that was told of these changes, the newest of which is first."""
        newest = changes[0].moment if changes else self.moment
        return Cursor(newest, sum(change.moment > newest - OVERLAP for change in changes))


def first_cursor() -> Cursor:
    """Return what a page knows that is read now."""
    return Cursor(timezone.now())


def find_changes(team: Team, cursor: Cursor) -> list[Changed]:
    """Return the newest changes that a page may not know: one query, by the index of changes."""
    return [Changed(*row) for row in _CHANGES.rows(team.pk, cursor.start)]


def _changes(team_id: Any, moment: Any) -> QuerySet[Call, Any]:
    changed = Call.objects.filter(team=team_id, updated_at__gt=moment).order_by("-updated_at")
    return changed.values_list("updated_at", "pk", "contact")[: MOST + 1]


_CHANGES = Statement(_changes, models.UUIDField(), models.DateTimeField())


def last_call_cells(team: Team, contact_ids: Iterable[uuid.UUID]) -> list[dict[str, object]]:
    """Return the address of each contact, and what its row says of the last call: two queries."""
    ids, now = list(contact_ids), timezone.now()
    outcomes = last_outcomes(team, ids) if ids else {}
    contacts = team.contacts.filter(pk__any=ids).values_list("pk", "last_call_at")
    return [
        {
            "url": reverse("contacts:detail", args=[team.slug, pk]),
            "content": last_call_cell(outcomes.get(pk, {}).get("outcome", ""), moment, now),
        }
        for pk, moment in (contacts if ids else ())
    ]


class LiveCalls(CallList):
    """What has changed since `since`; `list` is what the page shows: calls, contacts or neither.

    The rest of the address is that of the list.
    """

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with what is new, or 204."""
        cursor = Cursor.read(request.GET.get("since", ""))
        changes = find_changes(self.team, cursor)
        next_cursor = cursor.after(changes)
        if next_cursor == cursor or not (changes or cursor.count):
            response = HttpResponse(status=204)
        else:
            context = {"cursor": next_cursor, **self._news(changes)}
            response = render(request, "calls/_live.html", context)
        response["Cache-Control"] = "private, no-store"
        return response

    def _news(self, changes: Sequence[Changed]) -> dict[str, Any]:
        shown, ids = self.request.GET.get("list", ""), [change.call_id for change in changes]
        if len(changes) > MOST:
            return {"calls": ids, "is_behind": True}
        if shown == "calls":
            return {"calls": ids, "rows": self._rows(ids), **self._counts()}
        if shown == "contacts":
            contacts = {change.contact_id for change in changes if change.contact_id}
            return {"calls": ids, "cells": last_call_cells(self.team, contacts)}
        return {"calls": ids}

    def _rows(self, ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
        """Return the calls as the list has them; `enters` is for those that are now in it."""
        calls = self.team.calls.filter(pk__any=ids).order_by(*self.order)
        values = list(calls.values_list(*self.value_names))
        is_first = self.sort == self.default_sort and "page" not in self.request.GET
        entering = self._matching(ids) if is_first else set()
        return [
            row | {"enters": value[0] in entering}
            for row, value in zip(self.get_rows(values), values, strict=True)
        ]

    def _matching(self, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
        if not self.asked:
            return set(ids)
        return set(self.get_filtered().filter(pk__any=ids).values_list("pk", flat=True))

    def _counts(self) -> dict[str, Any]:
        """Return the counts above the list; a filtered list is not counted anew for each change."""
        if self.asked:
            return {}
        return self.get_context() | {"count": count_text(self.get_listing().count(COUNT_CAP + 1))}


def live_attributes(team: Team) -> SafeString:
    """Return the attributes of an element that lets its page ask what is new."""
    address = link("calls:live", team.slug)
    return SafeString(f'data-live="{address}" data-live-since="{first_cursor()}"')
