"""How django-axes counts failed sign-ins here, and the page of somebody who is locked out.

Failures are counted for an address tried from one place; AXES_* in the settings say how many and
for how long.
"""

import ipaddress
import math
from collections.abc import Mapping
from typing import Any

from axes.helpers import get_cool_off
from axes.utils import reset
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from crm.accounts.models import User


def client_username(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the address tried, folded as sign-in folds it: another case is no fresh count."""
    tried = credentials or request.POST
    # axes names the address after the model's field, Django's own signal after its form's.
    return (tried.get("username") or tried.get("email") or "").strip().lower()


def client_address(request: HttpRequest) -> str | None:
    """Return the client's IP address; None where the server knows none (a unix socket).

    Behind a proxy it is the last of X-Forwarded-For: what the proxy added, not what a client wrote.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2]
    try:
        return str(ipaddress.ip_address(address.strip()))
    except ValueError:
        return None


def tries_left(request: HttpRequest) -> int | None:
    """Return how often one may still try after a failure in this request, if axes counted it."""
    failures: int | None = getattr(request, "axes_failures_since_start", None)
    return None if failures is None else max(settings.AXES_FAILURE_LIMIT - failures, 0)


def locked_out(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Answer somebody who failed too often: 429, and when to try again.

    The pause starts anew with each try, so it is always the whole one.
    """
    pause = get_cool_off(request)
    assert pause is not None
    context = {"until": timezone.now() + pause, "minutes": math.ceil(pause.total_seconds() / 60)}
    answer = render(request, "accounts/locked_out.html", context, status=429)
    answer["Retry-After"] = str(math.ceil(pause.total_seconds()))
    return answer


def forgive(user: User) -> None:
    """Forget the user's failures: they have shown who they are by another way."""
    reset(username=user.email)
