import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from calls.models import Call, Recording, Transcript
from crm.history.models import Change, Origin, Verb
from crm.teams.models import Team
from tests.admin.kit import Staff, add, change, errors, url
from tests.factories import (
    CallFactory,
    ContactFactory,
    TeamFactory,
    UserFactory,
    wav_file,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TURNS = [{"speaker": "assistant", "text": "Hello", "startSeconds": 0, "endSeconds": 1.5}]


@pytest.fixture
def browser() -> Staff:
    return Staff()


@pytest.fixture
def team() -> Team:
    return TeamFactory.create(region="US")


def test_a_call_is_added_with_its_transcript_and_recording(browser: Staff, team: Team) -> None:
    response = add(
        browser,
        Call,
        team,
        direction="outbound",
        outcome="connected",
        to_number="(415) 555-0182",
        started_at_0="2026-11-20",
        started_at_1="10:00",
        ended_at_0="2026-11-20",
        ended_at_1="10:02",
        turns=json.dumps(TURNS),
        recording=wav_file(),
    )
    assert response.status_code == 302
    call = Call.objects.get()
    assert (call.team, call.provider, call.to_number) == (team, "manual", "+14155550182")
    assert (call.duration_seconds, call.transcript_status) == (120, "ready")
    assert call.started_at == dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
    assert Transcript.objects.get().turns == TURNS
    recording = Recording.objects.get()
    assert (recording.content_type, recording.duration_seconds) == ("audio/wav", 1.0)
    assert set(recording.peaks) == {"assistant", "contact"}
    written = Change.objects.get(record_type="call")
    assert (written.verb, written.origin, written.actor_user) == (
        Verb.CREATED,
        Origin.MANUAL,
        browser.user,
    )


@pytest.mark.parametrize(
    ("direction", "field"),
    [
        ("outbound", "to_number"),
        ("inbound", "from_number"),
        ("unknown", "to_number"),
        ("unknown", "from_number"),
    ],
)
def test_a_call_without_a_contact_goes_to_whose_number_it_is(
    browser: Staff, team: Team, direction: str, field: str
) -> None:
    contact = ContactFactory.create(team=team, phone_secondary="+14155550182")
    ContactFactory.create(phone="+14155550182")
    add(browser, Call, team, direction=direction, **{field: "415-555-0182"})
    assert Call.objects.get().contact == contact
    contact.refresh_from_db()
    assert contact.last_call_at


def test_a_number_that_two_share_is_never_guessed(browser: Staff, team: Team) -> None:
    for _ in range(2):
        ContactFactory.create(team=team, phone="+14155550182")
    add(browser, Call, team, direction="outbound", to_number="+14155550182")
    assert Call.objects.get().contact is None


def test_a_chosen_contact_stays_chosen(browser: Staff, team: Team) -> None:
    chosen = ContactFactory.create(team=team)
    ContactFactory.create(team=team, phone="+14155550182")
    add(
        browser,
        Call,
        team,
        direction="outbound",
        to_number="+14155550182",
        contact=chosen.pk,
    )
    assert Call.objects.get().contact == chosen


def test_a_contact_that_was_taken_off_stays_off(browser: Staff, team: Team) -> None:
    contact = ContactFactory.create(team=team, phone="+14155550182")
    call = CallFactory.create(contact=contact)
    change(browser, call, contact="")
    call.refresh_from_db()
    assert call.contact is None
    contact.refresh_from_db()
    assert contact.last_call_at is None


def test_a_contact_of_another_team_is_refused_beside_the_field(browser: Staff, team: Team) -> None:
    foreign = ContactFactory.create(first_name="Zanzibar")
    response = add(browser, Call, team, direction="inbound", contact=foreign.pk)
    assert errors(response) == {"contact": ["There is no such contact in this team."]}
    assert b"Zanzibar" not in response.content
    nonsense = add(browser, Call, team, direction="inbound", contact="nonsense")
    assert errors(nonsense) == {"contact": ["There is no such contact in this team."]}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("turns", "{", "Enter a valid JSON."),
        ("turns", '{"text": "x"}', "A transcript is a list of turns."),
        ("turns", '[{"speaker": "dog", "text": "x"}]', "Turn 1 needs a speaker"),
        ("provider", "No Such!", "A provider is"),
        ("direction", "", "This field is required."),
        ("recording_url", "ftp//x", "Enter a valid URL."),
        ("ended_at_0", "2026-11-19", "The call ends before it starts."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    browser: Staff, team: Team, field: str, value: str, words: str
) -> None:
    given = {
        "direction": "inbound",
        "started_at_0": "2026-11-20",
        "started_at_1": "10:00",
        "ended_at_0": "2026-11-20",
        "ended_at_1": "10:00",
    }
    response = add(browser, Call, team, **(given | {field: value}))
    (message,) = errors(response)[field.removesuffix("_0")]
    assert message.startswith(words)
    assert not Call.objects.exists()


@pytest.mark.parametrize("name", ["extracted_data", "turns"])
@pytest.mark.parametrize(
    "typed",
    ["5", '"x"', '{"a": NaN}', '{"a": 1e999}', '{"a": "\\ud800"}', '[{"text": "\\u0000"}]',
     "[" * 100_000, '{"a":' * 300 + "1" + "}" * 300],
)  # fmt: skip
def test_json_that_cannot_be_kept_is_refused_beside_the_field(
    browser: Staff, team: Team, name: str, typed: str
) -> None:
    response = add(browser, Call, team, direction="inbound", **{name: typed})
    assert list(errors(response)) == [name]
    assert not Call.objects.exists()


@pytest.mark.parametrize("typed", ["", "null", '{"a": [1, "b"]}'])
def test_what_a_platform_found_is_an_object(browser: Staff, team: Team, typed: str) -> None:
    add(browser, Call, team, direction="inbound", extracted_data=typed)
    assert Call.objects.get().extracted_data == (json.loads(typed) or {} if typed else {})


def test_a_file_that_is_no_sound_is_refused_beside_the_field(browser: Staff, team: Team) -> None:
    file = SimpleUploadedFile("call.wav", b"<html>not a sound</html>")
    response = add(browser, Call, team, direction="inbound", recording=file, summary="Kept")
    (message,) = errors(response)["recording"]
    assert message.startswith("This is not a sound file.")
    assert b"Kept" in response.content
    assert not Call.objects.exists()


def test_a_call_s_id_at_its_provider_is_taken_once(browser: Staff, team: Team) -> None:
    CallFactory.create(team=team, provider="manual", provider_call_id="c1")
    response = add(browser, Call, team, direction="inbound", provider_call_id="c1")
    assert errors(response) == {"provider_call_id": ["This call is there already."]}


def test_saving_without_a_change_writes_nothing(browser: Staff, team: Team) -> None:
    call = CallFactory.create(team=team, turns=TURNS, recorded=True, to_number="+14155550182")
    assert change(browser, call).status_code == 302
    call.refresh_from_db()
    assert call.version == 1
    assert not Change.objects.filter(origin=Origin.MANUAL).exists()
    assert Transcript.objects.get().turns == TURNS


def test_the_transcript_is_edited_and_taken_away_at_its_call(browser: Staff, team: Team) -> None:
    call = CallFactory.create(team=team, turns=TURNS)
    two = [*TURNS, {"speaker": "contact", "text": "Hi", "startSeconds": 2, "endSeconds": 3}]
    change(browser, call, turns=json.dumps(two))
    assert len(Transcript.objects.get().turns) == 2
    change(browser, call, turns="")
    call.refresh_from_db()
    assert Transcript.objects.get().turns == []
    assert call.transcript_status == "none"
    fields = [row.fields for row in Change.objects.filter(origin=Origin.MANUAL).order_by("id")]
    assert fields == [{"turns": [1, 2]}, {"turns": [2, 0], "transcript_status": ["ready", "none"]}]


def test_a_call_that_began_at_another_time_stands_at_that_time(browser: Staff, team: Team) -> None:
    contact = ContactFactory.create(team=team)
    call = CallFactory.create(contact=contact)
    change(browser, call, started_at_0="2026-01-02", started_at_1="10:00")
    call.refresh_from_db()
    contact.refresh_from_db()
    moment = dt.datetime(2026, 1, 2, 10, tzinfo=dt.UTC)
    assert call.started_at == call.started_or_created_at == contact.last_call_at == moment


def test_the_recording_s_address_is_kept(browser: Staff, team: Team) -> None:
    call = CallFactory.create(team=team)
    change(browser, call, recording_url="https://example.com/call.wav")
    assert Recording.objects.get().source_url == "https://example.com/call.wav"


def test_calls_are_deleted_with_all_they_have(browser: Staff, team: Team) -> None:
    contact = ContactFactory.create(team=team)
    call = CallFactory.create(contact=contact, turns=TURNS, recorded=True)
    browser.post(url(call, "delete"), {"post": "yes"})
    assert not any(model.objects.exists() for model in (Call, Transcript, Recording))
    written = Change.objects.get(origin=Origin.MANUAL)
    assert (written.verb, written.record_id) == (Verb.DELETED, call.pk)


def test_staff_hear_the_recordings_of_every_team(browser: Staff, team: Team) -> None:
    call = CallFactory.create(team=team, recorded=True)
    sound = url(Call, "recording", call.pk)
    assert (
        f'<audio controls preload="none" src="{sound}">'
        in browser.get(url(call, "change")).content.decode()
    )
    answer = browser.get(sound, headers={"Range": "bytes=0-3"})
    assert (answer.status_code, b"".join(answer.streaming_content)) == (206, b"RIFF")
    recording = Recording.objects.get()
    assert sound in browser.get(url(recording, "change")).content.decode()


def test_only_staff_who_may_see_calls_hear_them(browser: Staff, team: Team) -> None:
    call = CallFactory.create(team=team, recorded=True)
    sound = url(Call, "recording", call.pk)
    assert Staff(UserFactory.create(is_staff=True)).get(sound).status_code == 403
    assert Staff(UserFactory.create()).get(sound).status_code == 302
    assert browser.get(url(Call, "recording", team.pk)).status_code == 404
    silent = CallFactory.create(team=team)
    assert browser.get(url(Call, "recording", silent.pk)).status_code == 404


@pytest.mark.parametrize("query", ["pricing", "(415) 555-0182", "Berg", "hello"])
def test_calls_are_found_by_what_was_said_and_by_whom(browser: Staff, query: str) -> None:
    contact = ContactFactory.create(last_name="Berg", phone="+14155550182")
    found = CallFactory.create(contact=contact, summary="Asked for pricing.", turns=TURNS)
    CallFactory.create()
    shown = browser.get(url(Call), {"q": query}).context["cl"].result_list
    assert [row.pk for row in shown] == [found.pk]


def test_transcripts_are_found_by_their_words(browser: Staff) -> None:
    CallFactory.create(turns=[{"speaker": "contact", "text": "Good bye"}])
    CallFactory.create(turns=TURNS)
    shown = browser.get(url(Transcript), {"q": "bye good"}).context["cl"].result_list
    assert [row.turns[0]["text"] for row in shown] == ["Good bye"]
