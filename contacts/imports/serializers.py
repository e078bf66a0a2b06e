"""An import's request as the API reads it, and its answers as the schema describes them."""

from typing import Any

from rest_framework import serializers

from contacts.imports.models import Duplicates, Outcome, Undone
from contacts.imports.representation import COUNTS, STATUSES
from crm.api.serializers import (
    EnumField,
    IdField,
    ObjectField,
    StrictSerializer,
    TextField,
    TrueFalseField,
)

API_STATUSES = ("reviewing", "running", "finished", "cancelled", "failed", "undone")
assert set(STATUSES.values()) <= set(API_STATUSES)


class ImportFileSerializer(StrictSerializer):
    """A file, and how its rows are taken."""

    file = serializers.FileField(help_text="A CSV of up to 100 MB and 500,000 rows.")
    team_id = IdField(help_text="The key's own team.")
    mapping = TextField(
        required=False,
        max_length=200_000,
        help_text=(
            "A JSON object: the header or the number (from 1) of a column -> a field's name, or "
            "null to leave the column out. Columns that are not named are guessed. The fields are "
            "those of a contact, `fullName`, those of its company after `company` (`companyName`, "
            "`companyCity`), and `customFields.<key>` and `companyCustomFields.<key>`."
        ),
    )
    import_company_fields = TrueFalseField(
        required=False, help_text="Whether details of companies are saved. Default: false."
    )
    on_duplicate = EnumField(
        choices=Duplicates.choices,
        required=False,
        help_text="What is done with somebody who is there already. Default: `skip`.",
    )
    default_company_name = TextField(
        required=False, max_length=200, help_text="The company of rows that name none."
    )
    split_names = TrueFalseField(
        required=False,
        help_text="Whether a name in one column is split into first and last. Default: true.",
    )
    default_region = TextField(
        required=False,
        max_length=100,
        help_text="The country of numbers without a country code. Default: the team's.",
    )
    dry_run = TrueFalseField(required=False, help_text="Look, and write nothing. Default: false.")


class ColumnSerializer(StrictSerializer):
    """A column and the field it is taken for."""

    column = serializers.IntegerField(min_value=1)
    header = serializers.CharField()
    field = serializers.CharField(allow_null=True)
    confidence = serializers.FloatField(min_value=0, max_value=1)


class ProblemSerializer(StrictSerializer):
    """What is wrong with a value, or with the row where `field` is null."""

    field = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class RejectedRowSerializer(StrictSerializer):
    """A row that is not imported."""

    row = serializers.IntegerField(min_value=1, help_text="Its number among those not blank.")
    line = serializers.IntegerField(min_value=1, help_text="Its line in the file.")
    errors = ProblemSerializer(many=True)  # type: ignore[assignment]


class ValueProblemSerializer(ProblemSerializer):
    """What was left out of a row that is imported."""

    value = serializers.CharField(help_text="The text that was left out.")


class WarningSerializer(ValueProblemSerializer):
    """The same, with its row."""

    row = serializers.IntegerField(min_value=1)
    line = serializers.IntegerField(min_value=1)


class ImportSummarySerializer(StrictSerializer):
    """An import in a list."""

    id = IdField()
    team_id = IdField()
    status = serializers.ChoiceField(choices=API_STATUSES)
    file_name = serializers.CharField()
    progress = serializers.IntegerField(min_value=0, max_value=100, help_text="Of a hundred.")
    removed = serializers.IntegerField(min_value=0, help_text="Contacts that undoing removed.")
    restored = serializers.IntegerField(min_value=0, help_text="Contacts that undoing put back.")
    kept = serializers.IntegerField(
        min_value=0, help_text="Contacts that undoing left alone: changed or called since."
    )
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the counts, too: total = created + updated + skipped + rejected + blank."""
        counts = {name: serializers.IntegerField(min_value=0) for name in COUNTS}
        return super().get_fields() | counts


class ImportSerializer(ImportSummarySerializer):
    """An import."""

    header_row = serializers.IntegerField(
        min_value=0, help_text="The line of the header; 0 where the file has none."
    )
    encoding = serializers.CharField()
    delimiter = serializers.CharField()
    mapping = ColumnSerializer(many=True)
    notices = ProblemSerializer(
        many=True, help_text="What a dry run had to take for granted, such as the order of dates."
    )
    rejected_rows = RejectedRowSerializer(many=True, help_text="The first 1,000.")
    warnings = WarningSerializer(many=True, help_text="The first 1,000.")


class ImportRowSerializer(StrictSerializer):
    """What became of a row, or what would."""

    row = serializers.IntegerField(min_value=1)
    line = serializers.IntegerField(min_value=1)
    outcome = serializers.ChoiceField(choices=Outcome.values)
    contact_id = IdField(allow_null=True)
    errors = ProblemSerializer(many=True)  # type: ignore[assignment]
    warnings = ValueProblemSerializer(many=True)
    reason = ObjectField(allow_null=True, help_text="Why it was skipped.")
    changes = ObjectField(help_text="What was or would be changed: {name: [old, new]}.")
    undone = serializers.ChoiceField(
        choices=Undone.values,
        allow_null=True,
        help_text="`partly`: put back but for values whose company, field or option has gone.",
    )
