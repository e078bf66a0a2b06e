"""Who asks: `Authorization: Bearer <key>`, one query for the key and its team."""

from typing import Any

from django.db import models
from django.db.models import QuerySet
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from crm.queries.statements import Statement, columns_of, load_joined
from crm.teams.models import ApiKey, Team, hash_secret
from crm.teams.operations import note_use


class ApiKeyAuthentication(BaseAuthentication):
    """Finds the key by its hash; `request.auth` is the ApiKey, with its team."""

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        """Return the key, or None where there is no bearer key at all; raises for a bad one."""
        scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = _find(secret.strip())
        if key is None or key.state != "active":
            # One answer: whoever found an old key learns nothing from it.
            raise AuthenticationFailed("This key is unknown, expired or revoked.")
        note_use(key)
        return None, key

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 says in WWW-Authenticate."""
        return "Bearer"


def key_of(request: Request) -> ApiKey | None:
    """Return the key that the request was let in with."""
    return request.auth if isinstance(request.auth, ApiKey) else None


def _find(secret: str) -> ApiKey | None:
    for row in _KEYS.rows(hash_secret(secret)):
        return load_joined(ApiKey, row, "team")
    return None


def _keys(key_hash: Any) -> QuerySet[ApiKey, Any]:
    columns = columns_of(ApiKey) + columns_of(Team, "team")
    return ApiKey.objects.filter(key_hash=key_hash).order_by().values_list(*columns)


_KEYS = Statement(_keys, models.CharField())
