"""Serializers that read exactly what the schema says, by Python's names and in the API's.

They read bodies and describe answers; answers themselves are made from rows, far quicker. A rule
that needs the database, or the record as a whole, is the operation's, not the serializer's.
"""

import datetime as dt
import math
import uuid
from collections.abc import Mapping
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.settings import api_settings

from crm import normalize
from crm.api.naming import camel
from crm.api.values import TIME_EXAMPLE, read_time, read_uuid


class TextField(serializers.CharField):
    """A JSON string. What surrounds it is the operation's to strip."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the text; a number is none."""
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class EnumField(serializers.ChoiceField):
    """One of an enumeration's values, as a JSON string."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid_choice": "“{input}” is not one of: {allowed}."
    }

    def to_internal_value(self, data: Any) -> str:
        """Return the value; the error names those allowed."""
        if isinstance(data, str) and (data in self.choices or (data == "" and self.allow_blank)):
            return data
        allowed = ", ".join(map(str, self.choices))
        return self.fail("invalid_choice", input=data, allowed=allowed)


class TrueFalseField(serializers.BooleanField):
    """JSON's true or false, nothing that resembles them."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "Must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        """Return the truth value."""
        if data is not True and data is not False:
            self.fail("invalid")
        return bool(data)


class IdField(serializers.UUIDField):
    """An id, as a JSON string with its dashes."""

    def to_internal_value(self, data: Any) -> uuid.UUID:
        """Return the id."""
        try:
            return read_uuid(data)
        except (TypeError, ValueError):
            self.fail("invalid", value=data)


class TimeField(serializers.DateTimeField):
    """A moment: ISO 8601 with its offset."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": f"Must be an ISO 8601 time with its offset, such as {TIME_EXAMPLE}."
    }

    def to_internal_value(self, value: Any) -> dt.datetime:
        """Return the moment in UTC."""
        try:
            return read_time(value)
        except (TypeError, ValueError):
            self.fail("invalid")


class CountField(serializers.IntegerField):
    """A JSON integer."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number; neither a text, a fraction nor a truth value is one."""
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class AmountField(serializers.FloatField):
    """A JSON number, kept to `decimal_places`; which is what the schema calls a number too."""

    def __init__(self, *, decimal_places: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit = Decimal(1).scaleb(-decimal_places)

    def to_internal_value(self, data: Any) -> Any:
        """Return the amount as a Decimal."""
        is_number = isinstance(data, int | float) and not isinstance(data, bool)
        if not is_number or not math.isfinite(data):
            self.fail("invalid")
        return data

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Check the bounds first: rounding an absurd number would raise."""
        value = super().run_validation(data)
        return value if value is None else Decimal(str(value)).quantize(self.unit)


NO_OBJECT = "Send a JSON object."


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ObjectField(serializers.Field[Any, Any, Any, Any]):
    """Any JSON object that the database can hold."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the object."""
        try:
            return normalize.json_object(data)
        except normalize.NormalizeError as error:
            raise serializers.ValidationError(str(error), code=error.code) from error

    def to_representation(self, value: Any) -> Any:
        """Return the object."""
        return value


class StrictSerializer(serializers.Serializer[Any]):
    """An object whose unknown and read-only keys are errors."""

    default_error_messages: ClassVar[dict[str, Any]] = {"null": NO_OBJECT}

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the fields by the names the API calls them."""
        fields = {}
        for name, field in super().get_fields().items():
            if field.source is None and camel(name) != name:
                field.source = name
            fields[camel(name)] = field
        return fields

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the values by attribute; raises ValidationError with everything that is wrong."""
        if not isinstance(data, dict):
            message = ErrorDetail(NO_OBJECT, "invalid")
            raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [message]})
        errors: dict[str, Any] = {}
        values: dict[str, Any] = {}
        for name in data:
            if wrong := self._why_not(name):
                errors[name] = [wrong]
        for name, field in self.inputs.items():
            try:
                self._read(name, field, data, values)
            except ValidationError as error:
                errors[name] = error.detail
        if errors:
            raise ValidationError(errors)
        return values

    @cached_property
    def inputs(self) -> Mapping[str, Any]:
        """The fields that a body may hold, by name."""
        return {name: field for name, field in self.fields.items() if not field.read_only}

    def _why_not(self, name: str) -> ErrorDetail | None:
        field = self.fields.fields.get(name)
        if field is None:
            return ErrorDetail("There is no such field.", "unknown")
        return ErrorDetail("This field is read-only.", "read_only") if field.read_only else None

    def _read(self, name: str, field: Any, data: dict[str, Any], values: dict[str, Any]) -> None:
        if name in data:
            value = field.run_validation(data[name])
        elif field.required and not self.partial:
            field.fail("required")
        else:
            return
        if field.source == "*":
            values |= value
        else:
            values[field.source] = value


class StrictModelSerializer(StrictSerializer, serializers.ModelSerializer[Any]):
    """The same for a model's fields, whose choices and lengths it takes over."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.CharField: TextField,
        models.TextField: TextField,
        models.BooleanField: TrueFalseField,
        models.UUIDField: IdField,
        models.DateTimeField: TimeField,
        models.PositiveIntegerField: CountField,
    }
    serializer_choice_field = EnumField

    #: The API's names for what errors call otherwise than the field that reads it.
    other_error_names: ClassVar[Mapping[str, str]] = {}

    def build_standard_field(
        self, field_name: str, model_field: Any
    ) -> tuple[type[serializers.Field[Any, Any, Any, Any]], dict[str, Any]]:
        """Let be typed what may be longer than its stored form; the model's own clean() checks."""
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        if typed := getattr(model_field, "typed_max_length", None):
            kwargs["max_length"] = typed
        kwargs.pop("validators", None)
        return field_class, kwargs

    def get_validators(self) -> list[Any]:
        """Leave what needs the database to the operation."""
        return []


@cache
def reader(serializer: type[StrictSerializer], *, partial: bool) -> StrictSerializer:
    """Return the serializer that reads every such body: making its fields takes longer than using
    them, and they keep nothing of what they read.
    """
    return serializer(partial=partial)


def read_body(
    serializer: type[StrictSerializer], data: Any, *, partial: bool = False
) -> dict[str, Any]:
    """Return the body's values by attribute; raises ValidationError (400) by the client's names."""
    values = reader(serializer, partial=partial).run_validation(data)
    assert isinstance(values, dict)
    return values


@cache
def error_names(serializer: type[StrictModelSerializer]) -> Mapping[str, str]:
    """Return the API's names by the names that model errors use."""
    names = {}
    for name, field in reader(serializer, partial=False).inputs.items():
        names[field.source] = name
        # A rule speaks of the relation, the body of its id.
        names[field.source.removesuffix("_id")] = name
    return {**names, **serializer.other_error_names}
