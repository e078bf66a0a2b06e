"""Recordings in a bucket, at a server that speaks as S3 does as far as Callbook needs it."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from calls.models import Call, Recording
from calls.operations import delete_calls
from crm.history.models import Origin
from crm.history.recording import Author
from tests.factories import CallFactory, wav_file
from tests.local_server import Asked, LocalServer, Said, local_server
from tests.pages import Reader
from tests.test_settings import PRODUCTION, read

pytestmark = [pytest.mark.django_db, pytest.mark.once]


class Bucket:
    """The objects of one bucket."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.sent = 0

    def answer(self, asked: Asked) -> Said:
        """Put, get, describe or delete an object."""
        key = unquote(asked.path.partition("?")[0])
        if asked.method == "PUT":
            self.objects[key] = asked.body
            return Said(headers={"ETag": '"1"'})
        if asked.method == "DELETE":
            self.objects.pop(key, None)
            return Said(status=204)
        if key not in self.objects:
            return Said(status=404)
        whole = self.objects[key]
        if part := re.fullmatch(r"bytes=(\d+)-(\d+)", asked.headers["Range"] or ""):
            whole = whole[int(part[1]) : int(part[2]) + 1]
        self.sent += len(whole) if asked.method == "GET" else 0
        return Said(whole, 206 if part else 200)


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    bucket = Bucket()
    with local_server() as server:
        monkeypatch.setattr(LocalServer, "answer", lambda _server, asked: bucket.answer(asked))
        monkeypatch.setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")
        given = {
            "S3_BUCKET": "sounds",
            "S3_ENDPOINT_URL": server.url(""),
            "S3_REGION": "local",
            "S3_ACCESS_KEY": "key",
            "S3_SECRET_KEY": "secret",
        }
        stores: Any = read("STORAGES", given=PRODUCTION | given)["STORAGES"]
        settings.STORAGES = settings.STORAGES | {"default": stores["default"]}
        yield bucket


@pytest.fixture
def call(bucket: Bucket) -> Call:
    call: Call = CallFactory.create(recorded=True)
    return call


def test_a_recording_is_kept_in_the_bucket_and_served_part_by_part(
    bucket: Bucket, call: Call
) -> None:
    sound = wav_file().read()
    name = Recording.objects.get().file.name
    assert bucket.objects == {f"/sounds/{name}": sound}
    reader = Reader(call.team)
    response = reader.client.get(
        reader.url("calls:recording", call.pk), headers={"Range": "bytes=100-199"}
    )
    assert response.status_code == 206
    assert response.getvalue() == sound[100:200]
    assert bucket.sent == 100
    assert reader.get("calls:recording", call.pk).getvalue() == sound
    bucket.objects.clear()
    assert reader.get("calls:recording", call.pk).status_code == 404


def test_a_deleted_call_leaves_nothing_in_the_bucket(
    bucket: Bucket, call: Call, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        delete_calls([call], by=Author(Origin.MANUAL))
    assert not bucket.objects
