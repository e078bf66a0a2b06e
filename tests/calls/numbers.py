"""Calls of a number that nobody has, in and out."""

import datetime as dt
from typing import Any

from django.utils import timezone

from calls.models import Call
from crm.teams.models import Team
from tests.factories import CallFactory

NUMBER, OTHER_NUMBER, OURS = "+12125550199", "+12125550147", "+17575550100"
NOW = timezone.now()


def inbound(team: Team, number: str = NUMBER, hours: float = 1, **values: Any) -> Call:
    return CallFactory.create(
        team=team,
        direction="inbound",
        from_number=number,
        to_number=OURS,
        started_at=NOW - dt.timedelta(hours=hours),
        **values,
    )


def outbound(team: Team, number: str = NUMBER, hours: float = 1, **values: Any) -> Call:
    numbers = {"from_number": OURS, "to_number": number}
    started = NOW - dt.timedelta(hours=hours)
    return CallFactory.create(
        team=team, direction="outbound", started_at=started, **numbers, **values
    )
