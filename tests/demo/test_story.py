"""The calls: as many as promised, when people work, and in keeping with how things stand."""

import datetime as dt
import zoneinfo
from collections import Counter, defaultdict

import pytest

from calls.models import CallStatus, EndedBy, Outcome, Sentiment
from crm.demo.cast import Person
from crm.demo.story import DAYS, PlannedCall
from tests.demo.planning import NOW, Plan

pytestmark = pytest.mark.once


def by_person(calls: list[PlannedCall]) -> dict[int, tuple[Person, list[PlannedCall]]]:
    found: defaultdict[int, list[PlannedCall]] = defaultdict(list)
    for call in calls:
        found[id(call.person)].append(call)
    return {key: (calls[0].person, calls) for key, calls in found.items() if calls[0].person}


def test_so_many_calls(plan: Plan) -> None:
    assert {slug: len(calls) for slug, calls in plan.calls.items()} == {"demo": 420, "acme": 180}


def test_they_are_of_every_kind(plan: Plan) -> None:
    calls = plan.all_calls()
    outcomes = Counter(call.outcome for call in calls)
    assert set(outcomes) == set(Outcome)
    assert 0.4 < outcomes["connected"] / len(calls) < 0.65
    assert {call.status for call in calls} <= set(CallStatus)
    assert {call.ended_by for call in calls} <= set(EndedBy)
    assert {call.direction for call in calls} == {"inbound", "outbound"}
    assert {call.facts["sentiment"] for call in calls if "sentiment" in call.facts} == set(
        Sentiment
    )
    assert {call.assistant for call in calls} == {"Nora", "Felix"}


def test_no_conversation_is_heard_all_the_time(plan: Plan) -> None:
    told = Counter(call.talk.script.name for call in plan.all_calls() if call.talk)
    languages = {call.talk.script.language for call in plan.all_calls() if call.talk}
    assert len(told) >= 100
    assert max(told.values()) <= 15
    assert {"en", "de", "fr"} < languages


def test_no_two_long_conversations_are_word_for_word_the_same(plan: Plan) -> None:
    heard = Counter(
        tuple(turn["text"] for turn in call.turns)
        for call in plan.all_calls()
        if len(call.turns) > 8
    )
    assert set(heard.values()) == {1}


def test_people_are_called_at_work_and_not_too_long_ago(plan: Plan) -> None:
    for call in plan.all_calls():
        assert NOW - dt.timedelta(days=DAYS + 14) < call.at <= call.ended_at <= NOW
        if call.person:
            local = call.at.astimezone(zoneinfo.ZoneInfo(call.person.city.timezone))
            assert local.weekday() < 5
            assert 8 <= local.hour < 17


def test_nobody_is_called_who_does_not_want_it(plan: Plan) -> None:
    for person, calls in by_person(plan.all_calls()).values():
        stages = [call.facts.get("stage") for call in calls]
        assert person.phone
        if person.do_not_call:
            assert person.status == "do_not_contact"
            assert stages.index("optout") == len(stages) - 1
        else:
            assert "optout" not in stages


def test_the_story_fits_the_status(plan: Plan) -> None:
    for person, calls in by_person(plan.all_calls()).values():
        stages = {call.facts.get("stage") for call in calls}
        assert ("churn" in stages) == (person.status == "churned")
        if person.status == "new":
            assert stages <= {None, "voicemail", "silence", "gatekeeper"}


def test_some_callers_are_nobody_we_know(plan: Plan) -> None:
    for slug, calls in plan.calls.items():
        numbers = {n for p in plan.people[slug] for n in (p.phone, p.phone_secondary)}
        unknown = [call for call in calls if call.person is None]
        shared = [call for call in unknown if call.number == plan.firms[slug][0].phone]
        assert all(call.direction == "inbound" for call in unknown)
        assert len(unknown) - len(shared) >= 3
        assert all(call in shared or call.number not in numbers for call in unknown)


def test_the_switchboard_rings(plan: Plan) -> None:
    switchboards = {firms[0].phone for firms in plan.firms.values()}
    assert any(call.person is None and call.number in switchboards for call in plan.all_calls())
