"""The pages of allauth that this system needs, and no others, tightened where a rule is ours."""

from typing import Any

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as webauthn_views
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy

from accounts.adapters import MFAAdapter
from accounts.forms.sign_in import NEW_APP_SECRET
from accounts.guards import sign_in_required
from accounts.permissions import is_second_factor_required
from accounts.second_factor import has_authenticator, mark_proved


class OwnAccountMixin:
    """For people who sign in with an e-mail address; a party with a code has nothing here: 404."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.email:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class SignIn(account_views.LoginView):
    pass


class SignOut(account_views.LogoutView):
    pass


class PasswordAgain(OwnAccountMixin, account_views.ReauthenticateView):
    pass


class ChangePassword(OwnAccountMixin, account_views.PasswordChangeView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class SecondFactor(mfa_views.AuthenticateView):
    """The second step of signing in; before it nobody is signed in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        types = set(
            Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True)
        )
        return {
            **super().get_context_data(**kwargs),
            "has_keys": Authenticator.Type.WEBAUTHN in types,
            "has_codes": bool(types - {Authenticator.Type.WEBAUTHN}),
        }


class SecondFactorAgain(OwnAccountMixin, mfa_views.ReauthenticateView):
    pass


class KeyAgain(OwnAccountMixin, webauthn_views.ReauthenticateWebAuthnView):
    def form_invalid(self, form: Form) -> HttpResponse:
        for error in form.errors.get("credential", []):
            messages.error(self.request, error)
        return redirect(self.request.get_full_path())


class SecondFactors(OwnAccountMixin, mfa_views.IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "has_authenticator": has_authenticator(self.request.user),
            "is_required": is_second_factor_required(self.request.user),
        }


class _ProvesMixin(OwnAccountMixin):
    """Whoever just set up a factor has shown it: the session is proved and changes its id."""

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        newest = Authenticator.objects.filter(user=self.request.user).exclude(
            type=Authenticator.Type.RECOVERY_CODES
        )
        mark_proved(self.request, newest.latest("created_at"))
        return response


class ActivateApp(_ProvesMixin, totp_views.ActivateTOTPView):
    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        self.request.session.pop(NEW_APP_SECRET, None)
        return response


class DeactivateApp(OwnAccountMixin, totp_views.DeactivateTOTPView):
    pass


class AddKey(_ProvesMixin, webauthn_views.AddWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # The view of allauth drops the keyword arguments, and with them a form with errors.
        context = super().get_context_data(**kwargs)
        return {**context, **kwargs}


class RenameKey(OwnAccountMixin, webauthn_views.EditWebAuthnView):
    success_url = reverse_lazy("mfa_index")


class RemoveKey(OwnAccountMixin, webauthn_views.RemoveWebAuthnView):
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Form) -> HttpResponse:
        if not MFAAdapter().can_delete_authenticator(self.get_object()):
            messages.error(self.request, MFAAdapter.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_index")
        return super().form_valid(form)


class RecoveryCodes(OwnAccountMixin, recovery_views.ViewRecoveryCodesView):
    pass


class NewRecoveryCodes(OwnAccountMixin, recovery_views.GenerateRecoveryCodesView):
    pass


@sign_in_required
def second_factor_setup(request: HttpRequest) -> HttpResponse:
    """The only page open to somebody whose role needs a second factor and who has none yet."""
    if not request.user.email:
        raise Http404
    if has_authenticator(request.user):
        return redirect("mfa_index")
    return render(
        request,
        "accounts/second_factor_setup.html",
        {"is_required": is_second_factor_required(request.user)},
    )
