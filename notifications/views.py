"""The notices of whoever is signed in."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import role_required, sign_in_required
from cases.querysets import NCP_ROLES
from notifications import calendars
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
            "has_calendar": request.user.has_role(*NCP_ROLES),
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


@role_required(*NCP_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """One's own calendar: an address that other programs fetch, shown once when it is made."""
    address = ""
    if request.method == "POST":
        secret = calendars.make(request.user)
        path = reverse("notifications:calendar_feed", args=[secret])
        address = f"{settings.SITE_URL}{path}"
    context = {"address": address, "standing": calendars.address_of(request.user)}
    response = render(request, "notifications/calendar.html", context)
    response["Cache-Control"] = "no-store"
    return response


@role_required(*NCP_ROLES)
@require_POST
def end_calendar(request: HttpRequest) -> HttpResponse:
    calendars.end(request.user)
    messages.success(request, _("The address is ended. Nobody gets anything from it any more."))
    return redirect("notifications:calendar")


@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar at a secret address; one that was ended answers as if it never was."""
    user = calendars.whose(secret)
    if user is None:
        raise Http404
    with translation.override(user.language or settings.LANGUAGE_CODE):
        found = calendars.entries(user)
        name = _("Deadlines and meetings")
    data = calendars.as_ics(found, name=name, now=timezone.now())
    response = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
