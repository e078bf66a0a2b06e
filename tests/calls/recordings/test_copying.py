import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone

from calls.incoming import IncomingCall
from calls.ingest import record_call
from calls.models import Call, Recording
from calls.operations import Sound, delete_calls, fetch_recording, save_call
from calls.recordings import copying, sources
from calls.recordings.copying import copy
from calls.recordings.models import CopyStatus, RecordingCopy
from calls.recordings.sources import Source
from calls.recordings.tasks import copy_recording
from crm.history.models import Change, Origin
from crm.history.recording import Author
from crm.jobs.operations import claim
from crm.outgoing.sending import Credentials, Limits, NoAnswer
from crm.teams.models import Team
from tests.factories import TeamFactory, wav_file
from tests.local_server import Asked, LocalServer, Said, local_server

pytestmark = pytest.mark.django_db

BY = Author(Origin.API)
WAV = wav_file().read()


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def platform(settings: Any) -> Iterator[LocalServer]:
    """A platform's server, which has a recording."""
    with local_server() as server:
        settings.INTERNAL_HOSTS = ["127.0.0.1"]
        server.answers["/1.wav"] = Said(WAV)
        yield server


def told(team: Team, url: str, **said: Any) -> Call:
    """A call as somebody tells us of it, with a recording."""
    incoming = IncomingCall(
        direction="outbound", provider="acme", provider_call_id="1", recording_url=url, **said
    )
    return record_call(team, incoming, by=BY)[0]


def work() -> RecordingCopy:
    """Do what the worker does when somebody knocks, or the time has come; return the row."""
    run = RecordingCopy.objects.get()
    RecordingCopy.objects.update(not_before=None)
    copy_recording.func(str(run.team_id), str(run.pk))
    run.refresh_from_db()
    return run


def stored() -> list[Path]:
    """What lies in the storage."""
    return [path for path in Path(default_storage.path("")).rglob("*") if path.is_file()]


def changes_of(call: Call) -> list[dict[str, Any]]:
    found = Change.objects.filter(record_id=call.pk, verb="updated").order_by("at", "id")
    return list(found.values_list("fields", flat=True))


def test_a_recording_is_copied_with_all_that_is_to_be_known_of_it(
    team: Team, platform: LocalServer
) -> None:
    call = told(team, platform.url("/1.wav"))
    run = work()
    assert (run.status, run.lease, run.path) == (CopyStatus.DONE, None, "")
    recording = Recording.objects.get()
    assert recording.file.read() == WAV
    assert recording.size == len(WAV)
    assert recording.sha256 == hashlib.sha256(WAV).hexdigest()
    assert (recording.content_type, recording.channels) == ("audio/wav", 2)
    assert recording.duration_seconds == 1
    assert set(recording.peaks) == {"assistant", "contact"}
    assert recording.file.name.endswith(".wav")
    assert recording.source_url == platform.url("/1.wav")
    version = call.version
    call.refresh_from_db()
    assert call.version == version + 1
    assert changes_of(call) == [{"recording": ["Being fetched", "Stored"]}]
    assert Change.objects.filter(record_id=call.pk, verb="updated").get().origin == Origin.CALL
    # Whoever knocks once more finds nothing to do.
    work()
    assert platform.paths == ["/1.wav"]


def test_what_is_told_twice_is_fetched_once(team: Team, platform: LocalServer) -> None:
    told(team, platform.url("/1.wav?signature=a"))
    platform.answers["/1.wav?signature=b"] = Said(WAV)
    told(team, platform.url("/1.wav?signature=b"))
    work()
    assert platform.paths == ["/1.wav?signature=b"]
    call = told(team, platform.url("/1.wav?signature=c"))
    work()
    assert platform.paths == ["/1.wav?signature=b"]
    assert Recording.objects.get().source_url == platform.url("/1.wav?signature=b")
    assert len(changes_of(call)) == 2


def test_another_recording_takes_the_place_of_the_first(
    team: Team, platform: LocalServer, django_capture_on_commit_callbacks: Any
) -> None:
    told(team, platform.url("/1.wav"))
    work()
    other = wav_file(seconds=2).read()
    platform.answers["/2.wav"] = Said(other)
    told(team, platform.url("/2.wav"))
    assert Recording.objects.get().file.read() == WAV
    with django_capture_on_commit_callbacks(execute=True):
        work()
    assert Recording.objects.get().file.read() == other
    assert len(stored()) == 1


