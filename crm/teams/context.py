"""What every page of a team may show about it."""

from typing import Any

from django.http import HttpRequest

from crm.teams.models import Membership


def team(request: HttpRequest) -> dict[str, Any]:
    """Return the team, the viewer's place in it, and (read when used) all their teams."""
    membership = getattr(request, "membership", None)
    if membership is None:
        return {}
    return {
        "team": membership.team,
        "membership": membership,
        "memberships": Membership.objects.select_related("team").filter(user_id=membership.user_id),
    }
