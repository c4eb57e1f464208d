"""The enterprise's way in: its letter, and who proves that they act for it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from cases import permissions
from cases.errors import WrongState
from cases.models import Authority
from cases.models.party import Side
from cases.services import authority
from desk import letters
from desk.forms.authority import AuthorityForm, LetterForm
from desk.views.base import CaseView, OfficerView
from documents import downloads
from documents.services import NotReady


class _OnePerson(OfficerView):
    def check(self) -> None:
        super().check()
        rows = Authority.objects.select_related("participation")
        self.item = get_object_or_404(rows, pk=self.kwargs["item"], participation__case=self.case)
        self.item.participation.case = self.case


class Decide(_OnePerson):
    """Somebody says for whom they act: confirm it, or say what is missing."""

    heading = _("Proof of authority")
    template_name = "desk/authority.html"
    form_class = AuthorityForm
    button = _("Decide")
    done = _("Decided. The person sees it at the next sign-in.")

    def check(self) -> None:
        super().check()
        if self.item.decided_at:
            raise WrongState(_("This was decided already."))

    def context(self, form: Any) -> dict[str, Any]:
        return {"item": self.item, "files": list(self.item.documents.all())}

    def perform(self, form: Any) -> None:
        if form.cleaned_data["decision"] == "yes":
            authority.confirm(self.item, by=self.request.user, version=form.version)
        else:
            authority.ask_again(
                self.item,
                reason=form.cleaned_data["reason"],
                by=self.request.user,
                version=form.version,
            )


class Proof(_OnePerson):
    """A paper that proves authority, as its checked copy."""

    def get(self, request: HttpRequest, document: Any, **kwargs: Any) -> HttpResponse:
        self.check()
        found = get_object_or_404(self.item.documents, pk=document)
        try:
            return downloads.clean_response(request, found)
        except (NotReady, FileNotFoundError):
            raise WrongState(_("The file is still being checked, or was refused.")) from None

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        raise Http404


class RecordLetter(OfficerView):
    heading = _("Record that the letter was sent")
    form_class = LetterForm
    button = _("Record")
    done = _("It is on record how and when the letter went.")
    parts = (*OfficerView.parts, "parties")

    def check(self) -> None:
        super().check()
        found = [row for row in self.case.parties.all() if row.pk == self.kwargs["item"]]
        if not found or found[0].side != Side.RESPONDENT:
            raise Http404
        if not self.case.is_served:
            raise WrongState(_("The enterprise was not told of the case yet."))
        self.party = found[0]

    def perform(self, form: Any) -> None:
        authority.record_letter(
            self.case,
            self.party,
            way=form.cleaned_data["way"],
            sent_on=form.cleaned_data["sent_on"],
            note=form.cleaned_data["note"],
            by=self.request.user,
            version=form.version,
        )


class LetterFile(CaseView):
    """The letters that were just made, as PDF: the page holds them sealed for ten minutes, and
    the code stands in no address, session or log."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if not permissions.may_run_procedure(self.case, request.user):
            raise PermissionDenied
        sealed = request.POST.get("sealed", "")
        data = letters.opened(sealed, case=self.case, by=request.user)
        if data is None:
            raise WrongState(
                _("The letter can be had within ten minutes, once. Give a new access code.")
            )
        response = HttpResponse(data, content_type="application/pdf")
        response["Content-Disposition"] = 'attachment; filename="letter.pdf"'
        response["Cache-Control"] = "no-store"
        return response
