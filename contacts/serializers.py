"""A contact's body as the API reads it, and its answer as the schema describes it."""

from typing import Any, ClassVar

from rest_framework import serializers

from contacts.models import MAX_TAGS, Contact, Tag
from crm.api.serializers import (
    IdField,
    ObjectField,
    StrictModelSerializer,
    StrictSerializer,
    TextField,
)
from crm.records.api import CUSTOM_FIELDS

LONGEST_TAG = Tag._meta.get_field("name").max_length


class CompanyOfContactSerializer(StrictSerializer):
    """The company a contact belongs to, in short."""

    id = IdField()
    name = TextField()


class ContactSerializer(StrictModelSerializer):
    """A person at a company."""

    team_id = IdField(help_text="The key's own team.")
    company_id = IdField(help_text="A company of the same team.")
    company = CompanyOfContactSerializer(read_only=True)
    tags = serializers.ListField(
        child=TextField(max_length=LONGEST_TAG),
        max_length=MAX_TAGS,
        required=False,
        help_text="All the tags it shall have; the same word in another case is the same tag.",
    )
    custom_fields = ObjectField(required=False, help_text=CUSTOM_FIELDS)

    class Meta:
        model = Contact
        fields: ClassVar[list[str]] = [
            "id",
            "team_id",
            "company_id",
            "company",
            "first_name",
            "last_name",
            "job_title",
            "email",
            "phone",
            "phone_secondary",
            "lead_status",
            "source",
            "timezone",
            "preferred_contact_method",
            "do_not_call",
            "notes",
            "tags",
            "custom_fields",
            "external_id",
            "last_call_at",
            "created_at",
            "updated_at",
        ]
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "phone": {"help_text": "In any readable form; answered as E.164."},
            "phone_secondary": {"help_text": "In any readable form; answered as E.164."},
            "timezone": {"help_text": "An IANA name, such as Europe/Berlin."},
        }
