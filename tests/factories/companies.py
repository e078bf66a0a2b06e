"""Companies."""

from typing import Any

import factory

from companies.models import Company
from companies.operations import save_company
from crm.history.models import Origin
from crm.history.recording import Author
from tests.factories.teams import TeamFactory


class CompanyFactory(factory.django.DjangoModelFactory[Company]):
    """A company with a name and nothing else, written by `by` (demo data unless said)."""

    class Meta:
        model = Company

    team = factory.SubFactory(TeamFactory)
    name = factory.Sequence(lambda n: f"Company {n}")

    @classmethod
    def _create(cls, model_class: type[Company], *args: Any, **kwargs: Any) -> Company:
        by = kwargs.pop("by", Author(Origin.DEMO))
        return save_company(model_class(*args, **kwargs), by=by)
