"""What a key may do: its scopes, `<what>:read` for looking and `<what>:write` for the rest."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from crm.teams.access import SAFE_METHODS
from crm.teams.authentication import key_of

if TYPE_CHECKING:
    from crm.api.views import ApiView


class HasScope(BasePermission):
    """The key has the scope that the address and the method ask for."""

    message = ""

    def has_permission(self, request: Request, view: "ApiView") -> bool:  # type: ignore[override]
        """Return whether the key may do this; a method that is not there is not forbidden."""
        key = key_of(request)
        if key is None:
            return False
        if not view.scope or not view.takes(request.method):
            return True
        scope = f"{view.scope}:{'read' if request.method in SAFE_METHODS else 'write'}"
        self.message = f"This key lacks the scope {scope}."
        return key.allows(scope)
