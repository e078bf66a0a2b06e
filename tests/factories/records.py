"""Custom fields."""

from typing import Any

import factory

from crm.history.models import Origin
from crm.history.recording import Author
from crm.records.models import CustomField, EntityType
from crm.records.operations import save_custom_field
from tests.factories.teams import TeamFactory


class CustomFieldFactory(factory.django.DjangoModelFactory[CustomField]):
    """A text field for contacts; `options=["Gold", "Silver"]` makes those of a choice."""

    class Meta:
        model = CustomField

    team = factory.SubFactory(TeamFactory)
    entity_type = EntityType.CONTACT
    label = factory.Sequence(lambda n: f"Field {n}")

    @classmethod
    def _create(cls, model_class: type[CustomField], *args: Any, **kwargs: Any) -> CustomField:
        by = kwargs.pop("by", Author(Origin.DEMO))
        names = kwargs.pop("options", ())
        field = model_class(*args, **kwargs)
        field.set_options(names)
        return save_custom_field(field, by=by)
