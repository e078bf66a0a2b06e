"""Connections to voice platforms."""

from typing import Any

import factory

from calls.providers.models import ProviderConnection
from calls.providers.operations import create_connection
from crm.history.models import Origin
from crm.history.recording import Author
from tests.factories.teams import TeamFactory


class ConnectionFactory(factory.django.DjangoModelFactory[ProviderConnection]):
    """A team's Retell account, whose webhook secret is `secret`."""

    class Meta:
        model = ProviderConnection

    team = factory.SubFactory(TeamFactory)
    provider = "retell"
    secret = "key_only-for-tests"

    @classmethod
    def _create(
        cls, model_class: type[ProviderConnection], *args: Any, **kwargs: Any
    ) -> ProviderConnection:
        team, provider = kwargs.pop("team"), kwargs.pop("provider")
        by = kwargs.pop("by", Author(Origin.MANUAL))
        return create_connection(team, provider, by=by, **kwargs)
