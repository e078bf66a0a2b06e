"""From a posted call to a filled contact, by the worker alone."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from calls.enrichment.models import EnrichmentRun, RunStatus
from calls.enrichment.searching import LATELY, Search
from calls.enrichment.tasks import read_call
from calls.models import Call
from contacts.models import Contact
from crm.history.models import Change, Origin
from crm.jobs import reaper
from crm.jobs.worker import Worker
from crm.teams.models import Team
from tests.api.client import Program
from tests.calls.enrichment.kit import Script, make_call
from tests.factories import CallFactory, ContactFactory

TURNS = [
    {"speaker": "assistant", "text": "What is your email address?", "startSeconds": 3},
    {"speaker": "contact", "text": "It's ann.lee@example.com.", "startSeconds": 6.5},
]


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch) -> Search:
    """A search that has not looked yet, as the worker's only one."""
    search = Search()
    monkeypatch.setattr(reaper, "_searches", [search])
    return search


@pytest.mark.django_db(transaction=True)
def test_a_posted_call_fills_its_contact_in_the_background(search: Search) -> None:
    contact = ContactFactory.create(phone="+14155550182")
    posted: dict[str, Any] = {
        "teamId": str(contact.team_id),
        "direction": "inbound",
        "fromNumber": "+14155550182",
        "startedAt": "2026-11-20T09:00:00Z",
        "turns": TURNS,
    }
    call_id = Program(contact.team).post("calls", posted).json()["id"]
    worker = Worker()
    worker.look_round()
    contact.refresh_from_db()
    assert contact.email == "ann.lee@example.com"
    change = Change.objects.get(record_id=contact.pk, origin=Origin.EXTRACTOR)
    assert change.evidence["call"] == call_id
    proof = change.evidence["fields"]["email"]
    assert (proof["quote"], proof["turn"], proof["seconds"]) == ("ann.lee@example.com", 1, 6.5)


@pytest.fixture
def team(db: None) -> Team:
    return ContactFactory.create().team


def found(search: Search) -> set[Any]:
    search()
    return set(EnrichmentRun.objects.values_list("call", flat=True))


def test_each_call_with_a_transcript_is_read_once(
    team: Team, script: Script, search: Search
) -> None:
    contact = Contact.objects.get()
    call = make_call(contact)
    make_call(contact, status="in_progress")
    CallFactory.create(contact=contact)
    CallFactory.create(team=team, turns=TURNS)
    assert found(search) == {call.pk}
    assert search() == 0


def test_all_calls_are_looked_at_first_and_then_those_touched_lately(
    team: Team, script: Script, search: Search
) -> None:
    old = timezone.now() - LATELY - dt.timedelta(minutes=1)
    contact = Contact.objects.get()
    first, second = make_call(contact), make_call(contact)
    Call.objects.filter(pk=first.pk).update(updated_at=old)
    Call.objects.filter(pk=second.pk).update(updated_at=old, contact=None)
    assert found(search) == {first.pk}
    Call.objects.filter(pk=second.pk).update(contact=contact)
    assert found(search) == {first.pk}
    Call.objects.filter(pk=second.pk).update(updated_at=timezone.now())
    assert found(search) == {first.pk, second.pk}


def test_a_worker_that_is_killed_leaves_the_call_to_the_next(
    team: Team, script: Script, search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = Contact.objects.get()
    make_call(contact)
    search()
    run = EnrichmentRun.objects.get()
    script.values = {"job_title": "CEO"}
    with monkeypatch.context() as patch:
        patch.setattr("calls.enrichment.applying.finish", _killed)
        with pytest.raises(SystemExit):
            read_call.call(str(team.pk), str(run.pk))
    contact.refresh_from_db()
    assert contact.job_title == ""
    EnrichmentRun.objects.update(leased_until=timezone.now())
    read_call.call(str(team.pk), str(run.pk))
    run.refresh_from_db()
    contact.refresh_from_db()
    assert (run.status, contact.job_title) == (RunStatus.FINISHED, "CEO")


def _killed(*_args: Any, **_kwargs: Any) -> None:
    raise SystemExit
