"""Who asks: `Authorization: Bearer <key>`, one query for the key and its team."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from crm.teams.models import ApiKey, hash_secret
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


def _find(secret: str) -> ApiKey | None:
    return ApiKey.objects.select_related("team").filter(key_hash=hash_secret(secret)).first()
