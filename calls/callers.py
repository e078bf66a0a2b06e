"""Who called, or was called, and is no contact yet: the calls without one, gathered by number."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Count, F, Max, Q, TextField, When, Window
from django.db.models.functions import Cast, RowNumber

from calls.models import CONTACT_NUMBER
from calls.tables import VALUE_NAMES, call_rows
from contacts.models import Contact
from crm.teams.models import Team

#: So many calls of a number are shown, and so many contacts that have it.
MOST_CALLS = 3
MOST_SHARERS = 3


def count_callers(team: Team) -> tuple[int, int]:
    """Return how many calls have no contact, and how many callers made them."""
    counted = _unmatched(team).aggregate(calls=Count("pk"), callers=Count("caller", distinct=True))
    return counted["calls"], counted["callers"]


def find_callers(team: Team, start: int, stop: int) -> list[tuple[str, int]]:
    """Return the callers from `start` to before `stop`, who called last first: (key, calls)."""
    found = _unmatched(team).order_by().values("caller")
    counted = found.annotate(calls=Count("pk"), newest=Max("started_or_created_at"))
    rows = counted.order_by("-newest", "-caller").values_list("caller", "calls")
    return list(rows[start:stop])


def _unmatched(team: Team) -> Any:
    """Return the calls with their `caller`: the number, or a key of its own for one without."""
    calls = team.calls.unmatched().alias(other_number=CONTACT_NUMBER)
    has_number = When(other_number__startswith="+", then=F("other_number"))
    own = Cast("id", TextField())
    return calls.annotate(caller=Case(has_number, default=own, output_field=TextField()))


def caller_rows(team: Team, callers: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """Return what the page shows of each caller: the newest calls, and the contacts it could be."""
    keys = [key for key, _count in callers]
    calls, sharers = _newest_calls(team, keys), _find_sharers(team, keys)
    return [
        {
            "title": calls[key][0]["title"],
            "number": key if key.startswith("+") else "",
            "count": count,
            "calls": calls[key],
            "sharers": sharers.get(key, [])[:MOST_SHARERS],
        }
        for key, count in callers
        if calls[key]
    ]


def _newest_calls(team: Team, keys: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    place = Window(
        RowNumber(), partition_by=F("caller"), order_by=("-started_or_created_at", "-id")
    )
    found = _unmatched(team).filter(caller__in=keys).annotate(place=place)
    newest = found.filter(place__lte=MOST_CALLS).order_by("-started_or_created_at", "-id")
    rows = list(newest.values_list("caller", *VALUE_NAMES))
    shown = call_rows(team, [row[1:] for row in rows])
    calls: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row, call in zip(rows, shown, strict=True):
        calls[row[0]].append(call | {"id": row[1]})
    return calls


def _find_sharers(team: Team, keys: Sequence[str]) -> dict[str, list[Contact]]:
    """Return who has each number: one contact who got it later, or several, who share it."""
    numbers = [key for key in keys if key.startswith("+")]
    having = Q(phone__in=numbers) | Q(phone_secondary__in=numbers)
    people: defaultdict[str, list[Contact]] = defaultdict(list)
    for contact in team.contacts.filter(having).order_by("last_name", "id") if numbers else ():
        for number in {contact.phone, contact.phone_secondary} & set(numbers):
            people[number].append(contact)
    return people
