from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from calls.models import Call, Recording
from calls.operations import Sound, save_call
from calls.recordings.listening import ONE_TIME
from crm.history.models import Change, Verb
from crm.history.recording import Author
from crm.teams.models import Role, Team
from tests.factories import ApiKeyFactory, CallFactory, TeamFactory, wav_file
from tests.pages import Reader, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return TeamFactory.create()


@pytest.fixture
def reader(team: Team) -> Reader:
    return Reader(team, Role.VIEWER)


@pytest.fixture
def call(team: Team) -> Iterator[Call]:
    call = CallFactory.create(team=team, recorded=True)
    yield call
    call.recordings.get().file.delete(save=False)


@pytest.fixture
def sound(call: Call) -> bytes:
    with call.recordings.get().file.open("rb") as file:
        content: bytes = file.read()
    return content


class Player:
    """Asks for a call's recording, as a browser does."""

    def __init__(self, reader: Reader, call: Call) -> None:
        self.client, self.address = reader.client, reader.url("calls:recording", call.pk)

    def ask(self, wanted: str = "", method: str = "GET", **headers: str):  # noqa: ANN201
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers |= {"Range": wanted} if wanted else {}
        return self.client.generic(method, self.address, headers=headers)


@pytest.fixture
def player(reader: Reader, call: Call) -> Player:
    return Player(reader, call)


def test_the_whole_recording_plays_in_place(player: Player, sound: bytes) -> None:
    response = player.ask()
    assert response.status_code == 200
    assert response.getvalue() == sound
    assert response["Content-Type"] == "audio/wav"
    assert response["Content-Length"] == str(len(sound))
    assert response["Accept-Ranges"] == "bytes"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=100-199", 100, 200),
        ("bytes=32000-", 32000, 32044),
        ("bytes=-44", 32000, 32044),
        ("bytes=-99999", 0, 32044),
        ("bytes=0-99999", 0, 32044),
        ("bytes=32043-32043", 32043, 32044),
        ("bytes= 5 - 9", 5, 10),
    ],
)
def test_a_range_is_served_alone(
    player: Player, sound: bytes, wanted: str, start: int, stop: int
) -> None:
    assert len(sound) == 32044
    response = player.ask(wanted)
    assert response.status_code == 206
    assert response.getvalue() == sound[start:stop]
    assert response["Content-Range"] == f"bytes {start}-{stop - 1}/32044"
    assert response["Content-Length"] == str(stop - start)


