"""What stands around the answers: arrival on paper, codes, sending, checking a receipt."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import codes
from cases.forms import day_field
from cases.models.case import Channel
from documents.services import ACCEPT
from intake.fields import ManyFilesField, ManyFilesInput
from intake.forms.base import StepForm, choice, text


class ArrivalForm(StepForm):
    """How a submission on paper or by telephone came in; staff fill it in."""

    channel = choice(
        _("How did it arrive?"),
        [(c.value, c.label) for c in Channel if c not in (Channel.WEB, Channel.IMPORTED)],
        needed=_("Choose how it arrived."),
    )
    arrived_on = day_field(
        _("On which day did it arrive?"),
        help_text=_("All time limits run from this day."),
        error_messages={
            "required": _("Give the day on which it arrived."),
            "invalid": _("Write the day as 2026-11-22."),
        },
    )
    originals = ManyFilesField(
        label=_("The original, scanned"),
        help_text=_(
            "The letter, the e-mail or your note of the talk. It stays with the office; evidence "
            "for the parties is added under “Evidence”."
        ),
        required=False,
        widget=ManyFilesInput({"accept": ACCEPT}),
    )

    def clean_arrived_on(self) -> Any:
        day = self.cleaned_data["arrived_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day lies in the future."))
        return day


class CodeField(forms.CharField):
    widget = forms.TextInput(
        {
            "class": "input--code",
            "autocomplete": "off",
            "spellcheck": "false",
            "autocapitalize": "characters",
        }
    )


class ConfirmCodeForm(StepForm):
    """The code typed back. Spaces, dashes and small letters do not count."""

    code = CodeField(
        label=_("Type the code here"),
        help_text=_("From what you wrote down or saved. Spaces and dashes do not matter."),
        max_length=80,
        error_messages={"required": _("Type the code, so that we know that you have it.")},
    )

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_code(self) -> str:
        typed = self.cleaned_data["code"]
        if codes.normalised(typed) != codes.normalised(self.expected):
            raise ValidationError(_("This is not the code above. Compare it sign by sign."))
        return typed


class ResumeForm(StepForm):
    code = CodeField(
        label=_("Draft code"),
        help_text=_("Six groups of four letters and digits."),
        max_length=80,
        error_messages={"required": _("Type your draft code.")},
    )


class SendForm(StepForm):
    good_faith = forms.BooleanField(
        label=_("What I wrote is true as far as I know"),
        error_messages={
            "required": _("Tick the box if what you wrote is true as far as you know.")
        },
    )


class VerifyForm(StepForm):
    receipt = forms.FileField(
        label=_("Receipt file"),
        help_text=_("The PDF or the text file that you saved. It replaces the four fields below."),
        required=False,
    )
    receipt_id = text(_("Receipt number"), autocomplete="off")
    at = text(_("Time"), _("As on the receipt, such as 2026-11-22T09:30:00Z."), autocomplete="off")
    digest = text(_("Digest"), autocomplete="off")
    signature = text(_("Signature"), autocomplete="off")
