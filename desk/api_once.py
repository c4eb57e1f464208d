"""A write that carries an `Idempotency-Key` is done once, however often it is sent."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import KeptAnswer
from accounts.services import answers_kept_since
from sealing.keys import keyed_digest

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,200}")


class OtherRequest(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = _("This idempotency key was used for another request.")
    default_code = "idempotency_key_reused"


def once(request: Request, act: Callable[[], Response], *, about: UUID) -> Response:
    """Do it, or answer what the same request was answered before.

    Of two requests at the same time one waits for the other. Only what was done is kept: a refused
    request changed nothing and may be sent again under the same key.

    Args:
        about: the case; its erasure takes the answer along.

    Raises:
        OtherRequest: the key belongs to a request that asked for something else.
        ValidationError: the key is too long or holds spaces.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return act()
    if not KEY.fullmatch(key):
        raise ValidationError({HEADER: [_("Up to 200 characters, without spaces.")]})
    asked = _digest(request)
    with transaction.atomic():
        kept = _claim(request, key, asked, about)
        if kept.status:
            return _again(kept, asked)
        response = act()
        kept.status = response.status_code
        kept.body = JSONRenderer().render(response.data).decode()
        kept.save(update_fields=["status", "body"])
    return response


def _claim(request: Request, key: str, asked: str, about: UUID) -> KeptAnswer:
    """Return a new row, or the one that another request wrote; waits while that one is at work."""
    rows = KeptAnswer.objects.filter(token=request.auth, key=key)
    rows.filter(created_at__lt=answers_kept_since()).delete()
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(token=request.auth, key=key, asked=asked, about=about)
    except IntegrityError:
        return rows.get()


def _again(kept: KeptAnswer, asked: str) -> Response:
    if not constant_time_compare(kept.asked, asked):
        raise OtherRequest
    response = Response(json.loads(kept.body), status=kept.status)
    response["Idempotent-Replayed"] = "true"
    return response


def _digest(request: Request) -> str:
    """Return a keyed digest of method, address and content: a bare one would tell short texts."""
    sent: list[Any] = [request.method, request.path]
    data = request.data
    if hasattr(data, "lists"):
        for name, values in sorted(data.lists()):
            sent.append([name, [_content(value) for value in values]])
    else:
        sent.append(data)
    message = json.dumps(sent, sort_keys=True, default=str).encode()
    return keyed_digest(settings.CODE_PEPPER, "api-request", message).hex()


def _content(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    seen = hashlib.sha256()
    for piece in value.chunks():
        seen.update(piece)
    value.seek(0)
    return [value.name, seen.hexdigest()]
