"""What is taken from whom at a connection's address, and what is answered."""

import datetime as dt
import hashlib
import hmac
import json
import time
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from calls.providers.models import ProviderConnection, ProviderEvent
from calls.providers.operations import disconnect, rotate_secret
from calls.providers.registry import PLATFORMS
from calls.providers.views import LARGEST
from crm.history.models import Origin
from crm.history.recording import Author
from tests.calls.providers.kit import post
from tests.calls.providers.scripts import SCRIPTS, Message, json_message
from tests.calls.providers.signing import SECRETS, sign
from tests.factories import ConnectionFactory

pytestmark = pytest.mark.django_db

BY = Author(Origin.MANUAL)
PROVIDERS = pytest.mark.parametrize("provider", list(PLATFORMS))
SIGNED_WITH_TIME = pytest.mark.parametrize("provider", ["retell", "elevenlabs", "telnyx"])


def connect(provider: str) -> ProviderConnection:
    return ConnectionFactory.create(provider=provider, secret=SECRETS[provider])


def first(provider: str) -> Message:
    return SCRIPTS[provider]()[0]


@PROVIDERS
def test_what_is_genuine_is_kept_as_it_came(provider: str) -> None:
    connection = connect(provider)
    for message in SCRIPTS[provider]():
        assert post(connection, message).status_code == 200
    bodies = list(connection.events.order_by("pk").values_list("body", flat=True))
    assert [bytes(body) for body in bodies] == [each.body for each in SCRIPTS[provider]()]
    assert set(connection.events.values_list("status", flat=True)) == {"waiting"}


@PROVIDERS
def test_another_secret_is_refused(provider: str) -> None:
    connection = connect(provider)
    assert post(connection, first(provider), secret="wrong").status_code == 401
    assert not ProviderEvent.objects.exists()


@PROVIDERS
def test_no_signature_is_refused(provider: str) -> None:
    connection = connect(provider)
    assert post(connection, first(provider), headers={}).status_code == 401
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize("provider", [each for each in PLATFORMS if each != "vapi"])
def test_a_byte_changed_is_refused(provider: str) -> None:
    connection, message = connect(provider), first(provider)
    body = message.body.replace(b"+14155550100", b"+14155550109")
    body = body.replace(b"%2B14155550100", b"%2B14155550109")
    assert body != message.body
    assert post(connection, message, body=body).status_code == 401
    # The same to who reads it, and other bytes.
    if provider != "twilio":
        assert post(connection, message, body=message.body + b"\n").status_code == 401
    assert not ProviderEvent.objects.exists()


@SIGNED_WITH_TIME
@pytest.mark.parametrize("hours", [-2, 2])
def test_an_old_or_early_signature_is_refused(provider: str, hours: int) -> None:
    connection = connect(provider)
    now = time.time() + hours * 3600
    assert post(connection, first(provider), now=now).status_code == 401
    assert not ProviderEvent.objects.exists()


@PROVIDERS
@pytest.mark.parametrize("value", ["", "ü", "v=1,d=0", "t=,v0=", "Bearer", "a" * 5000, "=" * 88])
def test_a_header_that_is_none_is_refused(provider: str, value: str) -> None:
    connection, message = connect(provider), first(provider)
    headers = dict.fromkeys(sign(provider, message, ""), value)
    assert post(connection, message, headers=headers).status_code == 401


def test_vapi_knows_its_secret_by_three_headers() -> None:
    connection, message = connect("vapi"), first("vapi")
    secret, now = SECRETS["vapi"], str(round(time.time() * 1000))
    digest = hmac.new(secret.encode(), now.encode() + b"." + message.body, hashlib.sha256)
    signed = {"X-Signature": digest.hexdigest(), "X-Timestamp": now}
    for headers in ({"X-Vapi-Secret": secret}, {"Authorization": f"Bearer {secret}"}, signed):
        assert post(connection, message, headers=headers).status_code == 200
    stale = str(int(now) - 3_600_000)
    digest = hmac.new(secret.encode(), stale.encode() + b"." + message.body, hashlib.sha256)
    for headers in (
        {"Authorization": f"Basic {secret}"},
        {"X-Signature": digest.hexdigest(), "X-Timestamp": stale},
        # A signature that is wrong is not made good by a secret beside it.
        signed | {"X-Signature": "0" * 64, "X-Vapi-Secret": secret},
    ):
        assert post(connection, message, headers=headers).status_code == 401


@pytest.mark.parametrize("base", ["https://crm.example.com", "https://crm.example.com:443"])
def test_twilio_signs_the_public_address_with_its_port_or_without(settings: Any, base: str) -> None:
    settings.PUBLIC_BASE_URL = "https://crm.example.com"
    connection, message = connect("twilio"), first("twilio")
    url = f"{base}/hooks/twilio/{connection.key}"
    assert post(connection, message, headers=sign("twilio", message, url)).status_code == 200
    other = url.replace("crm.", "www.")
    assert post(connection, message, headers=sign("twilio", message, other)).status_code == 401


