"""Where a second person confirms what an administrator proposed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.errors import AccountsError, NeedsSecondPerson
from accounts.guards import role_required
from accounts.models import Proposal, RoleChange, SecondFactorReset
from accounts.permissions import CONFIRMING_ROLES, may_decide, may_withdraw

LIMIT = 100


@role_required(*CONFIRMING_ROLES)
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    waiting = [
        *RoleChange.objects.waiting().with_people()[:LIMIT],
        *SecondFactorReset.objects.waiting().with_people()[:LIMIT],
    ]
    decided = [
        *RoleChange.objects.decided().with_people()[:LIMIT],
        *SecondFactorReset.objects.decided().with_people()[:LIMIT],
    ]
    return render(
        request,
        "accounts/proposals.html",
        {
            "waiting": sorted(waiting, key=lambda row: row.proposed_at),
            "decided": sorted(decided, key=lambda row: row.decided_at, reverse=True)[:LIMIT],
        },
    )


@role_required(*CONFIRMING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, pk: str) -> HttpResponse:
    """Show one proposal; POST `action` confirms, declines or withdraws it."""
    row = _find(pk)
    refusal = ""
    if request.method == "POST":
        try:
            done = _act(request, row)
        except NeedsSecondPerson as error:
            raise PermissionDenied(str(error)) from error
        except AccountsError as error:
            refusal = str(error)
            row = _find(pk)
        else:
            messages.success(request, done)
            return redirect("accounts:proposals")
    is_waiting = type(row).objects.waiting().filter(pk=row.pk).exists()
    return render(
        request,
        "accounts/proposal.html",
        {
            "proposal": row,
            "refusal": refusal,
            "is_waiting": is_waiting,
            "may_decide": is_waiting and may_decide(request.user, proposal=row),
            "may_withdraw": is_waiting and may_withdraw(request.user, proposal=row),
        },
        status=409 if refusal else 200,
    )


def _act(request: HttpRequest, row: Proposal) -> object:
    match request.POST.get("action"):
        case "confirm" if isinstance(row, RoleChange):
            services.confirm_role_change(row, by=request.user)
            return _("Confirmed. It holds from now on.")
        case "confirm":
            services.confirm_factor_reset(row, by=request.user)
            return _("Confirmed. The person gets a link by e-mail.")
        case "decline":
            services.decline(row, by=request.user)
            return _("Declined. Nothing was changed.")
        case "withdraw":
            services.withdraw(row, by=request.user)
            return _("Withdrawn. Nothing was changed.")
    raise Http404


def _find(pk: str) -> Proposal:
    for model in (RoleChange, SecondFactorReset):
        row = model.objects.with_people().filter(pk=pk).first()
        if row is not None:
            return row
    raise Http404
