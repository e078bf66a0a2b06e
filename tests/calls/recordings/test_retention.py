import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from calls.models import Call, Recording
from calls.operations import Sound, save_call
from calls.recordings.models import RecordingCopy
from calls.recordings.retention import purge_expired
from contacts.operations import delete_contact
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.jobs.housekeeping import tidy_up
from crm.team_settings.operations import save_team
from crm.teams.models import Role, Team
from tests.factories import CallFactory, ContactFactory, TeamFactory
from tests.pages import Reader, words

pytestmark = pytest.mark.django_db

BY = Author(Origin.MANUAL)
ADDRESS = "https://platform.example/1.wav"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def team() -> Team:
    team: Team = TeamFactory.create()
    team.recording_days = 30
    save_team(team, by=BY)
    return team


def files(media: Path) -> int:
    return sum(path.is_file() for path in media.rglob("*"))


def old(team: Team, days: float = 31, **kwargs: Any) -> Call:
    started = timezone.now() - dt.timedelta(days=days)
    return CallFactory.create(team=team, started_at=started, **kwargs)


def test_old_sound_goes_and_what_was_said_stays(
    team: Team, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    turns = [{"speaker": "contact", "text": "Good morning.", "startSeconds": 0}]
    gone = old(team, recorded=True, turns=turns, sound=None)
    kept = old(team, days=29, recorded=True)
    theirs = CallFactory.create(recorded=True, started_at=timezone.now() - dt.timedelta(days=9999))
    with django_capture_on_commit_callbacks(execute=True):
        tidy_up()
    assert files(media) == 2
    recording = Recording.objects.get(call=gone.pk)
    assert (recording.file.name, recording.peaks) == ("", {})
    assert recording.deleted_because == "Recordings are kept for 30 days."
    assert Recording.objects.filter(call__in=[kept.pk, theirs.pk]).exclude(file="").count() == 2
    (change,) = Change.objects.filter(record_id=gone.pk, verb="updated")
    assert change.origin == Origin.RETENTION
    assert change.fields == {"recording": ["Stored", "Deleted. Recordings are kept for 30 days."]}
    reader = Reader(team, Role.MEMBER)
    shown = words(reader.get("calls:detail", gone.pk))
    assert "The recording was deleted on" in shown
    assert "Recordings are kept for 30 days." in shown
    assert "How long the team keeps recordings" in shown
    assert "Good morning." in shown
    assert reader.get("calls:recording", gone.pk).status_code == 404
    purge_expired()
    assert Change.objects.filter(record_id=gone.pk, verb="updated").count() == 1


def test_what_is_still_to_be_fetched_goes_too_and_never_comes_back(team: Team) -> None:
    call = old(team, sound=Sound(source_url=ADDRESS))
    purge_expired()
    assert not RecordingCopy.objects.exists()
    assert Recording.objects.get().source_url == ""
    call = Call.objects.get()
    call.team = team
    save_call(call, by=BY, sound=Sound(source_url=f"{ADDRESS}?again"))
    assert not RecordingCopy.objects.exists()


def test_a_deleted_contact_takes_its_recordings_along(
    team: Team, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    contact = ContactFactory.create(team=team)
    call = CallFactory.create(contact=contact, recorded=True)
    CallFactory.create(contact=ContactFactory.create(team=team), recorded=True)
    with django_capture_on_commit_callbacks(execute=True):
        delete_contact(contact, by=BY)
    assert files(media) == 1
    call.refresh_from_db()
    assert (call.contact_id, call.version) == (None, 2)
    assert Recording.objects.get(call=call.pk).deleted_because == "Its contact was deleted."


@pytest.mark.parametrize("days", ["0", "4000", "a month"])
def test_a_team_says_how_long_it_keeps_them(team: Team, days: str) -> None:
    admin = Reader(team, Role.ADMIN)
    form = {
        "name": team.name,
        "region": "US",
        "timezone": "UTC",
        "calling_days": ["1"],
        "calling_start": "09:00",
        "calling_end": "17:00",
    }
    address = admin.url("team_settings:home")
    assert admin.client.post(address, form | {"recording_days": days}).status_code == 200
    assert admin.client.post(address, form | {"recording_days": "90"}).status_code == 302
    team.refresh_from_db()
    assert team.recording_days == 90
    change = Change.objects.filter(record_type="team", verb="updated").first()
    assert change
    assert change.fields["recording_days"] == ["30 days", "90 days"]
    assert "90 days" in words(Reader(team, Role.VIEWER).get("team_settings:home"))
    assert admin.client.post(address, form | {"recording_days": ""}).status_code == 302
    team.refresh_from_db()
    assert team.recording_days is None
