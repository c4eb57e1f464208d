"""Coming in with an access code or by a link."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

AS_A_CODE = {
    "autocomplete": "off",
    "autocapitalize": "characters",
    "spellcheck": "false",
    "class": "input--code",
}


class SignInForm(forms.Form):
    code = forms.CharField(
        label=_("Access code"),
        help_text=_("24 letters and digits. Dashes and spaces do not matter."),
        max_length=100,
        error_messages={"required": _("Type your access code.")},
        widget=forms.TextInput(attrs=AS_A_CODE),
    )


class LinkForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The address that you gave us in your case."),
        max_length=254,
        error_messages={"required": _("Type your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class ConfirmCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Type the new code once, so that we know you have it"),
        max_length=100,
        error_messages={"required": _("Type the new code.")},
        widget=forms.TextInput(attrs=AS_A_CODE),
    )
