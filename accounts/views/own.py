"""One's own account."""

from datetime import timedelta

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services, throttle
from accounts.forms.own import AddressForm, ProfileForm
from accounts.guards import sign_in_required
from accounts.language import keep_language
from accounts.models import RoleAssignment
from accounts.permissions import may_confirm_proposals, may_hold_tokens, may_manage_people
from accounts.second_factor import has_authenticator

ADDRESSES_AN_HOUR = 5


@sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = request.user
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return keep_language(redirect("accounts:profile"), user.language)
    return render(
        request,
        "accounts/profile.html",
        {
            "form": form,
            "assignments": RoleAssignment.objects.current().filter(user=user).order_by("since"),
            "has_password": user.has_usable_password(),
            "has_second_factor": bool(user.email) and has_authenticator(user),
            "may_hold_tokens": may_hold_tokens(user),
            "may_manage_people": may_manage_people(user),
            "may_confirm": may_confirm_proposals(user),
            "idle_minutes": settings.SESSION_IDLE_MINUTES,
            "absolute_hours": settings.SESSION_ABSOLUTE_HOURS,
        },
    )


@sign_in_required
@reauthentication_required(app="allauth.account")
@require_http_methods(["GET", "HEAD", "POST"])
def change_address(request: HttpRequest) -> HttpResponse:
    """Take a new address; the answer is the same whether somebody has it or not."""
    if not request.user.email:
        raise Http404
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tries = throttle.add("new-address", str(request.user.pk), every=timedelta(hours=1))
        if tries <= ADDRESSES_AN_HOUR:
            services.ask_for_address(request.user, form.cleaned_data["email"])
            messages.success(
                request, _("Open the link in the mailbox of the new address within one hour.")
            )
            return redirect("accounts:profile")
        form.add_error(None, _("Too many tries. Wait an hour and try again."))
    return render(request, "accounts/change_address.html", {"form": form})


@sign_in_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End every session of mine but this one."""
    services.end_sessions(request.user)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("accounts:profile")
