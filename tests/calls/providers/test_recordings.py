import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from calls.models import Call, Recording
from calls.operations import Sound
from calls.providers.fetching import find_sources
from calls.providers.models import ProviderConnection
from calls.recordings.models import RecordingCopy
from calls.recordings.sources import Source
from calls.recordings.tasks import copy_recording
from tests.calls.providers.signing import SECRETS
from tests.factories import CallFactory, ConnectionFactory, wav_file
from tests.local_server import Asked, LocalServer, Said, local_server

pytestmark = pytest.mark.django_db

WAV = wav_file().read()


@pytest.fixture
def servers(settings: Any, tmp_path: Path) -> Iterator[tuple[LocalServer, LocalServer]]:
    """The platform's API, and the store that its links lead to."""
    settings.MEDIA_ROOT = tmp_path
    with local_server() as api, local_server() as store:
        settings.INTERNAL_HOSTS = ["127.0.0.1"]
        settings.VOICE_API_URLS = dict.fromkeys(settings.VOICE_API_URLS, api.url(""))
        store.answers["/fresh"] = Said(WAV)
        yield api, store


def fetched(connection: ProviderConnection, url: str) -> bool:
    """Whether a call's recording is there after the worker has been."""
    call = CallFactory.create(
        team=connection.team,
        provider=connection.provider,
        provider_call_id="call-1",
        sound=Sound(source_url=url),
    )
    run = RecordingCopy.objects.get()
    copy_recording.func(str(call.team_id), str(run.pk))
    return bool(Recording.objects.get(call=call.pk).file)


def keyed(name: str, value: str, answer: Callable[[], Said]) -> Callable[[Asked], Said]:
    """An answer for whoever shows the key."""
    return lambda asked: answer() if asked.headers[name] == value else Said(b"no", 401)


def connect(provider: str) -> ProviderConnection:
    """A team's account there, whose key is `key`."""
    secret = SECRETS["telnyx"] if provider == "telnyx" else "key"
    more = {"account_id": "AC1"} if provider == "twilio" else {}
    key = {} if provider in ("retell", "twilio") else {"api_key": "key"}
    return ConnectionFactory.create(provider=provider, secret=secret, **key, **more)


def test_vapi_leads_from_its_api_to_a_link(servers: tuple[LocalServer, LocalServer]) -> None:
    api, store = servers
    leads = Said(b"", 302, {"Location": store.url("/fresh")})
    api.answers["/call/call-1/mono-recording"] = keyed("Authorization", "Bearer key", lambda: leads)
    assert fetched(connect("vapi"), store.url("/over"))
    assert api.paths == ["/call/call-1/stereo-recording", "/call/call-1/mono-recording"]
    assert {asked.headers["Authorization"] for asked in store.asked} == {None}


def test_retell_signs_a_link_anew(servers: tuple[LocalServer, LocalServer]) -> None:
    api, store = servers
    call = orjson.dumps({"recording_url": store.url("/fresh")})
    api.answers["/v2/get-call/call-1"] = keyed("Authorization", "Bearer key", lambda: Said(call))
    assert fetched(connect("retell"), store.url("/over"))
    assert {asked.headers["Authorization"] for asked in store.asked} == {None}


def test_twilio_asks_for_the_accounts_key(servers: tuple[LocalServer, LocalServer]) -> None:
    api, _store = servers
    basic = f"Basic {base64.b64encode(b'AC1:key').decode()}"
    api.answers["/Recordings/RE1"] = keyed("Authorization", basic, lambda: Said(WAV))
    assert fetched(connect("twilio"), api.url("/Recordings/RE1"))


def test_twilios_key_is_shown_to_nobody_else(servers: tuple[LocalServer, LocalServer]) -> None:
    _api, store = servers
    assert fetched(connect("twilio"), store.url("/fresh"))
    assert store.asked[0].headers["Authorization"] is None


def test_elevenlabs_gives_it_for_a_key(servers: tuple[LocalServer, LocalServer]) -> None:
    api, _store = servers
    path = "/v1/convai/conversations/call-1/audio"
    api.answers[path] = keyed("xi-api-key", "key", lambda: Said(WAV))
    assert fetched(connect("elevenlabs"), api.url(path))


def test_telnyx_is_asked_for_a_link_that_lives(servers: tuple[LocalServer, LocalServer]) -> None:
    api, store = servers
    links = orjson.dumps({"data": [{"download_urls": {"mp3": store.url("/fresh")}}]})
    path = "/v2/recordings?filter%5Bcall_leg_id%5D=call-1"
    api.answers[path] = keyed("Authorization", "Bearer key", lambda: Said(links))
    assert fetched(connect("telnyx"), store.url("/over"))


@pytest.mark.parametrize("provider", ["vapi", "retell", "twilio", "telnyx"])
def test_a_link_that_lives_is_enough(
    servers: tuple[LocalServer, LocalServer], provider: str
) -> None:
    api, store = servers
    assert fetched(connect(provider), store.url("/fresh"))
    assert not api.asked


def test_a_team_without_a_connection_gets_what_needs_no_key(
    servers: tuple[LocalServer, LocalServer],
) -> None:
    api, store = servers
    gone = connect("vapi")
    ProviderConnection.objects.all().delete()
    assert not fetched(gone, store.url("/over"))
    assert not api.asked
    assert Call.objects.get().provider == "vapi"


def test_another_teams_key_is_never_shown(servers: tuple[LocalServer, LocalServer]) -> None:
    api, _store = servers
    connect("twilio")
    mine = ConnectionFactory.create(provider="vapi")
    call = CallFactory.create(team=mine.team, provider="twilio")
    asked = list(find_sources(call, api.url("/Recordings/RE1")))
    assert asked == [Source(api.url("/Recordings/RE1"))]