def test_what_is_not_to_be_had_yet_is_tried_again_a_little_later(
    team: Team, platform: LocalServer
) -> None:
    call = told(team, platform.url("/later.wav"))
    run = work()
    assert (run.status, run.attempts) == (CopyStatus.WAITING, 1)
    assert run.last_error == "The platform does not have it (404)."
    assert run.not_before
    assert run.not_before > timezone.now() + timedelta(seconds=15)
    before = run.not_before - timezone.now()
    run = work()
    assert run.not_before
    assert run.not_before - timezone.now() > before + timedelta(seconds=15)
    assert not changes_of(call)
    platform.answers["/later.wav"] = Said(WAV)
    assert work().status == CopyStatus.DONE


def test_what_was_tried_often_enough_is_given_up_with_a_reason(
    team: Team, platform: LocalServer
) -> None:
    call = told(team, platform.url("/over.wav"))
    platform.answers["/over.wav"] = Said(b"expired", 403)
    for _ in range(RecordingCopy.MOST_ATTEMPTS):
        run = work()
    assert run.status == CopyStatus.FAILED
    assert run.reason.startswith("The platform refused it (403)")
    assert len(platform.asked) == RecordingCopy.MOST_ATTEMPTS
    (said,) = changes_of(call)
    assert said["recording"][1].startswith("Could not be fetched. The platform refused it")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Said(b"<html>Sign in</html>"), "no sound file"),
        (Said(b""), "no sound file"),
        (Said(b"RIFF0000WAVE" + b"x" * 2000), "larger than"),
        (Said(b"", 302, {"Location": "http://169.254.169.254/latest/"}), "private network"),
        (Said(b"", 302, {"Location": "file:///etc/passwd"}), "https://"),
    ],
)
def test_what_can_never_be_is_given_up_at_once(
    team: Team,
    platform: LocalServer,
    monkeypatch: pytest.MonkeyPatch,
    answer: Said,
    reason: str,
) -> None:
    monkeypatch.setattr(copying, "LIMITS", Limits(most_bytes=1000, seconds=5, redirects=3))
    platform.answers["/no.wav"] = answer
    told(team, platform.url("/no.wav"))
    run = work()
    assert run.status == CopyStatus.FAILED
    assert reason in run.reason
    assert not stored()


def test_an_address_inside_is_never_asked(team: Team, settings: Any) -> None:
    with local_server() as server:
        settings.INTERNAL_HOSTS = []
        told(team, server.url("/1.wav"))
        assert work().reason == "The address leads into a private network."
        assert not server.asked


def test_somebody_may_have_it_fetched_once_more(team: Team, platform: LocalServer) -> None:
    platform.answers["/1.wav"] = Said(b"no")
    call = told(team, platform.url("/1.wav"))
    assert not fetch_recording(call, by=BY)
    work()
    platform.answers["/1.wav"] = Said(WAV)
    call = Call.objects.get()
    call.team = team
    assert fetch_recording(call, by=BY)
    run = work()
    assert (run.status, run.reason, run.attempts) == (CopyStatus.DONE, "", 0)
    failed = "Could not be fetched. What the address answers with is no sound file."
    assert [each["recording"] for each in changes_of(call)] == [
        ["Being fetched", failed],
        [failed, "Being fetched"],
        ["Being fetched", "Stored"],
    ]
    assert not fetch_recording(call, by=BY)


# What is killed, and what comes in between


