"""What records have in common, and the fields that a team adds to its contacts and companies."""

from crm.records.models.conversion import ConversionStatus, ConvertedValue, FieldConversion
from crm.records.models.custom_field import (
    LONGEST_KEY,
    LONGEST_OPTION,
    MOST_FIELDS,
    MOST_OPTIONS,
    CustomField,
    EntityType,
    FieldCreator,
)
from crm.records.models.record import CUSTOM, CustomizedRecord, Record

__all__ = [
    "CUSTOM",
    "LONGEST_KEY",
    "LONGEST_OPTION",
    "MOST_FIELDS",
    "MOST_OPTIONS",
    "ConversionStatus",
    "ConvertedValue",
    "CustomField",
    "CustomizedRecord",
    "EntityType",
    "FieldConversion",
    "FieldCreator",
    "Record",
]
