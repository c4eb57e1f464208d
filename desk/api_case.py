"""One case and its parts for a program, as its reader may know them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.roles import Scope
from cases.actions import available_actions
from cases.disclosure import audience_of, disclosed, readable_events
from cases.kinds import EventKind
from cases.models import Case, CaseDocument
from desk import api_actions, pressure
from desk.api_doors import ETAG, PROBLEMS, TAGS, CaseView, with_version
from desk.api_shapes import (
    CaseActionSerializer,
    CaseDocumentSerializer,
    CaseProblemSerializer,
    CaseSerializer,
    DescribedActionSerializer,
    EventPageSerializer,
    WholeCaseSerializer,
)
from desk.views.documents import Download

EVENTS_A_PAGE = 200


class CaseDetail(CaseView):
    @extend_schema(
        operation_id="cases_retrieve",
        tags=TAGS,
        summary="One case, as you may know it",
        parameters=[ETAG],
        responses={200: WholeCaseSerializer, **PROBLEMS},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        case = self.read(request, pk)
        return with_version(Response(whole(case, request.user)), case.row_version)


def whole(case: Case, user: User) -> dict[str, Any]:
    """Return a loaded case as its page shows it to a person."""
    data = dict(CaseSerializer(disclosed(case, to=audience_of(case, user))).data)
    data["row_version"] = case.row_version
    data["documents"] = CaseDocumentSerializer(_documents(case, user), many=True).data
    data["actions"] = CaseActionSerializer(_offers(case, user), many=True).data
    return data


def _documents(case: Case, user: User) -> QuerySet[CaseDocument]:
    rows = CaseDocument.objects.visible_to(user).filter(case=case)
    return rows.select_related("document").order_by("provided_at", "pk")


def _offers(case: Case, user: User) -> list[dict[str, Any]]:
    """Return what somebody may do now; a report of pressure alone is next while it waits."""
    offers = [
        {
            "name": action.name,
            "label": str(action.label),
            "hint": str(action.hint),
            "is_next": action.is_next,
            "is_grave": action.is_grave,
            "href": api_actions.href(case.pk, action.name),
            "scope": api_actions.scope_of(action.name.replace("-", "_")).value,
        }
        for action in available_actions(case, user)
    ]
    report = pressure.unanswered(case, user)
    if not report:
        return offers
    answer = {
        "name": api_actions.ANSWER_REPORT.replace("_", "-"),
        "label": str(pressure.LABEL),
        "hint": str(pressure.HINT),
        "is_next": True,
        "is_grave": False,
        "href": api_actions.href_of_report(case.pk, report),
        "scope": api_actions.scope_of(api_actions.ANSWER_REPORT).value,
    }
    return [answer, *({**offer, "is_next": False} for offer in offers)]


class Part(CaseView):
    """A part of a case by itself."""

    name = ""
    shape: Any = None

    def get(self, request: Request, pk: UUID) -> Response:
        rows = getattr(self.shown(request, pk), self.name)
        return Response(self.shape(rows, many=True).data)


def described_part(name: str, shape: Any, summary: str) -> Any:
    view = type(f"Case{name.title()}", (Part,), {"name": name, "shape": shape})
    described = extend_schema_view(
        get=extend_schema(
            operation_id=f"cases_{name}",
            tags=TAGS,
            summary=summary,
            responses={200: shape(many=True), **PROBLEMS},
        )
    )
    return described(view).as_view()


class CaseEvents(CaseView):
    @extend_schema(
        operation_id="cases_events",
        tags=TAGS,
        summary="The history of a case, the oldest first",
        parameters=[
            OpenApiParameter("after", OpenApiTypes.UUID, description="The last event you know."),
            OpenApiParameter("kind", OpenApiTypes.STR, enum=sorted(EventKind.values)),
        ],
        responses={200: EventPageSerializer, **PROBLEMS},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        case = self.read(request, pk)
        rows = readable_events(case, audience_of(case, request.user))
        after, kind = request.query_params.get("after", ""), request.query_params.get("kind", "")
        if after:
            places = [place for place, row in enumerate(rows, start=1) if str(row.pk) == after]
            if not places:
                raise ValidationError({"after": [_("There is no such event in this case.")]})
            rows = rows[places[0] :]
        if kind and kind not in EventKind.values:
            raise ValidationError({"kind": [_("There is no such kind of event.")]})
        found = [row for row in rows if not kind or row.kind == kind]
        page = found[:EVENTS_A_PAGE]
        following = None
        if len(found) > len(page):
            query = request.query_params.copy()
            query["after"] = str(page[-1].pk)
            following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        results = [
            {"id": row.pk, "at": row.at, "kind": row.kind, "label": row.label} for row in page
        ]
        return Response(EventPageSerializer({"next": following, "results": results}).data)


class CaseDocuments(CaseView):
    @extend_schema(
        operation_id="cases_documents",
        tags=TAGS,
        summary="The documents of a case that you may open",
        responses={200: CaseDocumentSerializer(many=True), **PROBLEMS},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        case = self.read(request, pk)
        return Response(CaseDocumentSerializer(_documents(case, request.user), many=True).data)


class CaseDocumentContent(CaseView):
    required_scope = Scope.DOCUMENTS_READ

    @extend_schema(
        operation_id="cases_document_content",
        tags=TAGS,
        summary="The checked copy of a document",
        description="Each download goes on record. A file that is still being checked: 409.",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            **PROBLEMS,
            (409, "application/problem+json"): CaseProblemSerializer,
        },
    )
    def get(self, request: Request, pk: UUID, item: UUID) -> HttpResponseBase:
        page = Download()
        page.setup(request._request, pk=pk, item=item)
        page.case = self.case(request, pk, parts=page.parts)
        return page.get(page.request, item=item)


class CaseActions(CaseView):
    @extend_schema(
        operation_id="cases_actions",
        tags=TAGS,
        summary="What you may do with a case now, and with which fields",
        parameters=[ETAG],
        responses={200: DescribedActionSerializer(many=True), **PROBLEMS},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        case = self.case(request, pk)
        described = [
            {**offer, "fields": api_actions.described(request, pk, offer)}
            for offer in _offers(case, request.user)
        ]
        shown = DescribedActionSerializer(described, many=True)
        return with_version(Response(shown.data), case.row_version)
