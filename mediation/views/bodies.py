"""Administrators keep the bodies and their people. No case is named here."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import role_required
from accounts.roles import Role
from mediation import services
from mediation.forms import BodyForm, MemberForm, ProfileForm, VersionForm
from mediation.models import BodyMember, MediationBody, Mediator
from mediation.views.base import Page, ask

administrators_only = role_required(Role.ADMINISTRATOR)
METHODS = ["GET", "HEAD", "POST"]


@administrators_only
@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    here = Q(members__until=None)
    rows = MediationBody.objects.annotate(
        coordinators=Count("members", filter=here & Q(members__role="coordinator")),
        mediators=Count("members", filter=here & Q(members__role="mediator")),
    ).order_by("name")
    return render(request, "mediation/bodies.html", {"bodies": rows})


def _page_of(pk: UUID) -> str:
    return reverse("mediation:body", args=[pk])


@administrators_only
@require_http_methods(METHODS)
def add_body(request: HttpRequest) -> HttpResponse:
    page = Page(
        title=_("Add a mediation body"),
        button=_("Add"),
        back=reverse("mediation:bodies"),
        done=_("Added. Now name its coordinator and its mediators."),
    )
    return ask(
        request,
        page,
        lambda data=None, files=None: BodyForm(data),
        lambda form: services.save_body(form.instance, by=request.user),
    )


@administrators_only
@require_http_methods(METHODS)
def change_body(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(MediationBody, pk=pk)
    page = Page(title=_("Change the body"), button=_("Save"), back=_page_of(pk), done=_("Saved."))
    return ask(
        request,
        page,
        lambda data=None, files=None: BodyForm(data, instance=row),
        lambda form: services.save_body(
            form.instance, by=request.user, version=form.cleaned_data["version"] or 0
        ),
    )


@administrators_only
@require_safe
def body(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(MediationBody, pk=pk)
    members = (
        row.members.filter(until=None)
        .select_related("user__mediator_profile")
        .order_by("role", "user__name", "pk")
    )
    return render(request, "mediation/body.html", {"body": row, "members": members})


@administrators_only
@require_http_methods(METHODS)
def add_member(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(MediationBody, pk=pk)
    page = Page(
        title=_("Add somebody to the body"),
        lead=_("The person has been invited and holds the role already."),
        button=_("Add"),
        back=_page_of(pk),
        done=_("Added."),
    )
    return ask(
        request,
        page,
        lambda data=None, files=None: MemberForm(data),
        lambda form: services.add_member(
            row, form.cleaned_data["person"], role=form.cleaned_data["role"], by=request.user
        ),
    )


@administrators_only
@require_http_methods(METHODS)
def end_membership(request: HttpRequest, pk: UUID, member: int) -> HttpResponse:
    row = get_object_or_404(BodyMember.objects.filter(body=pk, until=None), pk=member)
    page = Page(
        title=_("Take somebody out of the body"),
        warning=_("A coordinator sees the referrals of the body no more."),
        button=_("Take out"),
        back=_page_of(pk),
        done=_("Done."),
        is_grave=True,
    )
    return ask(
        request,
        page,
        lambda *sent: VersionForm(*sent[:1], version=0),
        lambda form: services.end_membership(row, by=request.user),
    )


@administrators_only
@require_http_methods(METHODS)
def profile(request: HttpRequest, pk: UUID, member: int) -> HttpResponse:
    row = get_object_or_404(
        BodyMember.objects.filter(body=pk, until=None, role="mediator").select_related("user"),
        pk=member,
    )
    held = Mediator.objects.filter(user=row.user).first() or Mediator(user=row.user)
    page = Page(
        title=_("About the mediator"),
        lead=_("Coordinators read this before they appoint somebody."),
        button=_("Save"),
        back=_page_of(pk),
        done=_("Saved."),
    )
    return ask(
        request,
        page,
        lambda data=None, files=None: ProfileForm(data, instance=held),
        lambda form: services.save_mediator(row.user, by=request.user, **form.cleaned_data),
    )