@pytest.mark.parametrize("wanted", ["bytes=32044-", "bytes=99999-100000", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(player: Player, wanted: str) -> None:
    response = player.ask(wanted)
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */32044"


@pytest.mark.parametrize(
    "wanted",
    ["bytes=0-9,20-29", "bytes=9-5", "bytes=-", "items=0-9", "bytes=a-b", "bytes=٣-٤", "0-9"],
)
def test_what_is_no_single_range_gets_the_whole(player: Player, sound: bytes, wanted: str) -> None:
    response = player.ask(wanted)
    assert response.status_code == 200
    assert response.getvalue() == sound


def test_a_range_of_another_version_gets_the_whole(player: Player, sound: bytes) -> None:
    etag = player.ask()["ETag"]
    assert player.ask("bytes=0-9", If_Range=etag).status_code == 206
    for other in ('"another"', f"W/{etag}", "Sun, 22 Nov 2026 09:30:00 GMT"):
        response = player.ask("bytes=0-9", If_Range=other)
        assert response.status_code == 200
        assert response.getvalue() == sound


def test_head_says_what_a_get_would_send(player: Player, sound: bytes) -> None:
    response = player.ask(method="HEAD")
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(sound))
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Type"] == "audio/wav"
    assert response.content == b""


def test_a_version_that_is_known_is_not_sent_again(player: Player) -> None:
    etag = player.ask()["ETag"]
    response = player.ask(If_None_Match=etag)
    assert response.status_code == 304
    assert response["ETag"] == etag
    assert response.content == b""


def test_a_download_has_a_name_that_says_when(team: Team, reader: Reader, call: Call) -> None:
    call.started_at = call.started_at.replace(year=2026, month=3, day=2, hour=9, minute=5)
    save_call(call, by=Author.person(reader.user))
    response = reader.get("calls:recording", call.pk, download="1")
    assert response["Content-Disposition"] == 'attachment; filename="call-2026-03-02-0905.wav"'


def test_another_file_has_another_etag(player: Player, reader: Reader, call: Call) -> None:
    before = player.ask()["ETag"]
    save_call(call, by=Author.person(reader.user), sound=Sound(file=wav_file(seconds=2)))
    assert player.ask()["ETag"] != before


def test_the_files_own_name_and_type_are_not_believed(team: Team, reader: Reader) -> None:
    named = SimpleUploadedFile("evil.html", wav_file().read(), content_type="text/html")
    call = CallFactory.create(team=team, sound=Sound(file=named))
    response = reader.get("calls:recording", call.pk)
    assert response["Content-Type"] == "audio/wav"
    assert "evil" not in response["Content-Disposition"]
    assert response["Content-Disposition"].endswith('.wav"')


def test_without_a_stored_file_there_is_nothing_to_serve(team: Team, reader: Reader) -> None:
    silent = CallFactory.create(team=team)
    elsewhere = CallFactory.create(
        team=team, sound=Sound(source_url="https://platform.example/1.wav")
    )
    for call in (silent, elsewhere):
        assert reader.get("calls:recording", call.pk).status_code == 404


def test_a_file_that_is_gone_from_the_storage_is_not_there(player: Player, call: Call) -> None:
    recording = Recording.objects.get(call=call.pk)
    recording.file.storage.delete(recording.file.name)
    assert player.ask().status_code == 404


def test_only_the_teams_members_hear_it(call: Call, reader: Reader) -> None:
    address = reader.url("calls:recording", call.pk)
    stranger = Reader(TeamFactory.create())
    assert stranger.client.get(address).status_code == 404
    assert stranger.get("calls:recording", call.pk).status_code == 404
    reader.client.logout()
    assert reader.client.get(address).status_code == 302


# Who heard it


def heard(call: Call) -> list[tuple[str, object, object]]:
    """Who got the recording, as history has it."""
    found = Change.objects.filter(record_id=call.pk, verb__in=(Verb.LISTENED, Verb.DOWNLOADED))
    return list(found.order_by("at").values_list("verb", "actor_user", "actor_key"))


def test_each_listening_is_in_the_history_once(player: Player, reader: Reader, call: Call) -> None:
    etag = player.ask("bytes=0-99")["ETag"]
    player.ask("bytes=100-")
    player.ask()
    assert heard(call) == [("listened", reader.user.pk, None)]
    Change.objects.filter(verb=Verb.LISTENED).update(at=timezone.now() - ONE_TIME)
    player.ask(method="HEAD")
    player.ask("bytes=99999-")
    player.ask(If_None_Match=etag)
    assert len(heard(call)) == 1
    player.ask("bytes=0-99")
    assert len(heard(call)) == 2


def test_everybody_who_listens_is_known(
    team: Team, player: Player, reader: Reader, call: Call
) -> None:
    other, key = Reader(team, Role.MEMBER), ApiKeyFactory.create(team=team)
    player.ask()
    reader.get("calls:recording", call.pk, download="1")
    other.get("calls:recording", call.pk)
    address = f"/api/crm/calls/{call.pk}/recording"
    response = other.client.get(address, headers={"Authorization": f"Bearer {key.secret}"})
    assert response.status_code == 200
    assert heard(call) == [
        ("listened", reader.user.pk, None),
        ("downloaded", reader.user.pk, None),
        ("listened", other.user.pk, None),
        ("listened", None, key.pk),
    ]
    shown = words(reader.get("calls:detail", call.pk))
    assert "Listened to" in shown
    assert str(other.user) in shown
    assert "Listened to" in words(reader.get("calls:history", call.pk))
