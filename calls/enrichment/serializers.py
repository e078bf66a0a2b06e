"""What calls may fill, and proposals, as the API reads and describes them."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from calls.enrichment.models import Fill, NewFields, ProposalStatus
from crm.api.serializers import EnumField, IdField, StrictSerializer, TextField, TrueFalseField
from crm.records.history.api import AnyField, EvidenceSerializer
from crm.records.models import EntityType
from crm.records.values import LONGEST_TEXT, MOST_DIGITS

MOST_AT_ONCE = 500


@extend_schema_field(
    {
        "type": ["string", "number", "boolean"],
        "maxLength": LONGEST_TEXT,
        "minimum": -(10**MOST_DIGITS),
        "maximum": 10**MOST_DIGITS,
    }
)
class ValueField(serializers.Field[Any, Any, Any, Any]):
    """A value that a field may hold: a text, a number, true or false."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "Must be a text, a number, true or false.",
        "max_length": f"At most {LONGEST_TEXT:,} characters.",
        "max_value": f"A number has at most {MOST_DIGITS} digits before its point.",
    }

    def to_internal_value(self, data: Any) -> Any:
        """Return the value."""
        if not isinstance(data, str | int | float | bool):
            self.fail("invalid")
        if isinstance(data, str) and len(data) > LONGEST_TEXT:
            self.fail("max_length")
        if isinstance(data, int | float) and not abs(data) <= 10**MOST_DIGITS:
            self.fail("max_value")
        return data


class FieldPolicySerializer(StrictSerializer):
    """What a call may do with one field."""

    entity_type = EnumField(choices=EntityType.choices)
    field = TextField(max_length=100, help_text="`jobTitle`, `customFields.budget`.")
    fill_from_calls = EnumField(
        choices=Fill.choices, help_text="A value that a person has given stays in any case."
    )
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    is_default = TrueFalseField(read_only=True)


class FieldPoliciesSerializer(StrictSerializer):
    """Every field that a call may fill; those that are not here are protected."""

    count = serializers.IntegerField(min_value=0)
    count_is_exact = TrueFalseField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = FieldPolicySerializer(many=True)
    new_fields = EnumField(
        choices=NewFields.choices, help_text="What becomes of a fact that no field holds."
    )


class PoliciesChangeSerializer(StrictSerializer):
    """Some fields' policies to be set; the others stay."""

    team_id = IdField(required=False, help_text="The key's own team.")
    policies = serializers.ListField(
        child=FieldPolicySerializer(), max_length=MOST_AT_ONCE, required=False
    )
    new_fields = EnumField(choices=NewFields.choices, required=False)


class ProposalSerializer(StrictSerializer):
    """A value that was heard on a call and waits for a person."""

    id = IdField()
    team_id = IdField()
    call_id = IdField()
    contact_id = IdField()
    company_id = IdField(allow_null=True, help_text="Where the field is the company's.")
    entity_type = EnumField(choices=EntityType.choices)
    field = serializers.CharField(
        allow_null=True, help_text="Null where the field is proposed, too."
    )
    label = serializers.CharField(  # type: ignore[assignment]
        help_text="What the field is, or would be, called."
    )
    value = AnyField()
    evidence = EvidenceSerializer(allow_null=True)
    status = EnumField(choices=ProposalStatus.choices)
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class AcceptSerializer(StrictSerializer):
    """How to accept a proposal: as it is, or with another value."""

    value = ValueField(required=False, help_text="Left out, the proposed value is written.")


class RejectSerializer(StrictSerializer):
    """Nothing is to be said."""
