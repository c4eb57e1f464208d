"""A domain error becomes an answer of the API here alone; `config.middleware` does it for pages."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_handler

from cases.errors import Conflict


class ConflictAnswer(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Translate: conflict 409, refused value 400; 403 and 404 are REST framework's own."""
    if isinstance(error, Conflict):
        error = ConflictAnswer(str(error.message))
    elif isinstance(error, ValidationError):
        detail = error.message_dict if hasattr(error, "error_dict") else error.messages
        error = exceptions.ValidationError(detail)
    return rest_handler(error, context)
