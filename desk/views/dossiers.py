"""The file of a case: as a page to print, and as one PDF for a reader."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.waking import wake
from cases import dossier as loading
from cases import permissions
from cases.disclosure import Audience, audience_of
from cases.errors import Incomplete, WrongState
from cases.models import Dossier
from cases.models.dossier import DossierAudience
from cases.services import dossiers as service
from desk import dossiers
from desk.forms.dossiers import DossierForm
from desk.page import CasePage
from desk.rooms import Figures, Line, Room
from desk.tasks import make_dossier
from desk.views.base import CaseView, OfficerView
from documents import downloads, vault
from documents import services as files
from sealing.models import Erased


class Dossiers(CaseView):
    """The files that were made, and a new one."""

    parts = ("participations", "conflicts")

    def check(self) -> list[DossierAudience]:
        self.require_reader()
        return service.audiences(self.case, self.request.user)

    def get(self, request: HttpRequest) -> HttpResponse:
        allowed = self.check()
        form = DossierForm(audiences=allowed, initial={"language": get_language()})
        return self.page(form if allowed else None, allowed)

    def post(self, request: HttpRequest) -> HttpResponse:
        allowed = self.check()
        if not allowed:
            raise PermissionDenied
        form = DossierForm(request.POST, audiences=allowed)
        if not form.is_valid():
            return self.page(form, allowed)
        made = service.ask(self.case, by=request.user, **form.cleaned_data)
        (case,) = loading.load([self.case], parts=("documents",))
        if dossiers.is_quick(case):
            dossiers.make(made)
            messages.success(request, _("The file is made."))
        else:
            transaction.on_commit(partial(wake, make_dossier, str(made.pk)))
            messages.success(request, _("The file is being made. Open this page again soon."))
        return redirect("desk:dossiers", self.case.pk)

    def page(self, form: DossierForm | None, allowed: list[DossierAudience]) -> HttpResponse:
        rows = Dossier.objects.filter(case=self.case).select_related("asked_by", "document")
        runs = permissions.may_run_procedure(self.case, self.request.user)
        shown = list(rows[:100])
        for row in shown:
            row.case = self.case
            row.may_read = row.audience in allowed
            row.may_serve = bool(
                runs and row.may_read and row.side and row.made_at and not row.served_as_id
            )
        context = {"case": self.case, "form": form, "rows": shown}
        return render(self.request, "desk/dossiers.html", context)


def _visible(view: CaseView, pk: Any) -> Dossier:
    found = get_object_or_404(Dossier.objects.select_related("document"), pk=pk, case=view.case)
    found.case = view.case
    return found


class DossierFile(CaseView):
    """The PDF, for whoever may read what its audience reads. Taking it is on record."""

    parts = ("participations", "conflicts")

    def get(self, request: HttpRequest, item: Any) -> HttpResponse:
        self.require_reader()
        found = _visible(self, item)
        if found.audience not in service.audiences(self.case, request.user):
            raise PermissionDenied
        if found.document is None:
            raise WrongState(_("The file is not made yet."))
        try:
            response = downloads.clean_response(request, found.document, file_name="case-file.pdf")
        except (files.NotReady, FileNotFoundError, vault.Tampered, Erased):
            raise Incomplete(_("The file cannot be opened any more.")) from None
        service.record_reading(found, by=request.user)
        return response


class ServeDossier(OfficerView):
    """Give a side the file that was made for it."""

    heading = _("Give the file to the side")
    intro = _("It stands among the documents of that side, and the side is told.")
    button = _("Give it")
    done = _("The side has the file. It is on the disclosure record.")

    def check(self) -> None:
        super().check()
        self.item = _visible(self, self.kwargs["item"])
        if not self.item.side:
            raise Http404
        if self.item.audience not in service.audiences(self.case, self.request.user):
            raise PermissionDenied

    def title(self) -> Any:
        return _("Give the file to: %(side)s") % {"side": self.item.get_audience_display()}

    def perform(self, form: Any) -> None:
        service.serve(self.item, by=self.request.user, version=form.version)


class Print(CaseView):
    """The whole case on one page to print, as this person reads it."""

    parts = loading.EVERYTHING

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        to: Audience = audience_of(self.case, request.user)
        context = {
            "case": self.case,
            "file": dossiers.contents(
                self.case, to, language=get_language() or "en", with_digests=False
            ),
        }
        return render(request, "desk/print.html", context)


def _line(page: CasePage, figures: Figures) -> Line:
    if not figures["made"]:
        return Line(_("None made yet"))
    text = ngettext("%(n)s made, the last on", "%(n)s made, the last on", figures["made"])
    return Line(text % {"n": figures["made"]}, on=figures["last"])


DOSSIERS = Room(
    name="dossiers",
    label=_("File of the case as PDF"),
    url="desk:dossiers",
    rows=lambda user: Dossier.objects.all(),
    figures={
        "made": Count("pk", filter=Q(made_at__isnull=False)),
        "last": Max("made_at"),
    },
    line=_line,
)
