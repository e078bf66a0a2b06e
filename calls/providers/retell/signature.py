"""`X-Retell-Signature: v=<ms>,d=<hex>`: HMAC-SHA256 over the body, then the time."""

import datetime as dt
import re

from calls.providers.contract import Delivery
from calls.providers.signing import hmac_sha256, is_fresh, same

TOLERANCE = dt.timedelta(minutes=5)
HEADER = re.compile(r"v=([0-9]+),d=([0-9a-f]{64})")


def is_genuine(delivery: Delivery, secret: str) -> bool:
    """Return whether the delivery is signed with the API key, and lately."""
    found = HEADER.fullmatch(delivery.headers.get("X-Retell-Signature", ""))
    if found is None:
        return False
    signed_at, digest = found.groups()
    is_same = same(digest, hmac_sha256(secret, delivery.body + signed_at.encode()))
    return is_same and is_fresh(signed_at, delivery.now, TOLERANCE)
