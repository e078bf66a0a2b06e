"""Lines by which teams call."""

from typing import Any

import factory

from calls.dialling.models import Line
from calls.dialling.operations import save_line
from crm.history.models import Origin
from crm.history.recording import Author
from tests.factories.voice import ConnectionFactory

PARTS = {
    "vapi": {"assistant": "assistant-7", "caller": "phone-7"},
    "retell": {"caller": "+14155550100"},
    "twilio": {"caller": "+14155550100", "script": "https://example.com/twiml"},
}


class LineFactory(factory.django.DjangoModelFactory[Line]):
    """A line of a team's Retell account, or of that of `provider`."""

    class Meta:
        model = Line

    name = "Nora"

    @classmethod
    def _create(cls, model_class: type[Line], *args: Any, **kwargs: Any) -> Line:
        provider, team = kwargs.pop("provider", "retell"), kwargs.pop("team", None)
        connection = kwargs.pop("connection", None)
        if connection is None:
            connection = ConnectionFactory.create(
                provider=provider,
                account_id="AC1",
                api_key="opens-the-api",
                **({"team": team} if team else {}),
            )
        by = Author(Origin.MANUAL)
        values = PARTS[connection.provider] | kwargs
        line = Line(team=connection.team, connection=connection, **values)
        save_line(line, by=by)
        return line
