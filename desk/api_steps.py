"""The steps of the procedure as addresses: GET tells the fields of a step, POST takes it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from cases.disclosure import audience_of
from desk import api_actions
from desk.api_case import whole
from desk.api_doors import (
    ETAG,
    PROBLEMS,
    CaseView,
    PersonThrottle,
    TextParser,
    WritingThrottle,
    with_version,
)
from desk.api_once import HEADER, once
from desk.api_shapes import CaseProblemSerializer, DoneSerializer, FieldSerializer

WRITE_PROBLEMS = {
    (code, "application/problem+json"): CaseProblemSerializer
    for code in (409, 412, 413, 415, 422, 428)
}
CONFLICT = {(409, "application/problem+json"): CaseProblemSerializer}


class Step(CaseView):
    """One step of the procedure: GET tells its fields, POST takes it."""

    page: Any = None
    parser_classes = (TextParser, MultiPartParser)

    def get_throttles(self) -> list[Any]:
        kinds = (WritingThrottle,) if self.request.method == "POST" else (PersonThrottle,)
        return [kind() for kind in kinds]

    def get(self, request: Request, pk: UUID, **kwargs: Any) -> Response:
        self.case(request, pk, parts=())
        view = api_actions.opened(self.page, request, pk, kwargs)
        return with_version(Response(api_actions.fields_of(view.form())), view.case.row_version)

    def post(self, request: Request, pk: UUID, **kwargs: Any) -> Response:
        # The check is within: a declared conflict takes the case away, and the same request sent
        # again is still answered as before, with nothing of the case.
        response = once(request, lambda: self._take(request, pk, kwargs), about=pk)
        if response.has_header("Idempotent-Replayed") and response.data["case"]:
            # What somebody may know may have changed since they were first answered.
            case = self.read(request, pk)
            if response.data["case"]["read_as"] != audience_of(case, request.user):
                response.data["case"] = whole(case, request.user)
        now = response.data["case"]
        return with_version(response, now["row_version"]) if now else response

    def _take(self, request: Request, pk: UUID, kwargs: dict[str, Any]) -> Response:
        self.case(request, pk, parts=())
        view = api_actions.opened(self.page, request, pk, kwargs)
        api_actions.take(view, request)
        try:
            now = whole(self.read(request, pk), request.user)
        except Http404:
            now = None
        return Response({"message": str(view.done), "case": now})


IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The `row_version` that you read; another present one is answered with 412.",
)
ONCE = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The same request under the same key is done once and answered the same.",
)


def described_step(name: str, page: Any) -> Any:
    """Return the view of a step, described by its form."""
    scope = api_actions.scope_of(name)
    view = type(f"Step{page.__name__}", (Step,), {"page": page, "required_scope": scope})
    schema = api_actions.body_schema(page)
    kinds = ["multipart/form-data"] if api_actions.takes_files(page) else []
    word = name.replace("_", " ")
    described = extend_schema_view(
        get=extend_schema(
            operation_id=f"cases_{name}_fields",
            tags=["Steps"],
            summary=f"The fields of: {word}",
            parameters=[ETAG],
            responses={200: FieldSerializer(many=True), **PROBLEMS, **CONFLICT},
        ),
        post=extend_schema(
            operation_id=f"cases_{name}",
            tags=["Steps"],
            summary=word.capitalize(),
            description=f"Scope: `{scope}`.",
            parameters=[IF_MATCH, ONCE, ETAG],
            request=dict.fromkeys(["application/json", *kinds], schema),
            responses={200: DoneSerializer, **PROBLEMS, **WRITE_PROBLEMS},
        ),
    )
    return described(view).as_view()
