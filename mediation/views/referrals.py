"""The coordinator's pages: a referral with disclosed names, the answer, the appointment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import role_required
from accounts.models import User
from accounts.roles import Role
from cases import dossier
from cases.disclosure import Audience, disclosed
from cases.models import Case
from mediation import actions, services
from mediation.forms import AppointForm, ReasonForm, VersionForm
from mediation.models import BodyMember, Referral
from mediation.views.base import Page, ask

coordinators_only = role_required(Role.COORDINATOR)
METHODS = ["GET", "HEAD", "POST"]
COORDINATOR_PARTS = (
    "parties", "representations", "participations", "conflicts", "pauses", "replies", "events",
)  # fmt: skip


def _referral(request: HttpRequest, pk: UUID) -> Referral:
    rows = Referral.objects.sent_to_bodies_of(request.user).select_related("case", "body", "result")
    return get_object_or_404(rows, pk=pk)


def _version(referral: Referral) -> int:
    return Referral.objects.values_list("row_version", flat=True).get(pk=referral.pk)


@coordinators_only
@require_safe
def referral(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _referral(request, pk)
    # The names are shown while the body works on the case, and not a day longer.
    is_visible = (
        row.is_live and Case.objects.visible_to(request.user).filter(pk=row.case_id).exists()
    )
    shown = None
    if is_visible:
        dossier.load([row.case], parts=COORDINATOR_PARTS)
        shown = disclosed(row.case, to=Audience.COORDINATOR)
    appointed = list(
        row.appointments.filter(released_at=None).select_related("mediator").order_by("pk")
    )
    open_actions = actions.for_coordinator(row, appointed)
    return render(
        request,
        "mediation/referral.html",
        {
            "referral": row,
            "case": shown,
            "issue_count": row.issues.count(),
            "note": row.note if is_visible else "",
            "actions": [
                (action, reverse(f"mediation:{action.name}", args=[row.pk]))
                for action in open_actions
            ],
            "appointments": appointed,
            "may_release": any(action.name == "appoint" for action in open_actions),
            "consents": row.consents.filter(superseded_at=None).order_by("side"),
            "session_count": row.sessions.count(),
            "result": getattr(row, "result", None),
        },
    )


def _back(referral: Referral) -> str:
    return reverse("mediation:referral", args=[referral.pk])


@coordinators_only
@require_http_methods(METHODS)
def accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _referral(request, pk)
    page = Page(
        title=_("Accept the case"),
        lead=_("Your body takes the case and appoints a mediator from its own people."),
        button=_("Accept the case"),
        back=_back(row),
        done=_("Accepted. Now appoint a mediator."),
    )
    return ask(
        request,
        page,
        lambda *sent: VersionForm(*sent[:1], version=row.row_version),
        lambda form: services.accept_referral(
            row, by=request.user, version=form.cleaned_data["version"]
        ),
        version=lambda: _version(row),
    )


@coordinators_only
@require_http_methods(METHODS)
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _referral(request, pk)
    page = Page(
        title=_("Decline the case"),
        warning=_("The office is told. You see nothing of the case any more."),
        button=_("Decline the case"),
        back=_back(row),
        done=_("Declined."),
        is_grave=True,
    )
    return ask(
        request,
        page,
        lambda *sent: ReasonForm(*sent[:1], version=row.row_version),
        lambda form: services.decline_referral(
            row,
            by=request.user,
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
        ),
        version=lambda: _version(row),
    )


@coordinators_only
@require_http_methods(METHODS)
def appoint(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _referral(request, pk)
    members = BodyMember.objects.mediators().filter(body=row.body_id).values("user")
    taken = row.appointments.filter(released_at=None).values("mediator")
    people = (
        User.objects.holding(Role.MEDIATOR)
        .filter(pk__in=members)
        .exclude(pk__in=taken)
        .select_related("mediator_profile")
        .order_by("name", "pk")
    )
    page = Page(
        title=_("Appoint a mediator"),
        lead=_(
            "The mediator first declares on conflicts of interest. Then both sides are asked "
            "whether they agree."
        ),
        button=_("Appoint"),
        back=_back(row),
        done=_("Appointed. The mediator is told."),
    )

    def make(*sent: Any) -> AppointForm:
        return AppointForm(*sent[:1], version=row.row_version, people=people)

    def act(form: AppointForm) -> object:
        return services.appoint_mediator(
            row,
            form.cleaned_data["mediator"],
            by=request.user,
            version=form.cleaned_data["version"],
        )

    return ask(request, page, make, act, version=lambda: _version(row), nobody=not people.exists())


@coordinators_only
@require_http_methods(METHODS)
def release(request: HttpRequest, pk: UUID, appointment: int | UUID) -> HttpResponse:
    row = _referral(request, pk)
    held = row.appointments.filter(pk=appointment, released_at=None).first()
    if held is None:
        raise Http404
    page = Page(
        title=_("Take the appointment back"),
        warning=_("The mediator sees nothing of the case any more. Appoint another one then."),
        button=_("Take the appointment back"),
        back=_back(row),
        done=_("The mediator is out."),
        is_grave=True,
    )
    return ask(
        request,
        page,
        lambda *sent: VersionForm(*sent[:1], version=row.row_version),
        lambda form: services.release_mediator(
            held, by=request.user, version=form.cleaned_data["version"]
        ),
        version=lambda: _version(row),
    )
