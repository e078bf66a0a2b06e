"""How fast a key may ask: so many requests in each hour of the clock.

Every answer says how many are left, by the headers of the IETF draft "RateLimit header fields for
HTTP". A key without a limit touches no counter.
"""

import time
from typing import TYPE_CHECKING

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from crm.teams.authentication import key_of
from crm.teams.models import ApiKey

if TYPE_CHECKING:
    from rest_framework.views import APIView

WINDOW = 3600
# The largest number that a structured header can hold: for a key without a limit.
NO_LIMIT = 999_999_999_999_999
UNLIMITED = {
    "RateLimit-Policy": f'"unlimited";q={NO_LIMIT}',
    "RateLimit": f'"unlimited";r={NO_LIMIT}',
}


class ApiKeyThrottle(BaseThrottle):
    """Counts a key's requests in the cache, and tells it in the answer's headers."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Return whether this request is within the key's limit."""
        key = key_of(request)
        if key is None:
            return True
        if not key.rate_limit:
            view.headers |= UNLIMITED
            return True
        now = time.time()
        used = _count(key, int(now // WINDOW))
        view.headers |= {
            "RateLimit-Policy": f'"default";q={key.rate_limit};w={WINDOW}',
            "RateLimit": f'"default";r={max(key.rate_limit - used, 0)};t={_seconds_left(now)}',
        }
        return used <= key.rate_limit

    def wait(self) -> float:
        """Return the seconds until the next hour begins."""
        return _seconds_left(time.time())


def _seconds_left(now: float) -> int:
    return WINDOW - int(now % WINDOW)


def _count(key: ApiKey, hour: int) -> int:
    """Return how many requests this one makes in its hour."""
    name = f"rate-limit:{key.pk}:{hour}"
    if cache.add(name, 1, timeout=WINDOW):
        return 1
    try:
        return cache.incr(name)
    except ValueError:
        # The cache has thrown the counter away between the two lines.
        cache.set(name, 1, timeout=WINDOW)
        return 1
