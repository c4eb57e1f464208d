from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.models.correspondence import DocumentAudience
from cases.models.party import Side
from desk.forms.base import CaseForm, choice_field, text_field
from documents.services import ACCEPT, validate_upload


def file_field(label: Any, **kwargs: Any) -> forms.FileField:
    """A file, checked for size and kind while the person is still there."""
    return forms.FileField(
        label=label,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        validators=[validate_upload],
        **kwargs,
    )


class MessageForm(CaseForm):
    side = choice_field(_("To whom?"), Side.choices, help_text=_("The other side does not see it."))
    subject = forms.CharField(label=_("Subject"), required=False, max_length=200)
    text = text_field(_("Message"), rows=10, error_messages={"required": _("Write the message.")})
    file = file_field(_("File"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.case.is_served:
            self.fields["side"].choices = [(Side.COMPLAINANT.value, Side.COMPLAINANT.label)]
            self.fields["side"].initial = Side.COMPLAINANT
            self.fields["side"].help_text = _("The enterprise was not told of the case yet.")


class AnswerForm(CaseForm):
    text = text_field(
        _("The enterprise's answer"),
        rows=12,
        help_text=_("Word for word, as it came. Add the paper itself as a document."),
        error_messages={"required": _("Write the answer.")},
    )


class DocumentForm(CaseForm):
    title = forms.CharField(label=_("Title"), max_length=200)
    side = choice_field(
        _("Whose document is it?"),
        [("ncp", _("The NCP's own")), *Side.choices],
        help_text=_("A party sees its own documents; nobody else does until you decide."),
    )
    file = file_field(_("File"))
    asked_to_withhold = forms.BooleanField(
        label=_("Its provider asked that it be withheld"), required=False
    )
    reason = text_field(_("Why it should be withheld"), rows=3, required=False)

    @property
    def owner(self) -> str:
        side = self.cleaned_data["side"]
        return "" if side == "ncp" else side


class AudienceForm(CaseForm):
    audience = choice_field(_("Who may see it?"), DocumentAudience.choices)
    sure = forms.BooleanField(
        label=_("Its provider has seen the exact copy that is shared"),
        required=False,
        help_text=_("Names in pictures, signatures and file properties give people away."),
    )

    def clean(self) -> None:
        shared = self.cleaned_data.get("audience") in (
            DocumentAudience.PARTIES,
            DocumentAudience.MEDIATION,
            DocumentAudience.PUBLIC,
        )
        if shared and not self.cleaned_data.get("sure"):
            self.add_error(
                "sure", ValidationError(_("Share nothing that its provider has not seen."))
            )
