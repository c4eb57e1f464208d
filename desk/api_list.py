"""The list of the cases that a person sees, for a program: a line says what the worklist shows."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.roles import Role
from cases import dossier
from cases.disclosure import OWN_SIDE, audience_of
from cases.models import Case
from cases.querysets import NCP_ROLES
from cases.services import deadlines
from cases.timeframes import Standing
from cases.workflow import State
from desk.api_doors import PROBLEMS, TAGS, CaseView
from desk.api_shapes import CasePageSerializer, CaseSummarySerializer
from desk.querysets import with_pause
from desk.reading import READERS

TO_KNOW_THE_AUDIENCE = ("participations", "conflicts")


class NewestFirst(CursorPagination):
    ordering = ("-received_at", "-id")
    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return where to go on; a cursor that was not given by an answer is refused."""
        cursor = super().decode_cursor(request)
        if cursor is None or cursor.position is None:
            return cursor
        try:
            moment = parse_datetime(str(cursor.position))
        except ValueError:
            moment = None
        if moment is None or timezone.is_naive(moment):
            raise NotFound(self.invalid_cursor_message)
        return cursor


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
            # No number holds such a sign, and the database takes none.
            rows = rows.none() if "\0" in reference else rows.filter(reference=reference)
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
