"""Calls over REST, many at once: what a list filters and sorts by, and what it costs."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from calls.models import Call
from calls.operations import Sound
from contacts.models import Contact
from crm.teams.models import Team
from tests.api.client import Program, errors, ids
from tests.conftest import Unblock
from tests.factories import CallFactory, CompanyFactory, ContactFactory, TeamFactory

pytestmark = pytest.mark.django_db

TURN = {"speaker": "assistant", "text": "Leave a message after the tone", "startSeconds": 0.5}


@pytest.fixture(scope="module")
def calls(module_db: Unblock) -> dict[str, Call]:
    """Three calls, the first of them the latest; and one of another team."""
    with module_db():
        return make_calls()


@pytest.fixture
def contact(calls: dict[str, Call]) -> Contact:
    """Who was called last."""
    contact = calls["quote"].contact
    assert contact is not None
    return contact


@pytest.fixture
def api(contact: Contact) -> Program:
    return Program(contact.team)


def make_calls() -> dict[str, Call]:
    team: Team = TeamFactory.create(region="US")
    contact = ContactFactory.create(team=team, phone="+14155550182")
    CallFactory.create(summary="Wants a quote")
    now = timezone.now()
    return {
        "quote": CallFactory.create(
            contact=contact,
            summary="Wants a quote",
            provider_call_id="7",
            started_at=now - dt.timedelta(hours=1),
        ),
        "missed": CallFactory.create(
            team=team,
            direction="inbound",
            status="no_answer",
            outcome="no_answer",
            from_number="+12025550100",
            started_at=None,
            initiated_at=now - dt.timedelta(hours=2),
        ),
        "old": CallFactory.create(
            contact=ContactFactory.create(team=team, first_name="Cleo"),
            outcome="voicemail",
            turns=[TURN],
            started_at=now - dt.timedelta(hours=3),
        ),
    }


def names(calls: dict[str, Call], response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    by_id = {str(call.pk): name for name, call in calls.items()}
    return [by_id[each] for each in ids(response)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "quote missed old"),
        ({"ordering": "startedAt"}, "old missed quote"),
        ({"ordering": "createdAt"}, "quote missed old"),
        ({"ordering": "-updatedAt"}, "old missed quote"),
        ({"contactId": "{contact}"}, "quote"),
        ({"contactId": "{foreign}"}, ""),
        ({"companyId": "{company}"}, "quote"),
        ({"companyId": "{foreign}"}, ""),
        ({"direction": "inbound"}, "missed"),
        ({"status": "no_answer"}, "missed"),
        ({"outcome": "voicemail"}, "old"),
        ({"providerCallId": "7"}, "quote"),
        ({"unmatched": "true"}, "missed"),
        ({"unmatched": "false"}, "quote old"),
        ({"startedAfter": "{missed}"}, "quote"),
        ({"startedBefore": "{missed}"}, "old"),
        ({"search": "QUOTE"}, "quote"),
        ({"search": "after tone"}, "old"),
        ({"search": "2025550100"}, "missed"),
        ({"search": "cleo"}, "old"),
        ({"search": "cleo quote"}, ""),
    ],
)
def test_filters_and_orders(
    api: Program, calls: dict[str, Call], contact: Contact, query: dict[str, str], found: str
) -> None:
    missed = calls["missed"].initiated_at
    assert missed is not None
    known = {
        "contact": contact.pk,
        "company": contact.company_id,
        "foreign": CompanyFactory.create().pk,
        "missed": missed.isoformat(),
    }
    query = {name: text.format(**known) for name, text in query.items()}
    response = api.list("calls", **query)
    assert names(calls, response) == found.split()
    assert response.json()["count"] == len(found.split())


def test_a_contacts_history_is_newest_first(
    api: Program, calls: dict[str, Call], contact: Contact
) -> None:
    earlier = CallFactory.create(contact=contact, started_at=timezone.now() - dt.timedelta(days=1))
    path = f"contacts/{contact.pk}/calls"
    assert ids(api.get(path)) == [str(calls["quote"].pk), str(earlier.pk)]
    assert ids(api.get(path, limit=1, offset=1)) == [str(earlier.pk)]
    assert errors(api.get(path, outcome="busy")) == {"outcome": "unknown"}


@pytest.mark.parametrize("path", ["calls", "contacts/{contact}/calls"])
def test_a_list_takes_as_many_queries_for_one_as_for_fifty(
    django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    contact: Contact = ContactFactory.create()
    api = Program(contact.team)
    path = path.format(contact=contact.pk)
    # The key; (whether the contact is there;) the rows; the page's recordings.
    expected = 3 if path == "calls" else 4
    for number in range(50):
        CallFactory.create(contact=contact, sound=Sound(source_url="https://voice.example/1.wav"))
        if number in (0, 49):
            api.list(path)
            with django_assert_num_queries(expected):
                assert len(ids(api.list(path))) == number + 1
