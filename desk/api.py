"""An NCP's own systems work with its cases: what the pages show and do, and nothing more.

A token belongs to a person. It opens what this person sees at the desk now, as they see it there,
and does what they may do there, as far as its scopes go.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.core.cache.backends.locmem import LocMemCache
from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from accounts.authentication import HasScope, PersonalTokenAuthentication
from accounts.models import User
from accounts.roles import Role, Scope
from cases import dossier, readings
from cases.actions import available_actions
from cases.disclosure import (
    OWN_SIDE,
    Audience,
    DisclosedCase,
    audience_of,
    disclosed,
    readable_events,
)
from cases.kinds import EventKind
from cases.models import Case, CaseDocument
from cases.models.audit import ReadKind
from cases.querysets import NCP_ROLES
from cases.services import deadlines
from cases.timeframes import Standing
from cases.workflow import State
from desk import api_actions
from desk.api_once import HEADER, once
from desk.api_shapes import (
    CaseActionSerializer,
    CaseDeadlineSerializer,
    CaseDocumentSerializer,
    CaseIssueSerializer,
    CasePageSerializer,
    CasePartySerializer,
    CaseProblemSerializer,
    CaseSerializer,
    CaseSummarySerializer,
    DescribedActionSerializer,
    DoneSerializer,
    EventPageSerializer,
    FieldSerializer,
    WholeCaseSerializer,
)
from desk.querysets import with_pause
from desk.reading import READERS
from desk.views.base import visible_case
from desk.views.documents import Download

TO_KNOW_THE_AUDIENCE = ("participations", "conflicts")
EVENTS_A_PAGE = 200
PROBLEMS = {
    (code, "application/problem+json"): CaseProblemSerializer
    for code in (400, 401, 403, 404, 405, 406, 429)
}
WRITE_PROBLEMS = {
    (code, "application/problem+json"): CaseProblemSerializer
    for code in (409, 412, 413, 415, 422, 428)
}
CONFLICT = {(409, "application/problem+json"): CaseProblemSerializer}
TAGS = ["Cases"]


class PersonThrottle(UserRateThrottle):
    """So many requests a minute for each person, counted in this process alone."""

    scope = "person"
    cache = LocMemCache("desk-throttle", {})


class WritingThrottle(PersonThrottle):
    scope = "person-write"


class CaseView(APIView):
    """A door for people of the NCP. Whoever has no case here is answered as if there were none."""

    authentication_classes = (PersonalTokenAuthentication,)
    permission_classes = (IsAuthenticated, HasScope)
    throttle_classes = (PersonThrottle,)
    parser_classes = (JSONParser,)
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


def note_read(case: Case, user: User) -> None:
    """Put on record that a person's program reads a loaded case, and whether it is told names
    that are withheld from others."""
    to = audience_of(case, user)
    if to in READERS:
        knows = to == Audience.NAMED_OFFICER
        withheld = knows and any(party.is_withheld for party in case.parties.all())
        readings.note(case, user, ReadKind.IDENTITIES if withheld else ReadKind.CASE)


class NewestFirst(CursorPagination):
    ordering = ("-received_at", "-id")
    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100


class CaseList(CaseView):
    @extend_schema(
        operation_id="cases_list",
        tags=TAGS,
        summary="The cases that you see",
        description="Newest first; follow `next` and `previous`. There is no total.",
        parameters=[
            OpenApiParameter("state", OpenApiTypes.STR, enum=list(State.values)),
            OpenApiParameter("reference", OpenApiTypes.STR, description="Exactly this number."),
            OpenApiParameter("received_from", OpenApiTypes.DATE),
            OpenApiParameter("received_until", OpenApiTypes.DATE),
            OpenApiParameter("page_size", OpenApiTypes.INT, description="100 at most."),
            OpenApiParameter("cursor", OpenApiTypes.STR, description="As given in `next`."),
        ],
        responses={
            200: CasePageSerializer,
            **PROBLEMS,
        },
    )
    def get(self, request: Request) -> Response:
        pages = NewestFirst()
        rows = pages.paginate_queryset(with_pause(self._found(request)), request, view=self)
        dossier.load(rows, parts=TO_KNOW_THE_AUDIENCE)
        today = deadlines.today()
        lines = [_summary(case, request.user, today) for case in rows]
        data = CaseSummarySerializer(lines, many=True, context={"request": request}).data
        return pages.get_paginated_response(data)

    def _found(self, request: Request) -> QuerySet[Case]:
        """Return the visible cases that the filters find. They ask for nothing but what every
        reader of a line is shown, so that an answer tells nothing more."""
        if not request.user.has_role(*NCP_ROLES):
            return Case.objects.none()
        rows = Case.objects.visible_to(request.user).select_related("officer")
        asked = request.query_params
        if state := asked.get("state", ""):
            if state not in State.values:
                raise ValidationError({"state": [_("There is no such state.")]})
            rows = rows.filter(state=state)
        if reference := asked.get("reference", ""):
            rows = rows.filter(reference=reference)
        if first := _day(asked, "received_from"):
            rows = rows.filter(received_at__gte=first)
        if last := _day(asked, "received_until", at=time.max):
            rows = rows.filter(received_at__lte=last)
        return rows


def _day(asked: Any, name: str, *, at: time = time.min) -> datetime | None:
    text = asked.get(name, "")
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise ValidationError({name: [_("Enter a day as YYYY-MM-DD.")]})
    return timezone.make_aware(datetime.combine(day, at))


def _summary(case: Case, user: User, today: Any) -> dict[str, Any]:
    """Return a line of the list: what the worklist shows to this reader."""
    to = audience_of(case, user)
    reads = to in READERS
    stands = deadlines.standing_of_case(case, on=today) if reads else None
    if stands and case.is_paused:
        stands = Standing.PAUSED
    return _Line(
        id=case.pk,
        pk=case.pk,
        reference=case.reference or "",
        receipt_id=case.receipt_id if to in OWN_SIDE else "",
        title=case.title,
        state=case.state,
        state_label=str(case.get_state_display()),
        outcome=case.outcome,
        officer=case.officer.name if case.officer and reads else "",
        received_at=case.received_at,
        next_due_on=case.next_due_on if reads else None,
        next_due_kind=case.next_due_kind if reads else "",
        standing=stands or "",
        reprisal_risk=case.reprisal_risk if reads and user.has_role(Role.OFFICER) else None,
    )


class _Line(dict[str, Any]):
    """A line of the list; a link is made from its `pk`."""

    @property
    def pk(self) -> Any:
        return self["pk"]


class CaseDetail(CaseView):
    @extend_schema(
        operation_id="cases_retrieve",
        tags=TAGS,
        summary="One case, as you may know it",
        responses={200: WholeCaseSerializer, **PROBLEMS},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(whole(self.read(request, pk), request.user))


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
    return [
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


class Part(CaseView):
    """A part of a case by itself."""

    name = ""
    shape: Any = None

    def get(self, request: Request, pk: UUID) -> Response:
        rows = getattr(self.shown(request, pk), self.name)
        return Response(self.shape(rows, many=True).data)


def _part(name: str, shape: Any, summary: str) -> Any:
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
            {"id": row.pk, "at": row.at, "kind": row.kind, "label": str(EventKind(row.kind).label)}
            for row in page
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
        responses={200: DescribedActionSerializer(many=True), **PROBLEMS},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        case = self.case(request, pk)
        described = [
            {**offer, "fields": api_actions.described(request, pk, offer["name"])}
            for offer in _offers(case, request.user)
        ]
        return Response(DescribedActionSerializer(described, many=True).data)


class Step(CaseView):
    """One step of the procedure: GET tells its fields, POST takes it."""

    page: Any = None
    parser_classes = (JSONParser, MultiPartParser)

    def get_throttles(self) -> list[Any]:
        kinds = (WritingThrottle,) if self.request.method == "POST" else (PersonThrottle,)
        return [kind() for kind in kinds]

    def get(self, request: Request, pk: UUID, **kwargs: Any) -> Response:
        self.case(request, pk, parts=())
        view = api_actions.opened(self.page, request, pk, kwargs)
        return Response(api_actions.fields_of(view.form()))

    def post(self, request: Request, pk: UUID, **kwargs: Any) -> Response:
        self.case(request, pk, parts=())
        response = once(request, lambda: self._take(request, pk, kwargs))
        if response.has_header("Idempotent-Replayed") and response.data["case"]:
            # What somebody may know may have changed since they were first answered.
            case = self.read(request, pk)
            if response.data["case"]["read_as"] != audience_of(case, request.user):
                response.data["case"] = whole(case, request.user)
        return response

    def _take(self, request: Request, pk: UUID, kwargs: dict[str, Any]) -> Response:
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


def _step(name: str, page: Any) -> Any:
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
            responses={200: FieldSerializer(many=True), **PROBLEMS, **CONFLICT},
        ),
        post=extend_schema(
            operation_id=f"cases_{name}",
            tags=["Steps"],
            summary=word.capitalize(),
            description=f"Scope: `{scope}`.",
            parameters=[IF_MATCH, ONCE],
            request=dict.fromkeys(["application/json", *kinds], schema),
            responses={200: DoneSerializer, **PROBLEMS, **WRITE_PROBLEMS},
        ),
    )
    return described(view).as_view()


CASE = "cases/<uuid:pk>/"
urlpatterns = [
    path("cases/", CaseList.as_view(), name="api-case-list"),
    path(CASE, CaseDetail.as_view(), name="api-case-detail"),
    path(
        f"{CASE}parties/",
        _part("parties", CasePartySerializer, "The parties, as you may know them"),
        name="api-case-parties",
    ),
    path(
        f"{CASE}issues/",
        _part("issues", CaseIssueSerializer, "The issues"),
        name="api-case-issues",
    ),
    path(
        f"{CASE}deadlines/",
        _part("deadlines", CaseDeadlineSerializer, "The deadlines that run"),
        name="api-case-deadlines",
    ),
    path(f"{CASE}events/", CaseEvents.as_view(), name="api-case-events"),
    path(f"{CASE}documents/", CaseDocuments.as_view(), name="api-case-documents"),
    path(
        f"{CASE}documents/<uuid:item>/content/",
        CaseDocumentContent.as_view(),
        name="api-case-document-content",
    ),
    path(f"{CASE}actions/", CaseActions.as_view(), name="api-case-actions"),
    *(
        path(route, _step(name, page), name=api_actions.route_name(name))
        for route, name, page in api_actions.steps()
    ),
]
