"""A recording is written down by an officer and confirmed by whoever sent it."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guards import role_required
from accounts.roles import Role
from cases import permissions
from cases.errors import Incomplete
from cases.models import Case
from cases.models.party import Side
from intake import write_up
from intake.answers import Answers
from intake.models import Draft
from intake.steps import Step
from intake.views.access import hold, page


@role_required(Role.OFFICER)
@require_POST
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An officer begins to write down the recording of a case."""
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=pk)
    runs = permissions.may_run_procedure(case, request.user)
    if not runs or not permissions.may_see_identity(case, request.user):
        raise PermissionDenied(_("Only the officers named on the case hear the recording."))
    sent = write_up.told_in(case)
    if sent is None:
        raise Http404
    draft = write_up.begin(case, sent, by=request.user)
    hold(request, draft)
    return redirect("intake:step", "acting")


def hand_in(request: HttpRequest, draft: Draft, answers: Answers, found: Step) -> HttpResponse:
    """The last page of a write-up: it goes to whoever told it."""
    if request.method == "POST":
        try:
            case = write_up.hand_in(
                draft, language=get_language() or settings.LANGUAGE_CODE, by=request.user
            )
        except Incomplete as error:
            messages.warning(request, error.message)
            return redirect("intake:step", "check")
        messages.success(request, _("Sent to whoever told it. It counts once it is confirmed."))
        return redirect("desk:case", case.pk)
    return render(request, "intake/hand_in.html", page(draft, answers, found))


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whoever sent the recording reads what was written down and says that it is right."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("portal:sign_in"))
    case = get_object_or_404(Case.objects.of_party(request.user), pk=pk)
    is_own = permissions.is_party_member(case, request.user, side=Side.COMPLAINANT)
    if request.user.roles or not is_own or write_up.told_in(case) is None:
        raise Http404
    row = write_up.latest(case)
    if request.method == "POST" and row:
        if request.POST.get("write_up") != str(row.pk):
            raise write_up.Overtaken(_("The office wrote it down anew. Read it again."))
        write_up.confirm(case, row, by=request.user)
        messages.success(request, _("Thank you. The office goes on with what you confirmed."))
        return redirect("portal:case", case.pk)
    data = write_up.read(row) if row else None
    return render(request, "intake/confirm.html", {"case": case, "row": row, "data": data})
