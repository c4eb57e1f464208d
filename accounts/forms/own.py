"""Forms of one's own account."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.sign_in import (
    NEW_PASSWORD_HINT,
    NewPasswordMixin,
    email_field,
    password_field,
)
from accounts.models import User
from accounts.roles import Scope

TOKEN_DAYS = 365


class ProfileForm(forms.ModelForm):
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("The language of mails to you, and of the pages once you sign in."),
        choices=settings.LANGUAGES,
    )

    class Meta:
        model = User
        fields = ("name", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.email:
            self.fields["name"].required = True
            self.fields["name"].error_messages["required"] = _("Enter your name.")
            self.fields["name"].help_text = _("As colleagues and parties shall read it.")
        else:
            # A party's name is sealed on the case, never on the account.
            del self.fields["name"]


class ForgottenPasswordForm(forms.Form):
    email = email_field(_("E-mail address"), autocomplete="username")


class AddressForm(forms.Form):
    email = email_field(_("New e-mail address"), missing=_("Enter the new e-mail address."))


class NewPasswordForm(NewPasswordMixin):
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

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)


class ArrivalForm(NewPasswordForm):
    """The first thing that an invited person fills in."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("As colleagues and parties shall read it."),
        max_length=200,
        error_messages={"required": _("Enter your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "password1", "password2")


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        help_text=_("What the token is for, so that you know which one to revoke."),
        max_length=100,
        error_messages={"required": _("Enter a name for the token.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Scope.choices,
        initial=[Scope.CASES_READ],
        error_messages={"required": _("Choose what the token may do.")},
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = forms.DateField(
        label=_("Last day"),
        help_text=_("At most one year from today."),
        error_messages={"required": _("Enter the last day.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].initial = timezone.localdate() + timedelta(days=90)

    def clean_expires_on(self) -> Any:
        day = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError(_("The last day lies in the past."), code="past")
        if day > today + timedelta(days=TOKEN_DAYS):
            raise forms.ValidationError(_("The last day is more than a year away."), code="far")
        return day
