"""The forms of allauth's pages in our own words: its texts are not there in every language."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal import flows
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from accounts import second_factor

NEW_APP_SECRET = "accounts.new_app"  # noqa: S105
MISSING_PASSWORD = _("Enter your password.")
MISSING_ADDRESS = _("Enter your e-mail address.")


def password_field(
    label: Any, *, autocomplete: str, hint: Any = "", missing: Any = MISSING_PASSWORD
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        strip=False,
        max_length=4096,
        error_messages={"required": missing},
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


def email_field(
    label: Any, *, autocomplete: str = "email", missing: Any = MISSING_ADDRESS
) -> forms.EmailField:
    return forms.EmailField(
        label=label,
        error_messages={
            "required": missing,
            "invalid": _("Enter an e-mail address such as name@example.org."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": autocomplete}),
    )


NEW_PASSWORD_HINT = _("At least 12 characters. Several words in a row are easy to remember.")


class NewPasswordMixin(forms.Form):
    """A new password, typed twice, that passes the site's rules. `user` is whom it is for."""

    user: Any = None

    def clean_password1(self) -> str:
        password = self.cleaned_data["password1"]
        password_validation.validate_password(password, self.user)
        return password

    def clean_password2(self) -> str:
        again = self.cleaned_data["password2"]
        first = self.cleaned_data.get("password1")
        if first is not None and first != again:
            raise forms.ValidationError(_("The two passwords are not the same."), code="mismatch")
        return again


class SignInForm(account_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = email_field(_("E-mail address"), autocomplete="username")
        self.fields["password"] = password_field(_("Password"), autocomplete="current-password")
        self.order_fields(["login", "password"])


class PasswordAgainForm(account_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = password_field(_("Password"), autocomplete="current-password")


class ChangePasswordForm(NewPasswordMixin):
    oldpassword = password_field(_("Your password now"), autocomplete="current-password")
    password1 = password_field(
        _("New password"),
        autocomplete="new-password",
        hint=NEW_PASSWORD_HINT,
        missing=_("Enter a new password."),
    )
    password2 = password_field(
        _("New password again"),
        autocomplete="new-password",
        missing=_("Enter the new password a second time."),
    )

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_oldpassword(self) -> str:
        password = self.cleaned_data["oldpassword"]
        # By the sign-in's own way, so that tries here are counted and locked like tries there.
        if not get_account_adapter().reauthenticate(self.user, password):
            raise get_account_adapter().validation_error("enter_current_password")
        return password

    def save(self) -> None:
        flows.password_change.change_password(self.user, self.cleaned_data["password1"])


class _SecondFactorForm(mfa_forms.BaseAuthenticateForm):
    """Six digits of the app, once only, or a recovery code; wrong ones are counted per person."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=_("Code"),
            help_text=_("Six digits from your authenticator app, or one of your recovery codes."),
            error_messages={"required": _("Enter the code.")},
            max_length=40,
            widget=forms.TextInput(
                attrs={
                    "autocomplete": "one-time-code",
                    "inputmode": "numeric",
                    "spellcheck": "false",
                    "autocapitalize": "off",
                }
            ),
        )

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if second_factor.is_slowed(self.user):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        candidates = (
            Authenticator.objects.filter(user=self.user)
            .exclude(type=Authenticator.Type.WEBAUTHN)
            .select_related("user")
            .order_by("-type")
        )
        for authenticator in candidates:
            if second_factor.is_right_code(authenticator, code):
                self.authenticator = authenticator
                second_factor.forget_wrong(self.user)
                return code
        second_factor.count_wrong(self.user)
        raise get_mfa_adapter().validation_error("incorrect_code")


class SecondFactorForm(_SecondFactorForm):
    def save(self) -> None:
        post_authentication(context.request, self.authenticator)


class SecondFactorAgainForm(_SecondFactorForm):
    def save(self) -> None:
        post_authentication(context.request, self.authenticator, reauthenticated=True)


class ActivateAppForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the app"),
        help_text=_("Six digits that the app shows for this account."),
        error_messages={"required": _("Enter the code.")},
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.secret = self._secret()

    def _secret(self) -> str:
        """Keep one secret until it is set up: a wrong code must not change what was just scanned.

        The session's row stands in the database, so the secret is encrypted there too.
        """
        session = context.request.session
        if self.is_bound and NEW_APP_SECRET in session:
            return decrypt(session[NEW_APP_SECRET])
        secret = generate_totp_secret()
        session[NEW_APP_SECRET] = encrypt(secret)
        return secret

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if second_factor.is_slowed(self.user):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        step = second_factor.matching_step(self.secret, code)
        if step is None:
            second_factor.count_wrong(self.user)
            raise get_mfa_adapter().validation_error("incorrect_code")
        # What set the app up does not also sign in.
        second_factor.use_step(self.user, step)
        second_factor.forget_wrong(self.user)
        return code


class _CredentialMixin(forms.Form):
    """What the browser sends of a security key is parsed by a library that trusts its shape."""

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise get_mfa_adapter().validation_error("incorrect_code") from error


_NAME = {
    "label": _("Name of the key"),
    "help_text": _("So that you know which one it is, for example “blue key”."),
    "max_length": 60,
}


class AddKeyForm(_CredentialMixin, webauthn_forms.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(required=False, **_NAME)
        self.fields["credential"].error_messages = {
            "required": _("The browser sent no answer of a key. Try again."),
            "invalid": _("The browser sent no answer of a key. Try again."),
        }


class RenameKeyForm(webauthn_forms.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(**_NAME)


class KeyForm(webauthn_forms.AuthenticateWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages = {
            "required": _("The browser sent no answer of a key. Try again."),
            "invalid": _("The browser sent no answer of a key. Try again."),
        }

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise get_mfa_adapter().validation_error("incorrect_code") from error


class KeyAgainForm(KeyForm):
    reauthenticated = True
