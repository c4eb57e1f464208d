"""Personal tokens: made by somebody who just proved who they are, shown once, revoked."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.forms.own import TokenForm
from accounts.forms.people import end_of_day
from accounts.guards import sign_in_required
from accounts.models import PersonalToken, User
from accounts.permissions import may_hold_tokens

LIMIT = 50


def _owner(request: HttpRequest) -> User:
    if not may_hold_tokens(request.user):
        raise Http404
    return request.user


@sign_in_required
@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    mine = PersonalToken.objects.filter(user=_owner(request)).order_by("-created_at")
    return render(request, "accounts/tokens.html", {"tokens": mine.with_standing()[:LIMIT]})


@sign_in_required
@reauthentication_required(app="allauth.account")
@require_http_methods(["GET", "HEAD", "POST"])
def create_token(request: HttpRequest) -> HttpResponse:
    """Make a token. The answer to the POST shows it; it is stored nowhere else."""
    owner = _owner(request)
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token, secret = services.create_token(
            owner,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=end_of_day(form.cleaned_data["expires_on"]),
        )
        return render(request, "accounts/token_made.html", {"token": token, "secret": secret})
    return render(request, "accounts/token_form.html", {"form": form})


@sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_token(request: HttpRequest, pk: str) -> HttpResponse:
    mine = PersonalToken.objects.filter(user=_owner(request)).valid()
    token = get_object_or_404(mine, pk=pk)
    if request.method == "POST":
        services.revoke_token(token)
        messages.success(request, _("The token is revoked."))
        return redirect("accounts:tokens")
    return render(request, "accounts/token_revoke.html", {"token": token})
