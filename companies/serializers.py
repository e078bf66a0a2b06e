"""A company's body as the API reads it, and its answer as the schema describes it."""

from typing import Any, ClassVar

from rest_framework import serializers

from companies.models import Company
from crm.api.serializers import IdField, ObjectField, StrictModelSerializer
from crm.records.api import CUSTOM_FIELDS


class CompanySerializer(StrictModelSerializer):
    """A company; its name is unique in the team, whatever the case and spacing."""

    team_id = IdField(help_text="The key's own team.")
    contact_count = serializers.IntegerField(read_only=True, min_value=0)
    custom_fields = ObjectField(required=False, help_text=CUSTOM_FIELDS)

    class Meta:
        model = Company
        fields: ClassVar[list[str]] = [
            "id",
            "team_id",
            "name",
            "website",
            "industry",
            "company_size",
            "phone",
            "address_line1",
            "address_line2",
            "city",
            "state",
            "postal_code",
            "country",
            "notes",
            "custom_fields",
            "external_id",
            "contact_count",
            "created_at",
            "updated_at",
        ]
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "phone": {"help_text": "In any readable form; answered as E.164."},
            "country": {"help_text": "A code or name; answered as ISO 3166-1 alpha-2."},
        }