def test_what_an_attempt_that_was_broken_off_has_left_is_thrown_away(
    team: Team, platform: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(team, platform.url("/1.wav"))

    class Killed(BaseException):
        """SIGKILL, as far as a test can send it to itself."""

    def die(*_: Any) -> None:
        raise Killed

    run = claim(RecordingCopy, team.pk, RecordingCopy.objects.get().pk)
    assert run
    with monkeypatch.context() as patched:
        patched.setattr(copying, "_write", die)
        patched.setattr(FileSystemStorage, "delete", lambda *_: None)
        with pytest.raises(Killed):
            copy(run)
    assert len(stored()) == 1
    assert RecordingCopy.objects.get().path
    RecordingCopy.objects.update(leased_until=timezone.now())
    assert work().status == CopyStatus.DONE
    assert [path.name for path in stored()] == [Path(Recording.objects.get().file.name).name]


def test_a_call_that_changes_meanwhile_gets_its_recording_all_the_same(
    team: Team, platform: LocalServer
) -> None:
    call = told(team, platform.url("/1.wav"))

    def answer(_asked: Asked) -> Said:
        return Said(WAV)

    written = copying._write

    def late(run: RecordingCopy, of_call: Call, sound: Sound) -> None:
        if not call.summary:
            call.summary = "Told in between."
            save_call(call, by=BY)
        written(run, of_call, sound)

    platform.answers["/1.wav"] = answer
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(copying, "_write", late)
        assert work().status == CopyStatus.DONE
    call = Call.objects.get()
    assert (call.summary, call.version) == ("Told in between.", 3)


def test_a_call_that_is_deleted_meanwhile_leaves_no_file(
    team: Team, platform: LocalServer, django_capture_on_commit_callbacks: Any
) -> None:
    call = told(team, platform.url("/1.wav"))

    def answer(_asked: Asked) -> Said:
        return Said(WAV)

    taken = copying.measure

    def gone(file: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            delete_calls([call], by=BY)
        return taken(file)

    platform.answers["/1.wav"] = answer
    run = RecordingCopy.objects.get()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(copying, "measure", gone)
        copy_recording.func(str(run.team_id), str(run.pk))
    assert not RecordingCopy.objects.exists()
    assert not stored()


def test_another_address_that_comes_meanwhile_is_fetched_instead(
    team: Team, platform: LocalServer
) -> None:
    told(team, platform.url("/1.wav"))
    other = wav_file(seconds=2).read()
    platform.answers["/2.wav"] = Said(other)
    taken = copying.measure

    def renamed(file: Any) -> Any:
        if platform.paths == ["/1.wav"]:
            told(team, platform.url("/2.wav"))
        return taken(file)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(copying, "measure", renamed)
        assert work().status == CopyStatus.WAITING
        assert work().status == CopyStatus.DONE
    assert Recording.objects.get().file.read() == other
    assert len(stored()) == 1


def test_a_file_that_is_put_in_by_hand_ends_the_fetching(team: Team, platform: LocalServer) -> None:
    call = told(team, platform.url("/1.wav"))
    save_call(call, by=BY, sound=Sound(file=wav_file()))
    assert RecordingCopy.objects.get().status == CopyStatus.DONE
    work()
    assert not platform.asked


# What platforms say of themselves


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(sources, "_finders", {})
        yield


@pytest.mark.usefixtures("finder")
def test_a_platform_is_shown_its_key_and_nobody_else(team: Team, platform: LocalServer) -> None:
    with local_server() as store:
        store.answers["/signed"] = Said(WAV)
        platform.answers["/call/1/recording"] = Said(b"", 302, {"Location": store.url("/signed")})

        def find(call: Call, url: str) -> Iterable[Source]:
            key = Credentials(frozenset({platform.url("")}), {"Authorization": "Bearer key"})
            yield Source(url, key)
            yield Source(platform.url(f"/call/{call.provider_call_id}/recording"), key)

        sources.register("acme", find)
        told(team, store.url("/over"))
        assert work().status == CopyStatus.DONE
        assert [each.headers["Authorization"] for each in platform.asked] == ["Bearer key"]
        assert [each.headers["Authorization"] for each in store.asked] == [None, None]


@pytest.mark.usefixtures("finder")
def test_a_platform_that_does_not_answer_for_a_link_is_asked_again(
    team: Team, platform: LocalServer
) -> None:
    def find(_call: Call, _url: str) -> Iterable[Source]:
        yield Source("https://127.0.0.1:1/refused")
        raise NoAnswer("The host did not answer in time.")

    sources.register("acme", find)
    told(team, platform.url("/1.wav"))
    run = work()
    assert (run.status, run.last_error) == (CopyStatus.WAITING, "The host did not answer in time.")
