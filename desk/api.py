"""One's own cases for a program: what the pages show, and nothing more; read-only."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from accounts.authentication import HasScope, PersonalTokenAuthentication
from accounts.roles import Scope
from cases import dossier
from cases.actions import available_actions
from cases.disclosure import OWN_SIDE, Audience, audience_of, disclosed
from cases.models import Case, CaseDocument
from cases.services import deadlines
from cases.timeframes import Standing
from cases.workflow import State
from desk.querysets import with_pause
from desk.reading import READERS

TO_KNOW_THE_AUDIENCE = ("participations", "conflicts")


class PersonThrottle(UserRateThrottle):
    """So many requests a minute for each person, counted in this process alone."""

    scope = "person"
    cache = LocMemCache("desk-throttle", {})


class CaseSummarySerializer(serializers.Serializer):
    """A case as the worklist shows it."""

    id = serializers.UUIDField()
    url = serializers.HyperlinkedIdentityField(view_name="api-case-detail", lookup_field="pk")
    reference = serializers.CharField(help_text="Empty before registration.")
    receipt_id = serializers.CharField(help_text="Empty where the reader is not to know it.")
    title = serializers.CharField()
    state = serializers.ChoiceField(State.choices)
    state_label = serializers.CharField()
    outcome = serializers.CharField(help_text="Empty while there is none.")
    officer = serializers.CharField(help_text="Name; empty where nobody is named.")
    received_at = serializers.DateTimeField()
    next_due_on = serializers.DateField(allow_null=True)
    next_due_kind = serializers.CharField(help_text="Empty where nothing is due.")
    standing = serializers.ChoiceField(
        [*Standing.choices, ("", "")], help_text="How the next deadline stands."
    )
    reprisal_risk = serializers.BooleanField(
        allow_null=True, help_text="Null where the reader is not to know it."
    )


class CasePartySerializer(serializers.Serializer):
    id = serializers.UUIDField()
    side = serializers.CharField(help_text="complainant or respondent")
    kind = serializers.CharField(help_text="Empty where the name is withheld.")
    name = serializers.CharField(help_text="A pseudonym where the name is withheld from you.")
    is_pseudonym = serializers.BooleanField()
    country = serializers.CharField()


class CaseRepresentativeSerializer(serializers.Serializer):
    name = serializers.CharField()
    principals = serializers.IntegerField(help_text="For how many people they act.")


class CaseIssueSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField()
    place = serializers.CharField()
    started = serializers.CharField(help_text="YYYY, YYYY-MM or YYYY-MM-DD.")
    ended = serializers.CharField()
    is_ongoing = serializers.BooleanField()
    is_approximate = serializers.BooleanField()
    provisions = serializers.ListField(child=serializers.CharField())
    editions = serializers.ListField(child=serializers.CharField())
    accepted = serializers.BooleanField(allow_null=True, help_text="Null before the decision.")
    outcome = serializers.CharField()
    reasons = serializers.CharField()


class CaseDeadlineSerializer(serializers.Serializer):
    kind = serializers.CharField()
    label = serializers.CharField()
    due_on = serializers.DateField()
    owed_by = serializers.CharField()
    standing = serializers.ChoiceField(Standing.choices)
    explanation = serializers.CharField(help_text="How the date comes about, step by step.")
    overdue_reason = serializers.CharField()


class CaseEventSerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    label = serializers.CharField()


class CaseDocumentSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    side = serializers.CharField(help_text="Whose document it is; empty: the NCP's.")
    audience = serializers.CharField()
    state = serializers.CharField(source="document.state", help_text="pending, clean or refused")
    provided_at = serializers.DateTimeField()


class CaseActionSerializer(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()
    is_next = serializers.BooleanField()


class CaseSerializer(serializers.Serializer):
    """A case as its page shows it to the owner of the token."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    receipt_id = serializers.CharField()
    title = serializers.CharField(source="name")
    state = serializers.ChoiceField(State.choices)
    state_label = serializers.CharField()
    next_step = serializers.CharField()
    outcome = serializers.CharField()
    is_open = serializers.BooleanField()
    is_paused = serializers.BooleanField()
    received_at = serializers.DateTimeField()
    follow_up_on = serializers.DateField(allow_null=True)
    rule_set = serializers.CharField(source="rule_set_label")
    read_as = serializers.ChoiceField(
        [(item.value, item.name) for item in Audience],
        source="to",
        help_text="In which capacity the case is shown.",
    )
    parties = CasePartySerializer(many=True)
    representatives = CaseRepresentativeSerializer(many=True)
    issues = CaseIssueSerializer(many=True)
    deadlines = CaseDeadlineSerializer(many=True)
    events = CaseEventSerializer(many=True)


class WholeCaseSerializer(CaseSerializer):
    row_version = serializers.IntegerField()
    documents = CaseDocumentSerializer(many=True)
    actions = CaseActionSerializer(many=True, help_text="What the owner of the token may do now.")


class NewestFirst(CursorPagination):
    ordering = ("-received_at", "-id")
    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100


@extend_schema_view(
    list=extend_schema(
        summary="The cases that you see",
        description="Newest first; follow `next` and `previous`. There is no total.",
        parameters=[
            OpenApiParameter("state", OpenApiTypes.STR, enum=list(State.values)),
        ],
    ),
    retrieve=extend_schema(summary="One case, as you may know it", responses=WholeCaseSerializer),
)
class CaseViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Cases that the owner of the token sees, each as the pages disclose it to them."""

    authentication_classes = (PersonalTokenAuthentication,)
    permission_classes = (IsAuthenticated, HasScope)
    throttle_classes = (PersonThrottle,)
    required_scope = Scope.CASES_READ
    serializer_class = CaseSummarySerializer
    pagination_class = NewestFirst
    filter_backends = ()
    queryset = Case.objects.none()

    def get_queryset(self) -> QuerySet[Case]:
        return Case.objects.visible_to(self.request.user).select_related("officer")

    def filter_queryset(self, queryset: QuerySet[Case]) -> QuerySet[Case]:
        state = self.request.query_params.get("state", "")
        if state and state not in State.values:
            raise ValidationError({"state": [_("There is no such state.")]})
        return queryset.filter(state=state) if state else queryset

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.paginate_queryset(with_pause(self.filter_queryset(self.get_queryset())))
        dossier.load(rows, parts=TO_KNOW_THE_AUDIENCE)
        today = deadlines.today()
        shown = [_summary(case, audience_of(case, request.user), today) for case in rows]
        return self.get_paginated_response(self.get_serializer(shown, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        case = self.get_object()
        dossier.load([case])
        view = disclosed(case, to=audience_of(case, request.user))
        documents = CaseDocument.objects.visible_to(request.user).filter(case=case)
        data = CaseSerializer(view, context=self.get_serializer_context()).data
        data["row_version"] = case.row_version
        data["documents"] = CaseDocumentSerializer(
            documents.select_related("document"), many=True
        ).data
        data["actions"] = CaseActionSerializer(
            available_actions(case, request.user), many=True
        ).data
        return Response(data)


def _summary(case: Case, to: Audience, today: Any) -> dict[str, Any]:
    """Return a line of the list: what the worklist shows to this reader."""
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
        reprisal_risk=case.reprisal_risk if reads else None,
    )


class _Line(dict[str, Any]):
    """A line of the list; a link is made from its `pk`."""

    @property
    def pk(self) -> Any:
        return self["pk"]


urlpatterns = [
    path("cases/", CaseViewSet.as_view({"get": "list"}), name="api-case-list"),
    path("cases/<uuid:pk>/", CaseViewSet.as_view({"get": "retrieve"}), name="api-case-detail"),
]
