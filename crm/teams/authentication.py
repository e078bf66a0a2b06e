"""Who asks: `Authorization: Bearer <key>`, one query for the key and its team."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import QuerySet
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from crm.queries.statements import Statement
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
        key = ApiKey.from_db(DEFAULT_DB_ALIAS, KEY_COLUMNS, row[: len(KEY_COLUMNS)])
        key.team = Team.from_db(DEFAULT_DB_ALIAS, TEAM_COLUMNS, row[len(KEY_COLUMNS) :])
        return key
    return None


def _keys(key_hash: Any) -> QuerySet[ApiKey, Any]:
    columns = [*KEY_COLUMNS, *(f"team__{name}" for name in TEAM_COLUMNS)]
    return ApiKey.objects.filter(key_hash=key_hash).order_by().values_list(*columns)


KEY_COLUMNS = [field.attname for field in ApiKey._meta.concrete_fields]
TEAM_COLUMNS = [field.attname for field in Team._meta.concrete_fields]
_KEYS = Statement(_keys, models.CharField())
