"""`ElevenLabs-Signature: t=<s>,v0=<hex>`: HMAC-SHA256 over the time, a dot and the body."""

import datetime as dt

from calls.providers.contract import Delivery
from calls.providers.signing import hmac_sha256, is_fresh, same

TOLERANCE = dt.timedelta(minutes=30)


def is_genuine(delivery: Delivery, secret: str) -> bool:
    """Return whether the delivery is signed with the secret, and lately."""
    parts = [
        part.strip().partition("=")
        for part in delivery.headers.get("ElevenLabs-Signature", "").split(",")
    ]
    signed_at = next((value for name, _, value in parts if name == "t"), "")
    expected = hmac_sha256(secret, signed_at.encode() + b"." + delivery.body)
    is_same = any(same(value, expected) for name, _, value in parts if name == "v0")
    return is_same and is_fresh(signed_at, delivery.now, TOLERANCE)
