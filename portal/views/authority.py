"""The notice, and who somebody of the enterprise is: all that is seen before it is confirmed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from cases.errors import Conflict
from cases.models import Authority, Participation
from cases.services import authority
from documents import services as files
from portal.access import party_only
from portal.forms.people import AuthorityForm
from portal.services import is_first


@require_http_methods(["GET", "HEAD", "POST"])
@party_only
def prove(request: HttpRequest, item: int) -> HttpResponse:
    """Show the notice and take the proof; no field of the case but its number and state is read."""
    rows = Participation.objects.awaiting_authority().filter(
        user=request.user, case__served_at__isnull=False
    )
    row = get_object_or_404(rows.select_related("case__data_key"), pk=item)
    stated = Authority.objects.filter(participation=row).first()
    if stated:
        stated.participation = row
    form = AuthorityForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                if is_first(data["token"], by=request.user):
                    papers = [
                        files.store(upload, by=request.user, data_key=row.case.data_key)
                        for upload in data["files"]
                    ]
                    authority.state(
                        row,
                        name=data["name"],
                        function=data["function"],
                        statement=data["statement"],
                        documents=papers,
                        by=request.user,
                    )
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as error:
            form.add_error(None, str(error.message))
            status = 409
        else:
            messages.success(request, _("An officer looks at what you sent. Sign in again later."))
            return redirect("portal:authority", row.pk)
    context = {
        "form": form,
        "reference": row.case.reference,
        "state_label": row.case.get_state_display(),
        "refusal": stated.refusal if stated and stated.decided_at else "",
        "waits": bool(stated and stated.decided_at is None),
    }
    return render(request, "portal/authority.html", context, status=status)
