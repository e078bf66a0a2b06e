"""API addresses about the key itself."""

from crm.api.routing import route
from crm.teams.api import Me

urlpatterns = [route("me", Me.as_view(), name="api-me")]