def test_twilio_signs_the_query_too() -> None:
    connection, message = connect("twilio"), first("twilio")
    url = f"{settings.PUBLIC_BASE_URL}/hooks/twilio/{connection.key}"
    headers = sign("twilio", message, url)
    with_query = Message(message.body, "crm_contact_id=7")
    assert post(connection, with_query, headers=headers).status_code == 401
    assert post(connection, with_query).status_code == 200


@PROVIDERS
def test_a_repeat_is_the_same_event(provider: str) -> None:
    connection = connect(provider)
    for message in SCRIPTS[provider]() * 2:
        assert post(connection, message).status_code == 200
    assert connection.events.count() == len(SCRIPTS[provider]())


def test_the_same_event_at_another_connection_is_another() -> None:
    for connection in (connect("retell"), connect("retell")):
        post(connection, first("retell"))
    assert ProviderEvent.objects.count() == 2


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("vapi", b'{"message":{"type":"conversation-update","call":{"id":"v"}}}'),
        ("vapi", b'{"message":{"type":"novelty"}}'),
        ("retell", b'{"event":"chat_started","chat":{}}'),
        ("twilio", b"CallSid=CA1&CallStatus=daydreaming"),
        ("twilio", b"CallSid=CA1&RecordingSid=RE1&RecordingStatus=in-progress"),
        ("twilio", b"Novelty=1"),
        ("elevenlabs", b'{"type":"unredacted_novelty","data":null}'),
        ("telnyx", b'{"data":{"event_type":"call.transcription","id":"7","payload":[]}}'),
        ("telnyx", b"{}"),
    ],
)
def test_what_is_unknown_is_kept_and_ignored(provider: str, body: bytes) -> None:
    connection = connect(provider)
    assert post(connection, Message(body)).status_code == 200
    assert connection.events.get().status == "ignored"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 1500 + b"1" + b"}" * 1500],
)
def test_what_is_no_event_is_kept_as_failed(body: bytes) -> None:
    connection = connect("retell")
    assert post(connection, Message(body)).status_code == 200
    event = connection.events.get()
    assert event.status == "failed"
    assert event.last_error.startswith("The body is no")


def test_an_unknown_address_is_not_found() -> None:
    connection, message = connect("retell"), first("retell")
    for path in (f"/hooks/vapi/{connection.key}", "/hooks/retell/nothing", "/hooks/novelty/x"):
        headers = sign("retell", message, "")
        answer = Client().post(path, message.body, content_type="application/json", headers=headers)
        assert answer.status_code == 404
    assert Client().get(f"/hooks/retell/{connection.key}").status_code == 405


def test_a_disconnected_platform_is_not_found_and_its_secrets_are_gone() -> None:
    connection = connect("retell")
    disconnect(connection, by=BY)
    assert post(connection, first("retell")).status_code == 404
    stored = ProviderConnection.objects.get()
    assert (stored.webhook_secret, stored.previous_secret, stored.api_key) == ("", "", "")


def test_both_secrets_are_good_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    connection, message = connect("retell"), first("retell")
    rotate_secret(connection, "key_new", by=BY)
    for secret in ("key_new", SECRETS["retell"]):
        assert post(connection, message, secret=secret).status_code == 200
    later = timezone.now() + dt.timedelta(hours=25)
    stored = ProviderConnection.objects.get()
    assert stored.secrets_at(later) == ["key_new"]


def test_a_delivery_that_is_too_large_is_refused() -> None:
    connection = connect("retell")
    path = f"/hooks/retell/{connection.key}"
    answer = Client().post(path, b"", content_type="x/y", CONTENT_LENGTH=str(LARGEST + 1))
    assert answer.status_code == 413


def test_many_megabytes_are_taken() -> None:
    connection = connect("elevenlabs")
    data = {"conversation_id": "conv_1", "full_audio": "A" * (9 * 2**20)}
    message = json_message({"type": "post_call_audio", "event_timestamp": 1, "data": data})
    assert post(connection, message).status_code == 200
    # Lists of events never read what they came as.
    assert "body" in connection.events.get().get_deferred_fields()


@pytest.mark.django_db(transaction=True)
def test_a_body_in_chunks_is_read(live_server: Any) -> None:
    connection, message = connect("retell"), first("retell")
    port = urlsplit(live_server.url).port
    path = f"/hooks/retell/{connection.key}"

    def send(*parts: bytes) -> int:
        http = HTTPConnection("127.0.0.1", port, timeout=10)
        headers = sign("retell", message, "") | {"Content-Type": "application/json"}
        http.request("POST", path, iter(parts), headers, encode_chunked=True)
        return http.getresponse().status

    assert send(message.body[:100], message.body[100:]) == 200
    assert bytes(connection.events.values_list("body", flat=True).get()) == message.body
    assert send(message.body[:100]) == 401
    assert send(*[b" " * 2**20] * 33) == 413


def test_nothing_of_a_delivery_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    connection, message = connect("retell"), first("retell")
    post(connection, message)
    post(connection, message, secret="wrong")
    for word in (connection.key, SECRETS["retell"], json.loads(message.body)["call"]["to_number"]):
        assert word not in caplog.text
