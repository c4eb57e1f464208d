"""Other proceedings about the same matter."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cases import permissions
from cases.held import has
from cases.models import ParallelProceeding
from cases.services import deadlines, proceedings
from cases.workflow import OPEN_STATES
from desk.forms import proceedings as forms
from desk.reading import CasePage
from desk.rooms import Figures, Line, Room
from desk.views.base import CaseView, OfficerView


def _line(page: CasePage, figures: Figures) -> Line | None:
    if not figures["all"]:
        return Line(_("None known")) if page.runs else None
    text = ngettext("%(n)s proceeding", "%(n)s proceedings", figures["all"])
    due = figures["next"]
    if due and due < deadlines.today():
        return Line(text % {"n": figures["all"]}, due, "late", _("Check is due"))
    return Line(text % {"n": figures["all"]}, due)


PROCEEDINGS = Room(
    name="proceedings",
    label=_("Other proceedings"),
    url="desk:proceedings",
    rows=lambda user: ParallelProceeding.objects.all(),
    figures={"all": Count("pk"), "next": Min("next_check_on")},
    line=_line,
)


class Proceedings(CaseView):
    """What is known of each, how far it overlaps, and every check."""

    parts = (*CaseView.parts, "issues")

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        rows = list(
            ParallelProceeding.objects.filter(case=self.case)
            .prefetch_related("overlaps__issue", "checks__by", "pauses")
            .order_by("pk")
        )
        for row in rows:
            row.case = self.case
            for issue in row.overlaps.all():
                issue.issue.case = self.case
            for check in row.checks.all():
                check.proceeding = row
        runs = permissions.may_run_procedure(self.case, request.user)
        context = {
            "case": self.case,
            "rows": rows,
            "today": deadlines.today(),
            "may_change": runs and self.case.state in OPEN_STATES,
            "may_pause": runs and not has(self.case, "pauses", until=None),
        }
        return render(request, "desk/proceedings.html", context)


class _OnProceedings(OfficerView):
    states = OPEN_STATES
    parts = (*OfficerView.parts, "issues")
    goes_to = "desk:proceedings"

    def check(self) -> None:
        super().check()
        self.item = None
        if "item" in self.kwargs:
            rows = ParallelProceeding.objects.prefetch_related("overlaps")
            self.item = get_object_or_404(rows, pk=self.kwargs["item"], case=self.case)
            self.item.case = self.case

    def context(self, form: Any) -> dict[str, Any]:
        return {"back": reverse("desk:proceedings", args=[self.case.pk])}


class Change(_OnProceedings):
    """Record a proceeding, or what was found out of one."""

    heading = _("Other proceeding")
    form_class = forms.ProceedingForm
    intro = _("Another proceeding is no reason by itself to refuse or to wait.")
    done = _("The proceeding is on record.")

    def form_arguments(self) -> dict[str, Any]:
        return {"item": self.item, "issues": list(self.case.issues.all())}

    def perform(self, form: Any) -> None:
        proceedings.save(
            self.case,
            self.item,
            form.facts,
            next_check_on=form.cleaned_data["next_check_on"],
            by=self.request.user,
            version=form.version,
        )


class Check(_OnProceedings):
    heading = _("How does the other proceeding stand?")
    form_class = forms.CheckForm
    button = _("Record the check")
    done = _("The check is on record.")

    def perform(self, form: Any) -> None:
        proceedings.check(
            self.item,
            finding=form.cleaned_data["finding"],
            stage=form.cleaned_data["stage"],
            next_check_on=form.cleaned_data["next_check_on"],
            by=self.request.user,
            version=form.version,
        )


class Pause(_OnProceedings):
    heading = _("Pause the clock because of this proceeding")
    form_class = forms.PauseForProceedingForm
    intro = _("Both sides read that the clock stands because of another proceeding.")
    warning = _("The next check goes on running: you are reminded of it.")
    button = _("Pause the clock")
    done = _("The clock of the case stands.")

    def perform(self, form: Any) -> None:
        proceedings.pause_for(
            self.item,
            note=form.cleaned_data["note"],
            by=self.request.user,
            version=form.version,
        )
