"""The page of an expert with an account: the question, the copies, the answer, and no case."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from accounts.guards import role_required
from accounts.roles import Role
from cases.disclosure import Audience, disclosed_parties
from cases.models import Consultation
from cases.services import consultations, correspondence, deadlines
from desk.forms import consultations as forms
from documents import downloads, services, vault
from sealing.models import Erased


@role_required(Role.EXPERT)
def asked(request: HttpRequest) -> HttpResponse:
    """What an expert is asked: the questions alone, no case."""
    rows = Consultation.objects.asked_of(request.user).select_related("deadline", "case")
    context = {"rows": list(rows.order_by("asked_at")), "today": deadlines.today()}
    return render(request, "desk/asked.html", context)


def _asked_one(request: HttpRequest, item: Any) -> Consultation:
    rows = Consultation.objects.asked_of(request.user).select_related("case", "deadline")
    return get_object_or_404(rows, pk=item)


@role_required(Role.EXPERT)
def asked_one(request: HttpRequest, item: Any) -> HttpResponse:
    """One question: first the declaration, then what is asked and given, then the answer."""
    found = _asked_one(request, item)
    form_class = forms.AnswerForm if found.declared_at else forms.DeclareForm
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if found.declared_at:
                consultations.answer(found, text=form.cleaned_data["text"], by=request.user)
                messages.success(request, _("Your answer is with the office. Thank you."))
                return redirect("desk:asked_one", found.pk)
            has_conflict = form.cleaned_data["has_conflict"] == "yes"
            consultations.declare(
                found,
                has_conflict=has_conflict,
                explanation=form.cleaned_data["explanation"],
                by=request.user,
            )
            if has_conflict:
                messages.success(request, _("Thank you. The office asks somebody else."))
                return redirect("desk:asked")
            return redirect("desk:asked_one", found.pk)
        except ValidationError as error:
            form.add_error(None, error)
    if found.declared_at:
        consultations.note_opened(found, by=request.user)
    context = {
        "item": found,
        "form": form,
        "names": _names(found),
        "material": consultations.still_given(found) if found.declared_at else (),
    }
    return render(request, "desk/asked_one.html", context)


def _names(item: Consultation) -> list[str]:
    """Return the parties whose names everybody may know: what a declaration is about."""
    return [party.name for party in disclosed_parties(item.case, Audience.PUBLIC)]


@role_required(Role.EXPERT)
def asked_document(request: HttpRequest, item: Any, document: Any) -> HttpResponse:
    """The exact copy that an expert was given, while the question is open."""
    found = _asked_one(request, item)
    if found.declared_at is None:
        raise PermissionDenied(_("First declare that you have no conflict of interest."))
    row = get_object_or_404(consultations.still_given(found), pk=document)
    try:
        response = downloads.clean_response(request, row.copy)
    except (services.NotReady, FileNotFoundError, vault.Tampered, Erased):
        raise Http404 from None
    row.case_document.case = found.case
    correspondence.record_download(row.case_document, by=request.user)
    return response
