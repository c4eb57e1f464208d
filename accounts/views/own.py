"""One's own account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.forms.own import ProfileForm
from accounts.guards import sign_in_required
from accounts.language import keep_language
from accounts.models import RoleAssignment
from accounts.permissions import (
    may_confirm_proposals,
    may_hold_tokens,
    may_manage_people,
)
from accounts.second_factor import has_authenticator


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
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End every session of mine but this one."""
    services.end_sessions(request.user)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("accounts:profile")
