"""The forms with which a party says what the other side may get of its documents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.services import ACCEPT, validate_upload
from portal.forms.base import OnceForm, long_text


class CheckCopyForm(OnceForm):
    says = forms.ChoiceField(
        label=_("May this copy be shown?"),
        choices=[
            ("agree", _("Yes, I have opened it and agree")),
            ("redact", _("Not like this: something must be blacked out")),
            ("pull", _("No, I pull the document")),
        ],
        help_text=_("A document that you pull never reaches the other side. The office keeps it."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers.")},
    )
    text = long_text(
        _("What must be blacked out?"),
        rows=4,
        required=False,
        help_text=_("Name the page and the words, or what is seen in a picture."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("says") == "redact" and not cleaned.get("text", "").strip():
            self.add_error("text", _("Say what must be blacked out."))
        return cleaned


class WithholdForm(OnceForm):
    text = long_text(
        _("Why should the other side not see it?"),
        rows=5,
        help_text=_("For example: it shows who spoke with us. Only the office reads this."),
        error_messages={"required": _("Say why the other side should not see it.")},
    )


class PullForm(OnceForm):
    sure = forms.BooleanField(
        label=_("Yes, I pull this document"),
        error_messages={"required": _("Tick the box if you are sure.")},
    )


class RedactedForm(OnceForm):
    file = forms.FileField(
        label=_("The copy with parts blacked out"),
        help_text=_(
            "Black out on paper or in a picture and send a scan: what is only covered in a PDF can "
            "be uncovered."
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        validators=[validate_upload],
        error_messages={"required": _("Choose a file.")},
    )
