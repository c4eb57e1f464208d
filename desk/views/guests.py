"""Home and pages of people of supporting NCPs: the shared cases, and nothing else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import role_required
from accounts.roles import Role
from cases import dossier, readings
from cases.disclosure import Audience, audience_of, disclosed
from cases.errors import WrongState
from cases.models import NcpComment, NcpRelease, NcpShare
from cases.models.audit import ReadKind
from cases.search.masking import mask_of
from cases.services import sharing
from desk import guests
from desk.forms.coordination import CommentForm
from documents import downloads
from documents.services import NotReady

PARTS = (
    "parties", "participations", "representations", "conflicts", "issues", "issues.provisions",
    "deadlines", "deadlines.extensions", "pauses", "events", "replies", "decisions",
    "decisions.on_issues",
)  # fmt: skip


@role_required(Role.PARTNER_NCP)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The cases shared with the NCP of this person, the newest share first."""
    rows = NcpShare.objects.visible_to(request.user).select_related("case").defer("purpose")
    shares = list(rows.order_by("-since", "pk")[:200])
    return render(request, "desk/coordination_shared.html", {"shares": shares})


def _share(request: HttpRequest, pk: Any) -> NcpShare:
    """Return the share by which a person reads a case as another NCP. Raises Http404."""
    rows = NcpShare.objects.visible_to(request.user).filter(case=pk)
    share = get_object_or_404(rows.select_related("case"))
    if audience_of(share.case, request.user) != Audience.PARTNER:
        raise Http404  # as a party they read it at the portal
    return share


@role_required(Role.PARTNER_NCP)
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, pk: Any) -> HttpResponse:
    """One shared case as it is disclosed to this NCP; the own comments are written here."""
    share = _share(request, pk)
    form = CommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sharing.comment(share, text=form.cleaned_data["text"], by=request.user)
        except ValidationError as error:
            form.add_error("text", error)
        else:
            messages.success(request, _("Your comment is sent."))
            return redirect("desk:shared_case", pk)
    (loaded,) = dossier.load([share.case], parts=PARTS)
    readings.note(loaded, request.user, ReadKind.CASE)
    comments = list(NcpComment.objects.filter(share=share).select_related("written_by"))
    for comment in comments:
        comment.share = share
    context = {
        "case": loaded,
        "share": share,
        "shown": guests.masked(disclosed(loaded, to=Audience.PARTNER), mask_of(loaded)),
        "documents": guests.released(share),
        "comments": comments,
        "form": form,
    }
    return render(request, "desk/coordination_shared_case.html", context)


@role_required(Role.PARTNER_NCP)
@require_safe
def document(request: HttpRequest, pk: Any, item: Any) -> HttpResponseBase:
    """A released copy, while it is released."""
    share = _share(request, pk)
    rows = NcpRelease.objects.select_related("case_document", "copy", "share__case")
    given = get_object_or_404(rows, pk=item, share=share)
    if not given.is_open:
        raise Http404
    try:
        response = downloads.clean_response(request, given.copy)
    except (NotReady, FileNotFoundError):
        raise WrongState(_("The file is still being checked, or was refused.")) from None
    if request.method != "HEAD":
        sharing.record_read(given, by=request.user)
    return response
