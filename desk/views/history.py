"""The history of a case with what changed, the file as it stood on a day, and extracts."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import permissions, readings
from cases.errors import Conflict
from cases.models import Erasure, Participation
from cases.models.audit import ReadKind
from cases.models.party import Side
from cases.services import extract
from cases.services import replay as replaying
from desk import history
from desk.forms.record import ExtractForm, HistoryFilter, ReplayForm
from desk.views.base import CaseView

RECORD = ("participations", "conflicts")


class History(CaseView):
    """Everything that happened, with filters, page by page."""

    parts = RECORD

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        readings.note(self.case, request.user, ReadKind.HISTORY)
        form, page = filtered_page(request, self.case, self.audience)
        context = {
            "case": self.case,
            "form": form,
            "page": page,
            "is_filtered": form.is_bound,
            "older": older_address(request, page),
            "tombstone": Erasure.objects.filter(
                case=self.case, principal=None, confirmed_at__isnull=False
            ).first(),
        }
        return render(request, "desk/history.html", context)


def filtered_page(request: HttpRequest, case: Any, audience: Any, **how: Any) -> Any:
    """Return the filter form and the page of the history that it asks for."""
    page = history.read(case, audience, history.Filters(), **how)
    form = HistoryFilter(request.GET or None, kinds=page.kinds, people=page.people)
    if form.is_bound and form.is_valid():
        page = history.read(case, audience, history.Filters(**form.cleaned_data), **how)
    return form, page


def file_response(made: extract.Extract, kind: str) -> HttpResponse:
    """Return an extract as a file to be saved; its name says nothing of the case."""
    if kind == "json":
        response = HttpResponse(made.as_json(), content_type="application/json")
    else:
        response = HttpResponse(made.as_pdf(), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{made.file_name(kind)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def older_address(request: HttpRequest, page: Any) -> str:
    if page.older is None:
        return ""
    query = request.GET.copy()
    query["before"] = str(page.older)
    return f"?{query.urlencode()}"


class Replay(CaseView):
    """The file as it stood on a day, as one person could read it."""

    parts = RECORD

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        people = list(replaying.deciders(self.case))
        sides = Participation.objects.filter(case=self.case).exclude(side="")
        named = {user: str(Side(side).label) for user, side in sides.values_list("user", "side")}
        form = ReplayForm(request.GET or None, people=people, sides=named)
        context: dict[str, Any] = {
            "case": self.case,
            "form": form,
            "limits": replaying.LIMITS,
            "today": timezone.localdate(),
        }
        if form.is_bound and form.is_valid():
            chosen = form.cleaned_data["person"]
            person = next((user for user in people if str(user.pk) == chosen), None)
            readings.note(self.case, request.user, ReadKind.REPLAY)
            try:
                context["shown"] = replaying.replay(
                    self.case,
                    replaying.end_of(form.cleaned_data["at"]),
                    person=person,
                    reader=self.audience,
                )
            except Conflict as error:
                form.add_error("at", str(error.message))
        return render(request, "desk/replay.html", context)


class Extract(CaseView):
    """An extract of the history that one side may receive, made at the desk for it."""

    parts = ("participations", "conflicts")

    def check(self) -> None:
        if not permissions.may_run_procedure(self.case, self.request.user):
            raise PermissionDenied(_("Whoever runs the procedure makes extracts."))

    def get(self, request: HttpRequest) -> HttpResponse:
        self.check()
        return self.page(self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        self.check()
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form)
        made = extract.make(self.case, side=form.cleaned_data["side"], by=request.user)
        return file_response(made, form.cleaned_data["kind"])

    def form(self, *args: Any) -> ExtractForm:
        sides = [(Side.COMPLAINANT.value, Side.COMPLAINANT.label)]
        if self.case.is_served:
            sides.append((Side.RESPONDENT.value, Side.RESPONDENT.label))
        return ExtractForm(*args, sides=sides)

    def page(self, form: ExtractForm) -> HttpResponse:
        return render(self.request, "desk/extract.html", {"case": self.case, "form": form})
