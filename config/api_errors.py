"""A domain error becomes an answer of the API here alone; `config.middleware` does it for pages."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_handler

from cases.errors import Conflict

PROBLEM = "application/problem+json"


BELOW = "/api/"
KINDS = {
    kind.status_code: kind
    for kind in (
        exceptions.ParseError,
        exceptions.PermissionDenied,
        exceptions.NotFound,
        exceptions.APIException,
    )
}


def is_of_a_program(request: HttpRequest) -> bool:
    """Tell whether an answer is read by a program, also where no address of the API was met."""
    return request.path_info.startswith(BELOW)


def problem(code: int) -> JsonResponse:
    """Return what a page of an error would say."""
    told = _problem(code, {"detail": KINDS[code].default_detail})
    plain = {"ensure_ascii": False}
    return JsonResponse(told, status=code, content_type=PROBLEM, json_dumps_params=plain)


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
    elif isinstance(error, Http404):
        error = exceptions.NotFound()  # Django's own words name our classes, in English
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
