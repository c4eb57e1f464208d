"""The notices of whoever is signed in."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import sign_in_required
from notifications import inbox as notices
from notifications.models import Delivery


@sign_in_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    mine = Delivery.objects.visible_to(request.user)
    before = _before(request.GET.get("before", ""), mine)
    shown, older = notices.notices(mine, before=before)
    return render(
        request,
        "notifications/inbox.html",
        {
            "notices": shown,
            "older": older,
            "is_first": before is None,
            "has_unread": mine.unread().exists(),
        },
    )


def _before(text: str, rows):
    """Return the notice that a page ends before; anything else means the first page."""
    try:
        return rows.filter(pk=uuid.UUID(text)).first()
    except ValueError:
        return None


@sign_in_required
@require_POST
def open_notice(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    notice = get_object_or_404(
        Delivery.objects.visible_to(request.user).select_related("message"), pk=pk
    )
    Delivery.objects.filter(pk=notice.pk).unread().update(read_at=timezone.now())
    return redirect(notices.address_of(notice))


@sign_in_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    Delivery.objects.filter(user=request.user, channel="inbox").unread().update(
        read_at=timezone.now()
    )
    messages.success(request, _("All notices are marked as read."))
    return redirect("notifications:inbox")
