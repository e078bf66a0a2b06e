import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from calls.models import Call, Recording, Transcript
from calls.operations import Sound, delete_calls, save_call
from contacts.models import Contact
from contacts.operations import delete_contact
from crm.history.models import Change, Origin, Verb
from crm.history.recording import Author
from crm.records.writing import StaleRecord
from crm.teams.models import Team
from tests.factories import CallFactory, ContactFactory, TeamFactory, wav_file

pytestmark = pytest.mark.django_db

BY = Author(Origin.DEMO)
START = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
TURNS = [{"speaker": "contact", "text": "Good morning."}]


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def contact(team: Team) -> Contact:
    return ContactFactory.create(team=team)


def refused(call: Call, **parts: Any) -> dict[str, list[ValidationError]]:
    with pytest.raises(ValidationError) as error:
        save_call(call, by=BY, **parts)
    return error.value.error_dict


def last_change(call: Call) -> dict[str, list[Any]]:
    change = Change.objects.filter(record_id=call.pk, verb=Verb.UPDATED).first()
    assert change
    fields: dict[str, list[Any]] = change.fields
    return fields


# Writing


def test_a_changed_call_has_a_new_version_and_a_history(team: Team) -> None:
    call = CallFactory.create(team=team, outcome="unknown")
    call.outcome = "voicemail"
    save_call(call, by=BY)
    call.refresh_from_db()
    assert call.version == 2
    assert last_change(call) == {"outcome": ["unknown", "voicemail"]}


def test_a_call_without_a_change_writes_nothing(team: Team) -> None:
    call = CallFactory.create(team=team, turns=TURNS, recorded=True)
    save_call(call, by=BY, turns=TURNS)
    save_call(call, by=BY, turns=[*TURNS])
    silent = CallFactory.create(team=team)
    save_call(silent, by=BY, turns=[])
    assert (call.version, silent.version) == (1, 1)
    assert not Change.objects.filter(verb=Verb.UPDATED).exists()


def test_a_stale_call_is_not_written_over(team: Team) -> None:
    mine = CallFactory.create(team=team)
    theirs = Call.objects.get(pk=mine.pk)
    theirs.summary = "theirs"
    save_call(theirs, by=BY)
    mine.summary = "mine"
    with pytest.raises(StaleRecord):
        save_call(mine, by=BY)
    mine.refresh_from_db()
    assert mine.summary == "theirs"


def test_the_duration_is_reckoned_from_start_and_end(team: Team) -> None:
    end = START + dt.timedelta(seconds=60.6)
    call = CallFactory.create(team=team, started_at=START, ended_at=end, duration_seconds=1)
    assert call.duration_seconds == 61


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("direction", "sideways"),
        ("direction", ""),
        ("status", "exploded"),
        ("outcome", "great"),
        ("sentiment", "angry"),
        ("provider", "Not A Name"),
        ("provider", ""),
        ("summary", "x" * 20_001),
        ("duration_seconds", -1),
        ("ended_at", START - dt.timedelta(seconds=1)),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(team: Team, field: str, value: Any) -> None:
    call = Call(team=team, direction="outbound", started_at=START)
    setattr(call, field, value)
    assert set(refused(call)) == {field}
    assert not Call.objects.exists()


def test_everything_wrong_is_said_at_once(team: Team) -> None:
    theirs = ContactFactory.create()
    call = Call(team=team, direction="sideways", contact=theirs)
    wrong = refused(
        call,
        turns=[{"speaker": "nobody", "text": "?"}],
        sound=Sound(file=SimpleUploadedFile("a.wav", b"no sound")),
    )
    assert set(wrong) == {"direction", "contact", "turns", "recording"}
    assert wrong["contact"][0].code == "does_not_exist"


def test_a_provider_names_a_call_once_in_a_team(team: Team) -> None:
    named = {"provider": "retell", "provider_call_id": "r-1"}
    CallFactory.create(team=team, **named)
    CallFactory.create(**named)
    wrong = refused(Call(team=team, direction="outbound", **named))
    assert wrong["provider_call_id"][0].code == "unique"


# Transcript and recording


def test_turns_are_kept_and_searched(team: Team) -> None:
    call = CallFactory.create(team=team, turns=TURNS)
    assert call.transcript_status == "ready"
    assert team.calls.search("GOOD morn").get() == call
    save_call(call, by=BY, turns=[{"speaker": "assistant", "text": "Adieu."}])
    assert last_change(call) == {"turns": [1, 1]}
    assert not team.calls.search("good").exists()
    assert team.calls.search("adieu").get() == call
    assert Transcript.objects.count() == 1


