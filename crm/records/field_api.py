"""A team's custom fields over REST."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from crm.api.exceptions import Conflict
from crm.api.schema import Operation
from crm.records.api import CreatesRecords, DeletesRecord, RecordList, RecordView
from crm.records.filters import CustomFieldFilterSet
from crm.records.models import CustomField
from crm.records.operations import FieldHasValues, delete_custom_field, save_custom_field
from crm.records.representation import Representation
from crm.records.serializers import CustomFieldSerializer

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


class CustomFieldView(RecordView):
    """An address of custom fields."""

    scope = "fields"
    noun = "custom field"
    serializer_class = CustomFieldSerializer
    representation = CUSTOM_FIELD

    def get_records(self) -> QuerySet[CustomField]:
        """Return the team's fields."""
        return self.team.custom_fields.all()

    def save(self, record: CustomField, values: dict[str, Any]) -> None:
        """Set the values and save; options that are left out are retired."""
        values = dict(values)
        if (options := values.pop("options", None)) is not None:
            record.set_options(options)
        self.set_values(record, values)
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
            "`active: false` archives it: it is not shown, and its values stay.",
        ),
        "DELETE": Operation(
            "deleteCustomField",
            "Delete a custom field",
            "A field in which records have values stays (409): archive it instead.",
        ),
    }

    @classmethod
    def get_refusals(cls, method: str) -> list[int]:
        """Return 409 besides for DELETE: records may have values."""
        more = [409] if method == "DELETE" else []
        return sorted([*super().get_refusals(method), *more])

    def remove(self, record: CustomField) -> None:
        """Delete the field; raises Conflict (409) where records have values in it."""
        try:
            delete_custom_field(record, by=self.author)
        except FieldHasValues as error:
            raise Conflict(str(error), "has_values") from error
