"""Secrets of the five platforms, and what each signs with them."""

import base64
import hashlib
import hmac
import time
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.calls.providers.scripts import Message

SEED = bytes(range(32))
SECRETS = {
    "vapi": "vapi-only-for-tests",
    "retell": "key_only-for-tests",
    "twilio": "twilio-only-for-tests",
    "elevenlabs": "wsec_only-for-tests",
    "telnyx": base64.b64encode(
        Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()
    ).decode(),
}


def sign(
    provider: str,
    message: Message,
    url: str,
    *,
    secret: str | None = None,
    now: float | None = None,
) -> dict[str, str]:
    """Return the headers with which the platform would post the message."""
    secret = SECRETS[provider] if secret is None else secret
    now, body = time.time() if now is None else now, message.body
    match provider:
        case "vapi":
            return {"X-Vapi-Secret": secret}
        case "retell":
            at = str(round(now * 1000))
            return {"X-Retell-Signature": f"v={at},d={_hex(secret, body + at.encode())}"}
        case "elevenlabs":
            at = str(round(now))
            return {"ElevenLabs-Signature": f"t={at},v0={_hex(secret, at.encode() + b'.' + body)}"}
        case "telnyx":
            at = str(round(now))
            # The secret of a connection is the public key; another one signs with another.
            seed = SEED if secret == SECRETS["telnyx"] else hashlib.sha256(secret.encode()).digest()
            key = Ed25519PrivateKey.from_private_bytes(seed)
            signature = base64.b64encode(key.sign(at.encode() + b"|" + body)).decode()
            return {"Telnyx-Timestamp": at, "Telnyx-Signature-Ed25519": signature}
    return {"X-Twilio-Signature": _twilio_signature(secret, url, body)}


def _hex(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _twilio_signature(secret: str, url: str, body: bytes) -> str:
    pairs = sorted(parse_qsl(body.decode(), keep_blank_values=True))
    signed = url + "".join(name + value for name, value in pairs)
    digest = hmac.new(secret.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
