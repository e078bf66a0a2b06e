import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from calls import ingest
from calls.incoming import IncomingCall
from calls.ingest import record_call
from calls.models import Call
from calls.operations import save_call
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.records.writing import StaleRecord
from crm.teams.models import Team
from tests.factories import ApiKeyFactory, CallFactory, ContactFactory, TeamFactory

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
BY = Author(Origin.CALL)
TURNS = [{"speaker": "assistant", "text": "Good morning."}]


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(region="US")


def told(**said: Any) -> IncomingCall:
    return IncomingCall(**{"provider": "retell", "provider_call_id": "r-1", **said})


def record(team: Team, *messages: IncomingCall) -> Call:
    for message in messages:
        call, _is_new = record_call(team, message, by=BY)
    return Call.objects.get(pk=call.pk)


# One row for each call


def test_a_call_told_twice_is_one_row(team: Team) -> None:
    first, is_new = record_call(team, told(direction="outbound"), by=BY)
    assert is_new
    again, is_new = record_call(team, told(direction="outbound"), by=BY)
    assert not is_new
    assert again.pk == first.pk
    assert Change.objects.filter(record_id=first.pk).count() == 1
    assert again.version == 1


def test_a_call_without_an_id_is_always_a_new_one(team: Team) -> None:
    for _ in range(2):
        _call, is_new = record_call(team, IncomingCall(direction="outbound"), by=BY)
        assert is_new
    assert team.calls.count() == 2


@pytest.mark.parametrize("other", [{"provider": "vapi"}, {"provider_call_id": "r-2"}])
def test_another_id_or_provider_is_another_call(team: Team, other: dict[str, str]) -> None:
    record(team, told(direction="outbound"), told(direction="outbound", **other))
    assert team.calls.count() == 2


def test_the_same_id_in_another_team_is_another_call(team: Team) -> None:
    record(team, told(direction="outbound"))
    record(TeamFactory.create(), told(direction="outbound", summary="theirs"))
    assert team.calls.get().summary == ""


def test_who_tells_of_a_call_stands_in_its_history(team: Team) -> None:
    key = ApiKeyFactory.create(team=team)
    call, _ = record_call(team, told(direction="outbound"), by=Author.api_key(key))
    change = Change.objects.get(record_id=call.pk)
    assert (change.origin, change.actor_key_id) == (Origin.API, key.pk)


# Status and what is said


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        (["queued", "ringing", "in_progress", "completed"], "completed"),
        (["completed", "in_progress", "queued"], "completed"),
        (["in_progress", "ringing"], "in_progress"),
        (["no_answer", "completed"], "no_answer"),
        (["ringing", None], "ringing"),
        ([None], "completed"),
    ],
)
def test_status_only_rises_and_the_first_end_stays(
    team: Team, messages: list[str | None], expected: str
) -> None:
    call = record(team, *(told(direction="outbound", status=status) for status in messages))
    assert call.status == expected


def test_a_status_that_does_not_exist_is_refused(team: Team) -> None:
    with pytest.raises(ValidationError) as refused:
        record(team, told(direction="outbound", status="exploded"))
    assert set(refused.value.error_dict) == {"status"}
    assert not team.calls.exists()


def test_what_is_not_said_erases_nothing(team: Team) -> None:
    whole = told(
        direction="inbound",
        outcome="connected",
        from_number="+14155550182",
        started_at=START,
        ended_at=START + dt.timedelta(seconds=61),
        ended_by="contact",
        summary="All well.",
        success=False,
        sentiment="neutral",
        extracted_data={"fleet": 86},
        voicemail=False,
        cost_amount=Decimal("0.02"),
        cost_currency="USD",
        turns=TURNS,
        recording_url="https://platform.example/1.wav",
    )
    before = record(team, whole)
    empty = told(outcome="unknown", ended_by="unknown", extracted_data={}, turns=[])
    after = record(team, empty)
    assert after.version == before.version
    assert (after.success, after.voicemail, after.duration_seconds) == (False, False, 61)
    assert after.transcripts.get().turns[0]["text"] == "Good morning."
    assert after.recordings.get().source_url == "https://platform.example/1.wav"


def test_what_is_said_later_replaces_what_was_there(team: Team) -> None:
    call = record(
        team,
        told(direction="outbound", summary="draft", turns=TURNS),
        told(summary="final", turns=[*TURNS, {"speaker": "contact", "text": "Hello."}]),
    )
    assert call.summary == "final"
    assert len(call.transcripts.get().turns) == 2


