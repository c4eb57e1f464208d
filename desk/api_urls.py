"""The addresses by which an NCP's own systems work with its cases, as on the pages and no more.

A token belongs to a person. It opens what this person sees at the desk now, as they see it there,
and does what they may do there, as far as its scopes go.
"""

from __future__ import annotations

from django.urls import path

from desk import api_actions
from desk.api_case import (
    CaseActions,
    CaseDetail,
    CaseDocumentContent,
    CaseDocuments,
    CaseEvents,
    described_part,
)
from desk.api_list import CaseList
from desk.api_shapes import CaseDeadlineSerializer, CaseIssueSerializer, CasePartySerializer
from desk.api_steps import described_step

CASE = "cases/<uuid:pk>/"
urlpatterns = [
    path("cases/", CaseList.as_view(), name="api-case-list"),
    path(CASE, CaseDetail.as_view(), name="api-case-detail"),
    path(
        f"{CASE}parties/",
        described_part("parties", CasePartySerializer, "The parties, as you may know them"),
        name="api-case-parties",
    ),
    path(
        f"{CASE}issues/",
        described_part("issues", CaseIssueSerializer, "The issues"),
        name="api-case-issues",
    ),
    path(
        f"{CASE}deadlines/",
        described_part("deadlines", CaseDeadlineSerializer, "The deadlines that run"),
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
        path(route, described_step(name, page), name=api_actions.route_name(name))
        for route, name, page in api_actions.steps()
    ),
]
