"""What a record's panel shows of the team's own fields."""

import dataclasses

from crm.records.catalog import active_custom_fields
from crm.records.models import CustomizedRecord
from crm.records.values import FieldType


@dataclasses.dataclass(frozen=True, slots=True)
class Fact:
    """One field of a record and its value in words, "" where there is none."""

    name: str
    label: str
    text: str
    is_long: bool = False
    is_number: bool = False


def custom_facts(record: CustomizedRecord) -> list[Fact]:
    """Return the record's facts in its team's own fields, archived ones aside: one query."""
    entity_type = record._meta.model_name or ""
    facts = []
    for field in active_custom_fields(record.team_id, entity_type):
        value = record.custom_fields.get(field.key)
        facts.append(
            Fact(
                name=field.name,
                label=field.label,
                text="" if value is None else field.type.show(value),
                is_long=field.field_type == FieldType.TEXTAREA and value is not None,
                is_number=field.field_type in (FieldType.NUMBER, FieldType.DATE),
            )
        )
    return facts
