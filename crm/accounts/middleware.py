"""Times are shown in the viewer's timezone: their choice, else their browser's, else UTC."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from crm.accounts.models import User

BROWSER_COOKIE = "tz"


class TimezoneMiddleware:
    """Activate the viewer's timezone for one request.

    The browser's zone comes in a cookie that a script sets. Nothing is looked up before somebody
    asks: an API request, which speaks UTC, must not read the session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            return self.get_response(request)
        with timezone.override(viewer_zone(request)):
            return self.get_response(request)


def viewer_zone(request: HttpRequest) -> zoneinfo.ZoneInfo | None:
    """Return the zone to show times in; None means the server's, UTC."""
    if isinstance(request.user, User) and request.user.zone:
        return request.user.zone
    try:
        return zoneinfo.ZoneInfo(request.COOKIES[BROWSER_COOKIE])
    except (KeyError, ValueError, OSError):
        return None
