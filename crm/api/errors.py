"""Every error in one shape: `{"type", "errors": [{"code", "detail", "attr"}]}`.

`attr` is the name the client sent. A rule's own ValidationError, which speaks of model fields, is
translated here: by the view's serializer, else by spelling the name in camelCase.
"""

from collections.abc import Mapping

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.http import UnreadablePostError
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import Error
from rest_framework import exceptions
from rest_framework.settings import api_settings

from crm.api.exceptions import PayloadTooLarge
from crm.api.naming import camel


class Handler(ExceptionHandler):
    """Knows Django's exceptions besides DRF's."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """Return DRF's exception for what a rule, or Django itself, has raised."""
        match exc:
            case ValidationError():
                return from_django(exc, getattr(self.context["view"], "error_names", {}))
            case RequestDataTooBig():
                return PayloadTooLarge()
            case SuspiciousOperation() | UnreadablePostError():
                return exceptions.ParseError()
        return super().convert_known_exceptions(exc)


class Formatter(ExceptionFormatter):
    """Names the object itself where none of its fields is meant; the whole body is null."""

    def get_errors(self) -> list[Error]:
        """Return one error for each thing that is wrong."""
        errors = super().get_errors()
        for error in errors:
            path, _, name = (error.attr or "").rpartition(".")
            if name == api_settings.NON_FIELD_ERRORS_KEY:
                error.attr = path or None
        return errors


def from_django(error: ValidationError, names: Mapping[str, str]) -> exceptions.ValidationError:
    """Return DRF's form of a ValidationError by model field; `names` says the API's names."""
    if not hasattr(error, "error_dict"):
        return exceptions.ValidationError({api_settings.NON_FIELD_ERRORS_KEY: _details(error)})
    return exceptions.ValidationError(
        {
            _attr(field, names): [detail for each in found for detail in _details(each)]
            for field, found in error.error_dict.items()
        }
    )


def _attr(field: str, names: Mapping[str, str]) -> str:
    if field == NON_FIELD_ERRORS:
        return str(api_settings.NON_FIELD_ERRORS_KEY)
    # What follows a point is the client's own word: a key of an object.
    name, point, key = field.partition(".")
    return f"{names.get(name) or camel(name)}{point}{key}"


def _details(error: ValidationError) -> list[exceptions.ErrorDetail]:
    codes = [each.code or "invalid" for each in error.error_list]
    return [
        exceptions.ErrorDetail(message, code)
        for message, code in zip(error.messages, codes, strict=True)
    ]
