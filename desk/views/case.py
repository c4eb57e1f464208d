"""The page of a case, its whole history, and the submission as it was sent."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from cases import dossier, readings, sent
from cases.conditions import has_open_proposal
from cases.disclosure import Audience
from cases.errors import Gone
from cases.models import Case
from cases.models.audit import ReadKind
from cases.payload import SubmissionData
from cases.workflow import State
from desk import kept, links, pressure, querysets, reading, rooms
from desk.forms.worklist import ORDERS
from desk.neighbours import BY_DEADLINE, my_list, neighbours, query_of
from desk.views import letters, worklist
from desk.views.base import CaseView, visible_case
from mediation import summary
from sealing.fields import ERASED

WITH_STATEMENT = frozenset(
    {State.FINAL_STATEMENT, State.HELD_FOR_REVIEW, State.CLOSED, State.FOLLOW_UP}
)


class CaseHome(CaseView):
    """The page of a case, kept while nothing changes; who reads it is asked and noted each time."""

    parts = dossier.EVERYTHING

    def annotations(self) -> dict[str, Any]:
        return rooms.annotations(self.request.user)

    def dispatch(self, request: HttpRequest, *args: Any, pk: UUID, **kwargs: Any) -> HttpResponse:
        seen = Case.objects.visible_to(request.user).only("pk")
        case = get_object_or_404(seen, pk=pk)
        if request.method not in ("GET", "HEAD"):
            return self.http_method_not_allowed(request)
        shown = kept.part(request, "case", lambda: self._page(request, pk))
        if shown.extra:
            readings.note(case, request.user, *shown.extra)
        return render(request, "desk/case.html", {"page": shown.html})

    def _page(self, request: HttpRequest, pk: UUID) -> tuple[str, dict[str, Any], Any]:
        """Return the template of the page, what it shows, and what of it is confidential."""
        self.case = visible_case(request, pk, parts=self.parts, extra=self.annotations())
        page = reading.read(self.case, request.user)
        offers = [
            {"action": action, "url": links.of_action(self.case.pk, action.name)}
            for action in page.actions
        ]
        first = [item for item in offers if item["action"].is_next]
        first = [*self._to_sign_off(page), *first, *letters.offers(page)]
        others = [item for item in offers if not item["action"].is_next]
        if report := pressure.unanswered(self.case, request.user):
            first, others = [_answer(self.case, report)], first + others
        context: dict[str, Any] = {
            "page": page,
            "case": self.case,
            "shown": page.shown,
            "rooms": rooms.doors(page),
            **self._neighbours(),
            "next_offers": first,
            "other_offers": others,
            "members_vote": page.reads_all and has_open_proposal(self.case),
        }
        if page.reads_all:
            context["mediation"] = summary.for_case(self.case)
            context["workshop"] = self._workshop()
        return "desk/case/_page.html", context, tuple(_read_on(page)) if page.reads_all else ()

    def _neighbours(self) -> dict[str, Any]:
        """Return the cases beside this one in the list that somebody came from, else in theirs."""
        request, rows, order = self.request, my_list(self.request.user), BY_DEADLINE
        query = query_of(request.GET)
        if query:
            # The officers' names are needed only where the list is narrowed down to one of them.
            officers = None if request.GET.get("officer") else []
            form = worklist.filter_of(QueryDict(query[1:]), request.user, officers=officers)
            rows, wanted = worklist.listed(form, request.user)
            order = ORDERS[wanted.get("order", "")]
        return {"neighbours": neighbours(rows, order, self.case), "list_query": query}

    def _to_sign_off(self, page: Any) -> list[dict[str, Any]]:
        """Return the way to the statement that waits for this member."""
        user, place = self.request.user, self._workshop()
        if not (page.reads_all and place and user.has_role(Role.DECISION_MAKER)):
            return []
        if not querysets.to_sign_off(user).filter(case=self.case).exists():
            return []
        label, hint = _("Read the statement and sign it off"), _("Both sides were heard on it.")
        return [{"action": {"label": label, "hint": hint, "is_next": True}, "url": place}]

    def _workshop(self) -> str:
        """Return the address of the case's statements, once there may be one."""
        if self.case.state not in WITH_STATEMENT:
            return ""
        return links.elsewhere("statements:workshop", self.case.pk)


def _answer(case: Case, report: str) -> dict[str, Any]:
    """Return the answer to a report of pressure as the one thing to do now."""
    return {
        "action": {"label": pressure.LABEL, "hint": pressure.HINT},
        "url": reverse("desk:answer_report", args=[case.pk, report]),
    }


def _read_on(page: reading.CasePage) -> Iterable[ReadKind]:
    """Return what of the page is confidential, for the log of reads."""
    messages = [row for side in page.sides for row in side.messages]
    return readings.of_page(
        withheld=page.knows_identities
        and any(item.row is not None and item.row.is_withheld for item in page.parties),
        messages=bool(messages),
        reprisals=any(row.is_reprisal_report for row in messages),
    )


class SubmissionAsSent(CaseView):
    """The sealed submission in full. It names everybody: only the case's own officers read it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.audience != Audience.NAMED_OFFICER:
            raise PermissionDenied(_("Only the officers named on the case read what was sent."))
        if self.case.submission.content == ERASED:
            raise Gone(_("The content of this case was erased."))
        readings.note(self.case, request.user, ReadKind.SUBMISSION)
        context = {"case": self.case, "submission": self.case.submission}
        data = SubmissionData.from_json(json.loads(self.case.submission.content))
        context |= {"sent": data, "sections": sent.sections(data)}
        return render(request, "desk/submission.html", context)
