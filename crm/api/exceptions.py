"""Answers of refusal that DRF has no exception for."""

from rest_framework.exceptions import APIException


class Conflict(APIException):
    """What is asked for cannot be, as things stand."""

    status_code = 409
    default_code = "conflict"
    default_detail = "This was changed by somebody else at the same moment. Try again."


class PreconditionFailed(APIException):
    """The record is not in the version the client knows."""

    status_code = 412
    default_code = "precondition_failed"
    default_detail = "This was changed since you read it. Read it again, then repeat your change."


class PayloadTooLarge(APIException):
    """The body is larger than any that makes sense."""

    status_code = 413
    default_code = "too_large"
    default_detail = "The body is too large."
