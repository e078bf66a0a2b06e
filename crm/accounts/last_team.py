"""Which team a person saw last, in a cookie of their browser: a GET writes nothing here."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

COOKIE = "team"
A_YEAR = 365 * 24 * 3600


def remember(request: HttpRequest, response: HttpResponseBase, slug: str) -> None:
    """Let `/` lead to the team with this slug from now on."""
    if request.COOKIES.get(COOKIE) != slug:
        response.set_cookie(
            COOKIE,
            slug,
            max_age=A_YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def recall(request: HttpRequest) -> str | None:
    """Return the slug; it is the browser's word, so the caller asks whether it is still true."""
    return request.COOKIES.get(COOKIE)
