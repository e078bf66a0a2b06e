"""Which custom fields a list shows."""

from crm.api.filters import ChoiceFilter, FilterSet, TrueFalseFilter
from crm.records.models import EntityType


class CustomFieldFilterSet(FilterSet):
    """`entityType` and `active`."""

    entity_type = ChoiceFilter(choices=EntityType.choices, label="For")
    active = TrueFalseFilter(label="Active", help_text="An archived field is not.")
