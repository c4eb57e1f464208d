"""The doors of the API for people of the NCP: whose token opens what, how often, and what a
refusal says."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from accounts import throttle
from accounts.authentication import HasScope, PersonalTokenAuthentication
from accounts.models import User
from accounts.roles import Scope
from cases import dossier, readings
from cases.disclosure import Audience, audience_of, disclosed
from cases.models import Case
from cases.models.audit import ReadKind
from cases.querysets import NCP_ROLES
from cases.shown import DisclosedCase
from desk.api_shapes import CaseProblemSerializer
from desk.reading import READERS
from desk.views.base import visible_case

PROBLEMS = {
    (code, "application/problem+json"): CaseProblemSerializer
    for code in (400, 401, 403, 404, 405, 406, 429)
}
TAGS = ["Cases"]
ETAG = OpenApiParameter(
    "ETag",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The `row_version`, in quotes: send it back as `If-Match` with what you write.",
    response=[200],
)


class PersonThrottle(SimpleRateThrottle):
    """So many requests in a minute of the clock for each person, counted once for all processes."""

    scope = "person"

    def allow_request(self, request: Request, view: Any) -> bool:
        every = timedelta(seconds=self.duration)
        whose = str(request.user.pk)
        count = throttle.add_quickly(f"api-{self.scope}", whose, every=every)
        return count <= self.num_requests

    def wait(self) -> float:
        """Return the seconds until the next minute begins."""
        return self.duration - self.timer() % self.duration


class WritingThrottle(PersonThrottle):
    scope = "person-write"


class TextParser(JSONParser):
    """JSON whose texts can be kept: half a sign (a lone surrogate) can be neither stored nor
    answered."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        data = super().parse(*args, **kwargs)
        try:
            json.dumps(data, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise ParseError(f"JSON parse error - {error}") from None
        return data


class CaseView(APIView):
    """A door for people of the NCP. Whoever has no case here is answered as if there were none."""

    authentication_classes = (PersonalTokenAuthentication,)
    permission_classes = (IsAuthenticated, HasScope)
    throttle_classes = (PersonThrottle,)
    parser_classes = (TextParser,)
    required_scope: str = Scope.CASES_READ

    def case(self, request: Request, pk: UUID, *, parts: Any = dossier.EVERYTHING) -> Case:
        """Return a case that the person sees at the desk. Raises Http404."""
        if not request.user.has_role(*NCP_ROLES):
            raise Http404
        return visible_case(request._request, pk, parts=parts)

    def read(self, request: Request, pk: UUID) -> Case:
        """Return a whole case to be shown; that it is read goes on record first."""
        case = self.case(request, pk)
        note_read(case, request.user)
        return case

    def shown(self, request: Request, pk: UUID) -> DisclosedCase:
        case = self.read(request, pk)
        return disclosed(case, to=audience_of(case, request.user))


def with_version(response: Response, version: int) -> Response:
    """Let an answer carry the row version as its `ETag`, to be sent back as `If-Match`."""
    response["ETag"] = f'"{version}"'
    response.is_versioned = True  # type: ignore[attr-defined]
    return response


def note_read(case: Case, user: User) -> None:
    """Put on record that a person's program reads a loaded case, and whether it is told names
    that are withheld from others."""
    to = audience_of(case, user)
    if to in READERS:
        knows = to == Audience.NAMED_OFFICER
        withheld = knows and any(party.is_withheld for party in case.parties.all())
        readings.note(case, user, ReadKind.IDENTITIES if withheld else ReadKind.CASE)
