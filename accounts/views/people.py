"""Administrators look after people who work here. Parties and cases are never seen here."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.errors import AccountsError
from accounts.forms.people import InvitationForm, ReasonForm, RoleForm, end_of_day
from accounts.guards import role_required
from accounts.models import RoleChange, RoleChangeKind, SecondFactorReset, User
from accounts.permissions import (
    may_deactivate,
    may_propose_factor_reset,
    may_propose_role_change,
    may_reactivate,
)
from accounts.roles import Role
from accounts.second_factor import has_authenticator

administrators_only = role_required(Role.ADMINISTRATOR)
PAGE = 50


@administrators_only
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List people by name, a page at a time, found by a part of name or address."""
    found = User.objects.staff().matching(request.GET.get("q", "")).with_role_names()
    page, after = found.page_after(request.GET.get("after", ""), size=PAGE)
    return render(
        request,
        "accounts/people.html",
        {
            "people": page,
            "after": after,
            "q": request.GET.get("q", ""),
            "is_first": not request.GET.get("after"),
            "waiting": RoleChange.objects.waiting().exists()
            or SecondFactorReset.objects.waiting().exists(),
        },
    )


@administrators_only
@require_safe
def person(request: HttpRequest, pk: str) -> HttpResponse:
    who = _person(pk)
    me = request.user
    return render(
        request,
        "accounts/person.html",
        {
            "person": who,
            "language": dict(settings.LANGUAGES).get(who.language, who.language),
            "assignments": who.role_assignments.current().order_by("since"),
            "past": who.role_assignments.past().order_by("-until")[:20],
            "role_changes": RoleChange.objects.waiting().filter(person=who),
            "factor_resets": SecondFactorReset.objects.waiting().filter(person=who),
            "has_arrived": who.has_usable_password(),
            "has_second_factor": has_authenticator(who),
            "may_propose_role": who.is_active
            and may_propose_role_change(me, person=who, kind=RoleChangeKind.GRANT),
            "may_propose_end": who.is_active
            and may_propose_role_change(me, person=who, kind=RoleChangeKind.END),
            "may_reset": who.is_active and may_propose_factor_reset(me, person=who),
            "may_invite_again": who.is_active and not who.has_usable_password(),
            "may_deactivate": may_deactivate(me, person=who),
            "may_reactivate": may_reactivate(me, person=who),
        },
    )


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None, initial={"language": request.LANGUAGE_CODE})

    def act(data: dict[str, Any]) -> User:
        return services.invite(
            data["email"],
            name=data["name"],
            role=data["role"],
            until=end_of_day(data["until"]),
            language=data["language"],
            reason=data["reason"],
            by=request.user,
        )

    invited = _acted(request, form, act)
    if invited is not None:
        messages.success(
            request,
            _("The invitation is on its way. The role waits for a second person to confirm it."),
        )
        return redirect("accounts:person", pk=invited.pk)
    return render(request, "accounts/invite.html", {"form": form}, status=_status(form))


@administrators_only
@require_POST
def invite_again(request: HttpRequest, pk: str) -> HttpResponse:
    who = _person(pk)
    try:
        services.send_invitation(who, by=request.user)
    except AccountsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("A new invitation is on its way; the one before ended."))
    return redirect("accounts:person", pk=who.pk)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def propose_role(request: HttpRequest, pk: str) -> HttpResponse:
    who = _person(pk)
    form = RoleForm(request.POST or None)

    def act(data: dict[str, Any]) -> RoleChange:
        return services.propose_role_change(
            who,
            kind=RoleChangeKind.GRANT,
            role=data["role"],
            until=end_of_day(data["until"]),
            reason=data["reason"],
            by=request.user,
        )

    return _propose(request, form, act, who, _("Propose a role"))


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def propose_end(request: HttpRequest, pk: str, role: str) -> HttpResponse:
    who = _person(pk)
    if role not in Role.values:
        raise Http404
    form = ReasonForm(request.POST or None)

    def act(data: dict[str, Any]) -> RoleChange:
        return services.propose_role_change(
            who, kind=RoleChangeKind.END, role=role, reason=data["reason"], by=request.user
        )

    return _propose(
        request, form, act, who, _("Propose to take a role away"), role=Role(role).label
    )


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def propose_factor_reset(request: HttpRequest, pk: str) -> HttpResponse:
    who = _person(pk)
    form = ReasonForm(request.POST or None)

    def act(data: dict[str, Any]) -> SecondFactorReset:
        return services.propose_factor_reset(who, reason=data["reason"], by=request.user)

    return _propose(
        request, form, act, who, _("Propose to take the second factor away"), reset=True
    )


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def deactivate(request: HttpRequest, pk: str) -> HttpResponse:
    return _switch(request, pk, services.deactivate, _("The account is closed."), closing=True)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def reactivate(request: HttpRequest, pk: str) -> HttpResponse:
    return _switch(
        request,
        pk,
        services.reactivate,
        _("The account is open again, without roles."),
        closing=False,
    )


def _person(pk: str) -> User:
    return get_object_or_404(User.objects.staff(), pk=pk)


def _acted(request: HttpRequest, form: Form, act: Callable[[dict[str, Any]], Any]) -> Any:
    """Do it with what a valid form holds; a refusal becomes an error of the form."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return act(form.cleaned_data)
    except AccountsError as error:
        form.add_error(None, str(error))
        form.was_refused = True
        return None


def _status(form: Form) -> int:
    return 409 if getattr(form, "was_refused", False) else 200


def _propose(
    request: HttpRequest,
    form: Form,
    act: Callable[[dict[str, Any]], Any],
    who: User,
    title: Any,
    **context: Any,
) -> HttpResponse:
    if _acted(request, form, act) is not None:
        messages.success(request, _("Proposed. A second person has to confirm it."))
        return redirect("accounts:person", pk=who.pk)
    return render(
        request,
        "accounts/propose.html",
        {"form": form, "person": who, "heading": title, **context},
        status=_status(form),
    )


def _switch(
    request: HttpRequest, pk: str, act: Callable[..., None], done: Any, *, closing: bool
) -> HttpResponse:
    who = _person(pk)
    refusal = ""
    if request.method == "POST":
        try:
            act(who, by=request.user)
        except AccountsError as error:
            refusal = str(error)
        else:
            messages.success(request, done)
            return redirect("accounts:person", pk=who.pk)
    return render(
        request,
        "accounts/switch.html",
        {"person": who, "closing": closing, "refusal": refusal},
        status=409 if refusal else 200,
    )