PARTS: list[dict[str, Any]] = [
    {"direction": "inbound", "status": "ringing", "from_number": "+14155550182"},
    {"status": "in_progress", "started_at": START},
    {"status": "completed", "ended_at": START + dt.timedelta(seconds=90), "outcome": "connected"},
    {"summary": "Wants a pilot.", "turns": TURNS},
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_any_order_of_messages_ends_in_the_same_call(team: Team, order: tuple[int, ...]) -> None:
    contact = ContactFactory.create(team=team, phone="+14155550182")
    call = record(team, *(told(**{"direction": "inbound", **PARTS[index]}) for index in order))
    assert team.calls.count() == 1
    assert (call.status, call.outcome, call.duration_seconds) == ("completed", "connected", 90)
    assert (call.summary, call.contact_id) == ("Wants a pilot.", contact.pk)
    contact.refresh_from_db()
    assert contact.last_call_at == START


# Numbers and contacts


def test_numbers_are_read_in_the_teams_country(team: Team) -> None:
    call = record(team, told(direction="inbound", from_number="(415) 555-0182"))
    assert call.from_number == "+14155550182"


@pytest.mark.parametrize("number", ["anonymous", "sip:anna@example.com", "10"])
def test_what_is_no_number_stays_as_it_is(team: Team, number: str) -> None:
    call = record(team, told(direction="inbound", from_number=number))
    assert (call.from_number, call.contact_id) == (number, None)


@pytest.mark.parametrize(
    ("direction", "numbers"),
    [
        ("inbound", {"from_number": "+14155550182", "to_number": "+14155550111"}),
        ("outbound", {"from_number": "+14155550111", "to_number": "+14155550182"}),
        ("unknown", {"from_number": "+14155550111", "to_number": "+14155550182"}),
        ("unknown", {"from_number": "+14155550182"}),
    ],
)
@pytest.mark.parametrize("field", ["phone", "phone_secondary"])
def test_the_contact_is_the_one_at_the_other_end(
    team: Team, direction: str, numbers: dict[str, str], field: str
) -> None:
    contact = ContactFactory.create(team=team, **{field: "+14155550182"})
    assert record(team, told(direction=direction, **numbers)).contact_id == contact.pk


def test_our_own_number_is_no_contacts(team: Team) -> None:
    ContactFactory.create(team=team, phone="+14155550111")
    numbers = {"from_number": "+14155550111", "to_number": "+14155550182"}
    assert record(team, told(direction="outbound", **numbers)).contact_id is None


def test_a_number_that_two_contacts_share_is_never_guessed(team: Team) -> None:
    ContactFactory.create(team=team, phone="+14155550182")
    ContactFactory.create(team=team, phone_secondary="+14155550182")
    assert record(team, told(direction="inbound", from_number="+14155550182")).contact_id is None


def test_a_contact_of_another_team_is_not_matched(team: Team) -> None:
    ContactFactory.create(phone="+14155550182")
    assert record(team, told(direction="inbound", from_number="+14155550182")).contact_id is None


def test_a_named_contact_beats_its_number_and_stays(team: Team) -> None:
    named, other = ContactFactory.create(team=team), ContactFactory.create(team=team)
    ContactFactory.create(team=team, phone="+14155550182")
    message = told(direction="inbound", from_number="+14155550182", contact_id=named.pk)
    assert record(team, message).contact_id == named.pk
    assert record(team, told(contact_id=other.pk)).contact_id == named.pk


def test_a_contact_of_another_team_cannot_be_named(team: Team) -> None:
    theirs = ContactFactory.create()
    with pytest.raises(ValidationError) as refused:
        record(team, told(direction="inbound", contact_id=theirs.pk))
    assert refused.value.error_dict["contact"][0].code == "does_not_exist"
    assert not Call.objects.exists()


def test_a_contact_that_came_later_is_found_by_the_next_message(team: Team) -> None:
    record(team, told(direction="inbound", from_number="+14155550182", status="ringing"))
    contact = ContactFactory.create(team=team, phone="+14155550182")
    assert record(team, told(status="completed")).contact_id == contact.pk


# Two messages at the same moment


def test_a_message_that_lost_the_race_is_merged_into_the_winner(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    winner = CallFactory.create(team=team, provider="retell", provider_call_id="r-1", summary="x")
    answers = iter([None])
    find = ingest._find
    monkeypatch.setattr(ingest, "_find", lambda *asked: next(answers, find(*asked)))
    call, is_new = record_call(team, told(outcome="voicemail"), by=BY)
    assert (call.pk, is_new) == (winner.pk, False)
    assert (call.outcome, call.summary) == ("voicemail", "x")


def test_a_change_between_reading_and_writing_is_kept(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = record(team, told(direction="outbound", status="in_progress"))
    find, raced = ingest._find, []

    def found_then_changed(*asked: Any) -> Call | None:
        found = find(*asked)
        if not raced:
            raced.append(call)
            call.assistant_name = "Nora"
            save_call(call, by=BY)
        return found

    monkeypatch.setattr(ingest, "_find", found_then_changed)
    merged = record(team, told(summary="All well."))
    assert (merged.assistant_name, merged.summary, merged.version) == ("Nora", "All well.", 3)


def test_endless_racing_ends_with_an_error(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    record(team, told(direction="outbound"))

    def stale(call: Call, **_ignored: Any) -> None:
        raise StaleRecord(call)

    monkeypatch.setattr(ingest, "save_call", stale)
    with pytest.raises(StaleRecord):
        record(team, told(summary="x"))
