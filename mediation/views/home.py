"""Where coordinators and mediators begin: what was sent to the body, what they mediate."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import role_required, sign_in_required
from accounts.roles import Role
from mediation.forms import ProfileForm
from mediation.models import BodyMember, Mediator, Referral
from mediation.services import save_mediator
from mediation.views.base import Page, ask

PAGE = 25


def mediation_area(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in mediators, coordinators, and people of the NCP who mediate; others find nothing."""

    @sign_in_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if (
            not user.has_role(Role.MEDIATOR, Role.COORDINATOR)
            and not Referral.objects.mediated_by(user).exists()
        ):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@mediation_area
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    user = request.user
    sent, older = _page(request, Referral.objects.sent_to_bodies_of(user))
    mediated = Referral.objects.mediated_by(user).select_related("case", "body")
    return render(
        request,
        "mediation/home.html",
        {
            "coordinates": user.has_role(Role.COORDINATOR),
            "mediates": user.has_role(Role.MEDIATOR) or not user.has_role(Role.COORDINATOR),
            "has_profile": user.has_role(Role.MEDIATOR),
            "bodies": [
                row.body.name
                for row in BodyMember.objects.current()
                .filter(user=user)
                .select_related("body")
                .order_by("body__name")
                .distinct("body__name")
            ],
            "sent": sent,
            "older": older,
            "is_first": "before" not in request.GET,
            "mediated": mediated.order_by("-proposed_at", "-pk")[:100],
        },
    )


def _page(request: HttpRequest, rows: Any) -> tuple[list[Referral], str]:
    """Return a page of referrals, the newest first, and where the older ones begin."""
    try:
        last = rows.filter(pk=uuid.UUID(request.GET.get("before", ""))).first()
    except ValueError:
        last = None
    if last:
        rows = rows.filter(proposed_at__lte=last.proposed_at).exclude(
            proposed_at=last.proposed_at, pk__gte=last.pk
        )
    page = list(rows.select_related("case", "body").order_by("-proposed_at", "-pk")[: PAGE + 1])
    return page[:PAGE], str(page[PAGE - 1].pk) if len(page) > PAGE else ""


@role_required(Role.MEDIATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = request.user
    held = Mediator.objects.filter(user=user).first()
    page = Page(
        title=_("About me as a mediator"),
        lead=_("Coordinators read this before they appoint somebody."),
        button=_("Save"),
        back=reverse("mediation:home"),
        done=_("Saved."),
    )
    return ask(
        request,
        page,
        lambda data=None, files=None: ProfileForm(data, instance=held or Mediator(user=user)),
        lambda form: save_mediator(user, by=user, **form.cleaned_data),
    )
