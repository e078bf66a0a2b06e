"""What every page of a team may show about it."""

from typing import Any

from django.http import HttpRequest

from crm.teams.models import Membership


def team(request: HttpRequest) -> dict[str, Any]:
    """Return the team and the viewer's place in it."""
    membership: Membership | None = getattr(request, "membership", None)
    return {"team": membership.team, "membership": membership} if membership else {}
