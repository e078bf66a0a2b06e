"""A custom field's body as the API reads it, and its answer as the schema describes it."""

from typing import Any, ClassVar

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from crm.api.serializers import (
    EnumField,
    IdField,
    StrictModelSerializer,
    StrictSerializer,
    TextField,
)
from crm.records.models import LONGEST_OPTION, MOST_OPTIONS, ConversionStatus, CustomField


class CustomFieldSerializer(StrictModelSerializer):
    """A field that a team has added to its contacts or companies."""

    team_id = IdField(help_text="The key's own team.")
    key = TextField(
        required=False,
        min_length=2,
        max_length=64,
        help_text="What programs call it, for ever; made of the label where it is left out.",
    )
    options = serializers.ListField(
        child=TextField(max_length=LONGEST_OPTION, allow_blank=False),
        max_length=MOST_OPTIONS,
        required=False,
        help_text="Of a select, in order. Values with an option that is left out keep it.",
    )

    class Meta:
        model = CustomField
        fields: ClassVar[list[str]] = [
            "id",
            "team_id",
            "entity_type",
            "key",
            "label",
            "field_type",
            "options",
            "description",
            "required",
            "position",
            "active",
            "created_by",
        ]
        extra_kwargs: ClassVar[dict[str, Any]] = {"created_by": {"read_only": True}}


class ExampleSerializer(StrictSerializer):
    """A value that has no form in the new type."""

    value = TextField()
    reason = TextField()


class ConversionPreviewSerializer(StrictSerializer):
    """What another type would do to the values."""

    total = serializers.IntegerField(min_value=0)
    convertible = serializers.IntegerField(min_value=0)
    kept = serializers.IntegerField(min_value=0, help_text="Kept aside; none is dropped.")
    examples = ExampleSerializer(many=True, help_text="Some of those that are kept aside.")


class ConversionSerializer(StrictSerializer):
    """What another type has done to the values so far."""

    status = EnumField(choices=ConversionStatus.choices)
    total = serializers.IntegerField(min_value=0)
    convertible = serializers.IntegerField(min_value=0)
    kept = serializers.IntegerField(min_value=0)


class ConvertedFieldSerializer(CustomFieldSerializer):
    """A field whose type was changed."""

    conversion = ConversionSerializer()

    class Meta(CustomFieldSerializer.Meta):
        fields = [*CustomFieldSerializer.Meta.fields, "conversion"]


CHANGED_FIELD = PolymorphicProxySerializer(
    component_name="ChangedCustomField",
    serializers=[CustomFieldSerializer, ConvertedFieldSerializer, ConversionPreviewSerializer],
    resource_type_field_name=None,
)
