"""A call's recording over REST."""

from typing import Any

import pytest

from calls.models import Recording
from calls.operations import Sound
from tests.api.client import Program, errors, said
from tests.factories import CallFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def api() -> Program:
    return Program(TeamFactory.create())


def test_a_stored_recording_is_heard(api: Program, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    call = CallFactory.create(team=api.team, recorded=True)
    recording = api.get(f"calls/{call.pk}").json()["recording"]
    assert recording == {
        "available": True,
        "durationSeconds": 1,
        "url": f"http://testserver/api/crm/calls/{call.pk}/recording",
    }
    whole = api.send("GET", recording["url"])
    assert (whole.status_code, whole["Content-Type"]) == (200, "audio/wav")
    sound = b"".join(whole.streaming_content)
    assert sound.startswith(b"RIFF")
    part = api.send("GET", recording["url"], headers={"Range": "bytes=4-7"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, sound[4:8])
    assert part["Content-Range"] == f"bytes 4-7/{len(sound)}"
    assert part["RateLimit"]
    had = api.send("GET", recording["url"], headers={"If-None-Match": whole["ETag"]})
    assert had.status_code == 304
    beyond = api.send("GET", recording["url"], headers={"Range": f"bytes={len(sound)}-"})
    assert beyond.status_code == 416
    assert errors(api.get(f"calls/{call.pk}/recording", download=1)) == {"download": "unknown"}


def test_a_recording_that_is_not_here_says_where_it_is(api: Program) -> None:
    at_platform = CallFactory.create(
        team=api.team, sound=Sound(source_url="https://voice.example/1.wav")
    )
    response = api.get(f"calls/{at_platform.pk}/recording")
    assert (response.status_code, errors(response)) == (404, {None: "no_recording"})
    assert "Being fetched" in said(response)
    response = api.get(f"calls/{CallFactory.create(team=api.team).pk}/recording")
    assert (response.status_code, errors(response)) == (404, {None: "no_recording"})
    assert "platform" not in said(response)


def test_a_recording_whose_file_is_gone_is_not_found(
    api: Program, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    call = CallFactory.create(team=api.team, recorded=True)
    stored = Recording.objects.get(call=call.pk)
    stored.file.storage.delete(stored.file.name)
    response = api.get(f"calls/{call.pk}/recording")
    assert (response.status_code, errors(response)) == (404, {None: "not_found"})
