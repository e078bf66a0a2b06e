"""Proposals, as a call leaves them."""

from typing import Any

import factory

from calls.enrichment.models import Proposal
from calls.enrichment.operations import propose
from tests.factories.calls import CallFactory


class ProposalFactory(factory.django.DjangoModelFactory[Proposal]):
    """A job title that was heard on `call` and waits; the call needs a contact."""

    class Meta:
        model = Proposal

    call = factory.SubFactory(CallFactory)
    field = "job_title"
    value = "Head of Sales"

    @classmethod
    def _create(cls, model_class: type[Proposal], *args: Any, **kwargs: Any) -> Proposal:
        call = kwargs["call"]
        kwargs.setdefault("evidence", {"quote": "I run sales", "turn": 0})
        proposal = model_class(*args, team=call.team, contact=call.contact, **kwargs)
        propose([proposal], [])
        return proposal
