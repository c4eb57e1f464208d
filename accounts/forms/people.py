"""Forms by which administrators look after people."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.sign_in import email_field
from accounts.models import User, UserManager
from accounts.roles import Role

ROLES = [("", _("Choose a role")), *Role.choices]


def end_of_day(day: Any) -> datetime | None:
    """Return the moment at which a last day is over, in the NCP's time zone."""
    return timezone.make_aware(datetime.combine(day, time.max)) if day else None


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"), choices=ROLES, error_messages={"required": _("Choose a role.")}
    )
    until = forms.DateField(
        label=_("Last day"),
        help_text=_("An auditor needs one; for others only if the role ends by itself."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For the person who confirms, and for later. Write nothing about a case."),
        max_length=500,
        error_messages={"required": _("Give the reason.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day = data.get("until")
        if day and day < timezone.localdate():
            self.add_error("until", _("The last day lies in the past."))
        elif data.get("role") == Role.AUDITOR and not day and "until" not in self.errors:
            self.add_error("until", _("Give the last day: an auditor's role always has one."))
        return data


class InvitationForm(RoleForm):
    email = email_field(
        _("E-mail address"), autocomplete="off", missing=_("Enter the e-mail address.")
    )
    name = forms.CharField(
        label=_("Name"), max_length=200, error_messages={"required": _("Enter the name.")}
    )
    language = forms.ChoiceField(label=_("Language of the invitation"), choices=settings.LANGUAGES)
    field_order = ("name", "email", "language", "role", "until", "reason")

    def clean_email(self) -> str:
        email = UserManager.normalize_email(self.cleaned_data["email"])
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(
                _("Somebody with this e-mail address is already here."), code="taken"
            )
        return email


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("For the person who confirms, and for later. Write nothing about a case."),
        max_length=500,
        error_messages={"required": _("Give the reason.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
