"""A domain error becomes an answer of the API here alone; `config.middleware` does it for pages."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_handler

from cases.errors import Conflict

PROBLEM = "application/problem+json"


class ConflictAnswer(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer a problem after RFC 9457: conflict 409, refused value 400; 403 and 404 as they are."""
    if isinstance(error, Conflict):
        error = ConflictAnswer(str(error.message))
    elif isinstance(error, ValidationError):
        detail = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        error = exceptions.ValidationError(detail)
    response = rest_handler(error, context)
    if response is not None:
        response.data = _problem(response.status_code, response.data)
        response.content_type = PROBLEM
    return response


def _problem(code: int, data: Any) -> dict[str, Any]:
    told = {
        "type": "about:blank",
        "title": HTTPStatus(code).phrase,
        "status": code,
    }
    if isinstance(data, dict) and "detail" in data and not isinstance(data["detail"], list):
        return {**told, "detail": str(data["detail"])}
    errors = data if isinstance(data, dict) else {"": data}
    listed = {
        str(name): [str(text) for text in (texts if isinstance(texts, list) else [texts])]
        for name, texts in errors.items()
    }
    first = next((text for texts in listed.values() for text in texts), "")
    return {**told, "detail": first, "errors": listed}
