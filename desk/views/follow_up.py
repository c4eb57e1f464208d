"""What came of a case: commitments, reports of both sides, the office's assessment, rounds."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cases import permissions
from cases.models import Commitment
from cases.models.follow_up import CommitmentStatus
from cases.services import deadlines, follow_up
from cases.workflow import State
from desk.forms import follow_up as forms
from desk.reading import CasePage
from desk.rooms import Figures, Line, Room
from desk.views.base import ActionView, CaseView, OfficerView

TAGS = {
    CommitmentStatus.OPEN: "neutral",
    CommitmentStatus.DONE: "ok",
    CommitmentStatus.PARTLY: "soon",
    CommitmentStatus.NOT_DONE: "late",
    CommitmentStatus.OVERTAKEN: "neutral",
}


def _line(page: CasePage, figures: Figures) -> Line | None:
    if page.case.state not in follow_up.WHILE:
        return None
    if not figures["all"]:
        return Line(_("No commitments on record yet"))
    text = ngettext("%(n)s commitment", "%(n)s commitments", figures["all"])
    return Line(text % {"n": figures["all"]}, figures["next"])


FOLLOW_UP = Room(
    name="follow_up",
    label=_("Follow-up"),
    url="desk:follow_up",
    rows=lambda user: Commitment.objects.filter(dropped_at=None),
    figures={"all": Count("pk"), "next": Min("due_on", filter=Q(status="open"))},
    line=_line,
)


class FollowUp(CaseView):
    """Each commitment with what both sides report, and the rounds."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        rows = list(
            self.case.commitments.filter(dropped_at=None)
            .select_related("assessed_by")
            .prefetch_related("reports__documents")
        )
        for row in rows:
            row.case = self.case
            row.tag = TAGS[CommitmentStatus(row.status)]
            for said in row.reports.all():
                said.commitment = row
        runs = permissions.may_run_procedure(self.case, request.user)
        context = {
            "case": self.case,
            "rows": rows,
            "rounds": self.case.follow_up_rounds.select_related("begun_by"),
            "may_add": runs and self.case.state in follow_up.WHILE,
            "may_report": runs and self.case.state in (State.CLOSED, State.FOLLOW_UP),
            "may_assess": runs and self.case.state == State.FOLLOW_UP,
            "today": deadlines.today(),
        }
        return render(request, "desk/follow_up.html", context)


class _OnFollowUp(OfficerView):
    states = frozenset(follow_up.WHILE)
    goes_to = "desk:follow_up"

    def check(self) -> None:
        super().check()
        if "item" in self.kwargs:
            rows = self.case.commitments.filter(dropped_at=None)
            self.item = get_object_or_404(rows, pk=self.kwargs["item"])
            self.item.case = self.case

    def context(self, form: Any) -> dict[str, Any]:
        return {
            "back": reverse("desk:follow_up", args=[self.case.pk]),
            "item": getattr(self, "item", None),
        }


class Add(_OnFollowUp):
    heading = _("Put a commitment on record")
    form_class = forms.CommitmentForm
    done = _("It is on record.")

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        follow_up.add(
            self.case,
            origin=data["origin"],
            owner=data["owner"],
            text=data["text"],
            due_on=data["due_on"],
            by=self.request.user,
            version=form.version,
        )


class Drop(_OnFollowUp):
    heading = _("Take it off the list")
    template_name = "desk/commitment.html"
    intro = _("For what was put there by mistake. It stays on record.")
    button = _("Take it off")
    done = _("It is taken off the list.")

    def perform(self, form: Any) -> None:
        follow_up.drop(self.item, by=self.request.user, version=form.version)


class Report(_OnFollowUp):
    heading = _("Record what a side reports")
    template_name = "desk/commitment.html"
    states = frozenset({State.CLOSED, State.FOLLOW_UP})
    form_class = forms.ReportForm
    intro = _("For what came on paper or by e-mail. The other side reads it.")
    button = _("Record the report")
    done = _("The report is on record.")

    def perform(self, form: Any) -> None:
        follow_up.report(
            self.item,
            side=form.cleaned_data["side"],
            text=form.cleaned_data["text"],
            by=self.request.user,
        )


class Assess(_OnFollowUp):
    heading = _("What came of it")
    template_name = "desk/commitment.html"
    states = frozenset({State.FOLLOW_UP})
    form_class = forms.AssessCommitmentForm
    button = _("Record the assessment")
    done = _("The assessment is on record. Both sides read it.")

    def perform(self, form: Any) -> None:
        follow_up.assess(
            self.item,
            status=form.cleaned_data["status"],
            text=form.cleaned_data["text"],
            by=self.request.user,
            version=form.version,
        )


class Begin(ActionView):
    action = "begin-follow-up"
    form_class = forms.BeginFollowUpForm
    intro = _("Both sides are asked what came of each commitment, for the same time.")
    button = _("Begin the follow-up")
    done = _("The follow-up has begun.")

    def perform(self, form: Any) -> None:
        follow_up.begin(
            self.case,
            due_on=form.cleaned_data["due_on"],
            by=self.request.user,
            version=form.version,
        )


class Conclude(ActionView):
    action = "conclude-follow-up"
    intro = _("The case goes on to its follow-up statement, which may name the next day.")
    button = _("Conclude the follow-up")
    done = _("The follow-up is concluded. Write its statement now.")

    def perform(self, form: Any) -> None:
        follow_up.conclude(self.case, by=self.request.user, version=form.version)
