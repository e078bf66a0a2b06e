"""A team's custom fields over REST."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.exceptions import Conflict
from crm.api.parameters import Parameter
from crm.api.schema import Answer, Operation
from crm.api.serializers import read_body
from crm.api.values import read_truth
from crm.api.versions import check_match
from crm.records.api import CreatesRecords, DeletesRecord, RecordList, RecordView
from crm.records.conversions.operations import FieldIsBusy, change_type, preview_type
from crm.records.filters import CustomFieldFilterSet
from crm.records.models import CustomField, FieldConversion
from crm.records.operations import FieldHasValues, delete_custom_field, save_custom_field
from crm.records.representation import Representation
from crm.records.serializers import CHANGED_FIELD, CustomFieldSerializer

COLUMNS = (
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
)


def _show(row: Sequence[Any], _extra: None) -> dict[str, Any]:
    return {
        "id": row[0],
        "teamId": row[1],
        "entityType": row[2],
        "key": row[3],
        "label": row[4],
        "fieldType": row[5],
        "options": [option["name"] for option in row[6] if not option["retired"]],
        "description": row[7],
        "required": row[8],
        "position": row[9],
        "active": row[10],
        "createdBy": row[11],
    }


def _no_extras(_team_id: Any, _ids: Iterable[Any]) -> Mapping[Any, None]:
    return {}


CUSTOM_FIELD: Representation[None] = Representation(
    columns=COLUMNS, show=_show, find_extras=_no_extras, no_extra=None
)


EXAMPLES = 20
DRY_RUN = Parameter(
    "dryRun",
    read_truth,
    "true or false",
    {"type": "boolean", "default": False},
    "With another `fieldType`: change nothing, and say what it would do to the values.",
)


class CustomFieldView(RecordView):
    """An address of custom fields."""

    scope = "fields"
    noun = "custom field"
    serializer_class = CustomFieldSerializer
    representation = CUSTOM_FIELD
    #: What a change of type has done to the values.
    conversion: FieldConversion | None = None

    def get_records(self) -> QuerySet[CustomField]:
        """Return the team's fields."""
        return self.team.custom_fields.all()

    def save(self, record: CustomField, values: dict[str, Any]) -> None:
        """Set the values and save; options that are left out are retired.

        Another type converts the values: what became of them is `self.conversion`.
        """
        values = dict(values)
        options, field_type = values.pop("options", None), values.pop("field_type", None)
        self.set_values(record, values)
        if record._state.adding:
            record.field_type = field_type or record.field_type
        elif field_type not in (None, record.field_type):
            self.conversion = change_type(record, field_type, options, by=self.author)
            return
        if options is not None:
            record.set_options(options)
        save_custom_field(record, by=self.author)


class CustomFields(CustomFieldView, CreatesRecords, RecordList):
    """The team's fields."""

    filterset_class = CustomFieldFilterSet
    orderings = {"position": "position", "key": "key"}
    default_ordering = "position"
    operations = {
        "GET": Operation("listCustomFields", "List the team's custom fields"),
        "POST": Operation("createCustomField", "Add a custom field"),
    }


class CustomFieldDetail(CustomFieldView, DeletesRecord):
    """One field."""

    operations = {
        "GET": Operation("getCustomField", "Read a custom field"),
        "PATCH": Operation(
            "updateCustomField",
            "Change a custom field",
            "`active: false` archives it: it is not shown, and its values stay. Another "
            "`fieldType` converts the values, and the answer says in `conversion` how many; those "
            "that do not convert are kept aside and come back when the type is changed back. With "
            "`dryRun=true` and another `fieldType` nothing is changed, and the answer says what "
            "would become of the values.",
        ),
        "DELETE": Operation(
            "deleteCustomField",
            "Delete a custom field",
            "A field in which records have values stays (409): archive it instead.",
        ),
    }

    @classmethod
    def get_parameters(cls, method: str) -> list[Parameter]:
        """Return `dryRun` besides for PATCH."""
        more = [DRY_RUN] if method == "PATCH" else []
        return [*super().get_parameters(method), *more]

    @classmethod
    def get_answers(cls, method: str) -> dict[int, Answer]:
        """Return for PATCH the field with its conversion, or what one would do."""
        if method != "PATCH":
            return super().get_answers(method)
        text = "The field, or with `dryRun` what would become of its values."
        return {200: Answer(text, CHANGED_FIELD, headers=("ETag",))}

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return 409 besides for DELETE: records may have values."""
        more = [409] if method == "DELETE" else []
        return sorted([*super().get_refusals(method), *more])

    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Change the field, or say what another type would do to its values."""
        if self.values.get("dryRun"):
            return self._preview(request, pk)
        try:
            response = super().patch(request, pk)
        except FieldIsBusy as error:
            raise Conflict(str(error), "converting") from error
        if self.conversion:
            response.data["conversion"] = {
                "status": self.conversion.status,
                "total": self.conversion.total,
                "convertible": self.conversion.converted,
                "kept": self.conversion.kept,
            }
        return response

    def _preview(self, request: Request, pk: uuid.UUID) -> Response:
        values = read_body(self.serializer_class, self.get_body(request), partial=True)
        field = self.get_record(pk)
        check_match(request.headers.get("If-Match"), field.version)
        field_type = values.get("field_type", field.field_type)
        preview = preview_type(field, field_type, values.get("options"))
        examples = [{"value": each.value, "reason": each.reason} for each in preview.examples]
        return Response(
            {
                "total": preview.total,
                "convertible": preview.convertible,
                "kept": preview.kept,
                "examples": examples[:EXAMPLES],
            }
        )

    def remove(self, record: CustomField) -> None:
        """Delete the field; raises Conflict (409) where records have values in it."""
        try:
            delete_custom_field(record, by=self.author)
        except FieldHasValues as error:
            raise Conflict(str(error), "has_values") from error
