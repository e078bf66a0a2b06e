"""A call's body as the API reads it, and its answer as the schema describes it."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import RegexValidator
from rest_framework import serializers

from calls.models import Call, Speaker
from calls.turns import MAX_TEXT, MAX_TURNS, clean_turns
from crm.api.serializers import (
    AmountField,
    CountField,
    EnumField,
    IdField,
    ObjectField,
    StrictModelSerializer,
    StrictSerializer,
    TextField,
)
from crm.api.values import BIGGEST_COUNT

MOST_SECONDS = 10_000_000
MOST_MONEY = 999_999


class RecordingSerializer(StrictSerializer):
    """The sound of a call."""

    available = serializers.BooleanField(help_text="Whether the file is stored here.")
    duration_seconds = serializers.IntegerField(allow_null=True, min_value=0)
    url = serializers.CharField(
        allow_null=True,
        help_text="Where it is: here (with the same key) if it is available, else at the platform.",
    )


class TurnSerializer(StrictSerializer):
    """What one speaker says."""

    speaker = EnumField(choices=Speaker.choices)
    text = TextField(max_length=MAX_TEXT, allow_blank=True)
    start_seconds = serializers.FloatField(
        required=False, allow_null=True, min_value=0, max_value=MOST_SECONDS
    )
    end_seconds = serializers.FloatField(
        required=False, allow_null=True, min_value=0, max_value=MOST_SECONDS
    )


class TurnsField(serializers.ListField):
    """Turns, read by the operation's own rules: there may be thousands."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=TurnSerializer(), max_length=MAX_TURNS, **kwargs)

    def to_internal_value(self, data: Any) -> list[Any]:
        """Return the turns as they will be stored."""
        try:
            return clean_turns(data)
        except DjangoValidationError as error:
            raise serializers.ValidationError(error.messages, error.code) from error


class CostSerializer(StrictSerializer):
    """What the call cost."""

    amount = AmountField(source="cost_amount", decimal_places=6, min_value=0, max_value=MOST_MONEY)
    currency = TextField(
        source="cost_currency",
        max_length=3,
        validators=[RegexValidator(r"^[A-Z]{3}$", "A currency is three capitals, such as USD.")],
    )

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return both values; null is no cost."""
        if data is None:
            return {"cost_amount": None, "cost_currency": ""}
        return super().run_validation(data)


class CallSerializer(StrictModelSerializer):
    """A call, with what was said in it."""

    team_id = IdField(help_text="The key's own team.")
    contact_id = IdField(
        required=False,
        allow_null=True,
        help_text="A contact of the same team; left out, the one whose number it is.",
    )
    provider = TextField(
        required=False,
        max_length=32,
        validators=[
            RegexValidator(
                r"^[a-z0-9_-]{1,32}$",
                "A provider is 1 to 32 lower-case letters, digits, “_” or “-”.",
            )
        ],
        help_text="Who tells of the call; `api` by default, `manual` for one logged by hand.",
    )
    duration_seconds = CountField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=BIGGEST_COUNT,
        help_text="Reckoned from startedAt and endedAt where both are known.",
    )
    extracted_data = ObjectField(required=False)
    recording = RecordingSerializer(read_only=True)
    recording_url = TextField(
        write_only=True, required=False, max_length=2000, help_text="Its address at the platform."
    )
    cost = CostSerializer(source="*", required=False, allow_null=True)
    turns = TurnsField(required=False)

    other_error_names: ClassVar[dict[str, str]] = {
        "recording": "recordingUrl",
        "cost_amount": "cost.amount",
        "cost_currency": "cost.currency",
    }

    class Meta:
        model = Call
        fields: ClassVar[list[str]] = [
            "id",
            "team_id",
            "contact_id",
            "direction",
            "status",
            "outcome",
            "from_number",
            "to_number",
            "initiated_at",
            "started_at",
            "ended_at",
            "duration_seconds",
            "ended_reason",
            "ended_by",
            "provider",
            "provider_call_id",
            "assistant_name",
            "assistant_external_id",
            "summary",
            "success",
            "sentiment",
            "extracted_data",
            "recording",
            "recording_url",
            "transferred_to",
            "voicemail",
            "cost",
            "transcript_status",
            "turns",
            "created_at",
            "updated_at",
        ]
        extra_kwargs: ClassVar[dict[str, Any]] = {"sentiment": {"allow_blank": False}}


class CallInListSerializer(CallSerializer):
    """A call in a list: without what was said in it."""

    class Meta(CallSerializer.Meta):
        fields: ClassVar[list[str]] = [
            name for name in CallSerializer.Meta.fields if name not in ("turns", "recording_url")
        ]
