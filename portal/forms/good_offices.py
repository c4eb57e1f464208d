"""Good offices: whether a side is willing, whether the mediator suits, what it says in the room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms import VersionForm
from documents.services import ACCEPT, validate_upload
from portal.forms.base import OnceForm, long_text


class ReplyForm(VersionForm):
    accepts = forms.TypedChoiceField(
        label=_("Do you agree to good offices?"),
        choices=[("yes", _("Yes, we are willing to talk")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )
    note = long_text(
        _("Anything that the office should know"),
        rows=4,
        required=False,
        help_text=_("Only the office reads this: conditions, languages, who would come."),
    )


class ConsentForm(forms.Form):
    agrees = forms.TypedChoiceField(
        label=_("Do you agree to this mediator?"),
        choices=[("yes", _("Yes, I agree")), ("no", _("No, I object"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )


class RoomForm(OnceForm):
    audience = forms.ChoiceField(
        label=_("Who may read it?"),
        choices=[
            ("caucus", _("Only the mediator and my side")),
            ("joint", _("The mediator and both sides")),
        ],
        initial="caucus",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who may read it.")},
    )
    text = long_text(_("Your words"), rows=6, required=False)
    file = forms.FileField(
        label=_("A file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        validators=[validate_upload],
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("text", "").strip() and not cleaned.get("file"):
            self.add_error("text", _("Write something or choose a file."))
        return cleaned
