"""The page of a case, what was sent, the receipt."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from cases import receipt_pdf, receipts, sent
from cases.disclosure import Audience
from cases.models import Case, Participation, Submission
from cases.models.party import Side
from cases.payload import SubmissionData
from cases.services import correspondence
from portal import reading
from portal.access import own_cases, party_only
from portal.views.base import PartyView

LONGEST_LIST = 100


@require_safe
@party_only
def home(request: HttpRequest) -> HttpResponse:
    """List one's cases; somebody who has one goes straight there."""
    found = list(own_cases(request.user).order_by("-received_at")[:LONGEST_LIST])
    waits = Participation.objects.awaiting_authority().filter(user=request.user).first()
    if waits and not found:
        return redirect("portal:authority", waits.pk)
    if len(found) == 1:
        return redirect("portal:case", found[0].pk)
    return render(request, "portal/home.html", {"cases": [reading.brief(case) for case in found]})


class CaseHome(PartyView):
    def get(self, request: HttpRequest) -> HttpResponse:
        page = reading.read(self.case, self.side, request.user)
        correspondence.note_shown(page.answers, by=request.user)
        offers = [
            {
                "label": rule.label,
                "hint": rule.hint,
                "url": reverse(f"portal:{rule.name}", args=[self.case.pk]),
            }
            for rule in page.actions
        ]
        asked = [{"ask": ask, "url": _address_of(ask, self.case)} for ask in page.asks]
        replies = [(Side(side).label, accepts) for side, accepts in page.case.replies.items()]
        return self.show(
            "portal/case.html",
            page=page,
            offers=offers,
            asked=asked,
            replies=replies,
            public_page=_public_page(page.record_id),
        )


def _address_of(ask: reading.Ask, case: Case) -> str:
    name = ask.page if ":" in ask.page else f"portal:{ask.page}"
    return reverse(name, args=[case.pk, ask.item] if ask.item else [case.pk])


def _public_page(record_id: UUID | None) -> str:
    try:
        return reverse("register:record", args=[record_id]) if record_id else ""
    except NoReverseMatch:
        return ""


class WhatWasSent(PartyView):
    """The complaint exactly as it was sent: for the side that sent it."""

    parts: tuple[str, ...] = ("participations",)

    def submission(self) -> Submission:
        """Return what was filed.

        Raises:
            Http404: the enterprise asks, or the case was not filed here.
        """
        if self.side != Audience.COMPLAINANT:
            raise Http404
        try:
            return self.case.submission
        except ObjectDoesNotExist:
            raise Http404 from None

    def get(self, request: HttpRequest) -> HttpResponse:
        data = SubmissionData.from_json(json.loads(self.submission().content))
        return self.show("portal/complaint.html", data=data, sections=sent.sections(data))


class Receipt(WhatWasSent):
    def get(self, request: HttpRequest) -> HttpResponse:
        self.submission()
        context: dict[str, Any] = {"receipt": receipts.of(self.case)}
        return self.show("portal/receipt.html", **context)


class ReceiptFile(WhatWasSent):
    """The receipt as a PDF, to be printed and kept."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.submission()
        response = HttpResponse(
            receipt_pdf.render(receipts.of(self.case)), content_type="application/pdf"
        )
        response["Content-Disposition"] = 'attachment; filename="receipt.pdf"'
        return response
