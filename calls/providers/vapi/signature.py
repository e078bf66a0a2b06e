"""One secret, which Vapi sends in one of three ways: whichever header is there is checked.

HMAC is the only one that proves the body and when it was sent.
"""

import datetime as dt

from calls.providers.contract import Delivery
from calls.providers.signing import hmac_sha256, is_fresh, same

TOLERANCE = dt.timedelta(minutes=5)


def is_genuine(delivery: Delivery, secret: str) -> bool:
    """Return whether the delivery comes from who knows the secret."""
    headers = delivery.headers
    if "X-Signature" in headers:
        return _is_signed(delivery, secret)
    if "X-Vapi-Secret" in headers:
        return same(headers["X-Vapi-Secret"], secret)
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and same(token.strip(), secret)


def _is_signed(delivery: Delivery, secret: str) -> bool:
    signed_at = delivery.headers.get("X-Timestamp", "")
    expected = hmac_sha256(secret, signed_at.encode() + b"." + delivery.body)
    is_same = same(delivery.headers["X-Signature"], expected)
    return is_same and is_fresh(signed_at, delivery.now, TOLERANCE)
