"""What the signatures of all platforms are made of."""

import datetime as dt
import hashlib
import hmac
import re

_COUNT = re.compile(r"[0-9]{1,16}")
MILLISECONDS_FROM = 10**12


def same(given: str, expected: str) -> bool:
    """Compare in a time that says nothing of where they differ."""
    return hmac.compare_digest(given.encode(), expected.encode())


def hmac_sha256(secret: str, message: bytes) -> str:
    """Return the HMAC in hexadecimal digits."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def is_fresh(written: str, now: dt.datetime, tolerance: dt.timedelta) -> bool:
    """Return whether the Unix time, in seconds or milliseconds, is near enough to now."""
    if not _COUNT.fullmatch(written):
        return False
    count = int(written)
    signed_at = count / 1000 if count >= MILLISECONDS_FROM else count
    return abs(now.timestamp() - signed_at) <= tolerance.total_seconds()
