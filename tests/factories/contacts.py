"""Contacts and their tags."""

from typing import Any

import factory

from contacts.models import Contact, Tag
from contacts.operations import save_contact
from contacts.tags.operations import save_tag
from crm.history.models import Origin
from crm.history.recording import Author
from tests.factories.companies import CompanyFactory
from tests.factories.teams import TeamFactory


class TagFactory(factory.django.DjangoModelFactory[Tag]):
    """A tag of a team."""

    class Meta:
        model = Tag

    team = factory.SubFactory(TeamFactory)
    name = factory.Sequence(lambda n: f"tag {n}")

    @classmethod
    def _create(cls, model_class: type[Tag], *args: Any, **kwargs: Any) -> Tag:
        by = kwargs.pop("by", Author(Origin.DEMO))
        return save_tag(model_class(*args, **kwargs), by=by)


class ContactFactory(factory.django.DjangoModelFactory[Contact]):
    """A contact with the required fields only; `tags=["vip"]` tags it.

    It belongs to `team`, at a new company of that team; or to `company` and its team.
    """

    class Meta:
        model = Contact

    team = factory.SubFactory(TeamFactory)
    company = factory.SubFactory(CompanyFactory, team=factory.SelfAttribute("..team"))
    first_name = factory.Sequence(lambda n: f"First{n}")
    last_name = factory.Sequence(lambda n: f"Last{n}")

    @classmethod
    def _generate(cls, strategy: Any, params: dict[str, Any]) -> Contact:
        if "company" in params:
            params.setdefault("team", params["company"].team)
        return super()._generate(strategy, params)

    @classmethod
    def _create(cls, model_class: type[Contact], *args: Any, **kwargs: Any) -> Contact:
        by = kwargs.pop("by", Author(Origin.DEMO))
        tags = kwargs.pop("tags", None)
        return save_contact(model_class(*args, **kwargs), by=by, tags=tags)