def test_a_stored_recording_is_measured(team: Team) -> None:
    call = CallFactory.create(team=team, sound=Sound(file=wav_file(seconds=2)))
    recording = Recording.objects.get(call=call.pk)
    assert recording.content_type == "audio/wav"
    assert recording.duration_seconds == 2
    assert recording.size == recording.file.size
    assert set(recording.peaks) == {"assistant", "contact"}
    assert recording.file.name.endswith(f"{call.pk}.wav")


def test_an_address_at_the_platform_is_kept_beside_the_file(team: Team) -> None:
    call = CallFactory.create(team=team, sound=Sound(source_url="https://platform.example/1.wav"))
    save_call(call, by=BY, sound=Sound(file=wav_file()))
    recording = Recording.objects.get(call=call.pk)
    assert recording.source_url == "https://platform.example/1.wav"
    assert recording.file
    assert call.version == 2


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a.example/1", "no address"])
def test_an_address_must_be_one_of_the_web(team: Team, url: str) -> None:
    wrong = refused(Call(team=team, direction="outbound"), sound=Sound(source_url=url))
    assert set(wrong) == {"recording"}


def test_a_recording_has_a_greatest_size(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calls.recordings.operations.MAX_BYTES", 2**20)
    big = SimpleUploadedFile("a.wav", b"RIFF0000WAVE" + b"\0" * 2**20)
    wrong = refused(Call(team=team, direction="outbound"), sound=Sound(file=big))
    assert wrong["recording"][0].messages == ["A recording is at most 1 MB."]


# A contact's last call


def test_the_last_call_is_the_latest_start(contact: Contact) -> None:
    later = START + dt.timedelta(days=1)
    newest = CallFactory.create(contact=contact, started_at=later)
    CallFactory.create(contact=contact, started_at=START)
    contact.refresh_from_db()
    assert (contact.last_call_at, contact.version) == (later, 1)
    delete_calls([newest], by=BY)
    contact.refresh_from_db()
    assert contact.last_call_at == START
    assert not Change.objects.filter(record_id=contact.pk, verb=Verb.UPDATED).exists()


def test_a_call_that_moves_is_the_last_of_its_new_contact(contact: Contact) -> None:
    other = ContactFactory.create(team=contact.team)
    call = CallFactory.create(contact=contact, started_at=START)
    call.contact = other
    save_call(call, by=BY)
    contact.refresh_from_db()
    other.refresh_from_db()
    assert (contact.last_call_at, other.last_call_at) == (None, START)


def test_a_call_that_never_started_counts_by_when_it_was_made(contact: Contact) -> None:
    CallFactory.create(contact=contact, started_at=None, initiated_at=START)
    contact.refresh_from_db()
    assert contact.last_call_at == START


# Deleting


@pytest.mark.django_db(transaction=True)
def test_a_deleted_call_takes_transcript_and_file_along(team: Team) -> None:
    call = CallFactory.create(team=team, turns=TURNS, recorded=True)
    kept = CallFactory.create(team=team, recorded=True)
    gone, file = call.pk, call.recordings.get().file
    assert file.storage.exists(file.name)
    delete_calls([call], by=BY)
    assert not file.storage.exists(file.name)
    assert not Transcript.objects.exists()
    assert kept.recordings.get().file.storage.exists(kept.recordings.get().file.name)
    assert Change.objects.get(verb=Verb.DELETED).record_id == gone


@pytest.mark.django_db(transaction=True)
def test_a_new_recording_takes_the_place_of_the_old_file(team: Team) -> None:
    call = CallFactory.create(team=team, recorded=True)
    old = call.recordings.get().file
    save_call(call, by=BY, sound=Sound(file=wav_file(2.0)))
    new = call.recordings.get().file
    assert new.name != old.name
    assert new.storage.exists(new.name)
    assert not old.storage.exists(old.name)


def test_a_transcript_that_is_emptied_is_none(team: Team) -> None:
    call = CallFactory.create(team=team, turns=TURNS)
    save_call(call, by=BY, turns=[])
    call.refresh_from_db()
    assert call.transcript_status == "none"


def test_a_deleted_contact_leaves_its_calls(contact: Contact) -> None:
    call = CallFactory.create(contact=contact)
    delete_contact(contact, by=BY)
    call.refresh_from_db()
    assert call.contact_id is None
