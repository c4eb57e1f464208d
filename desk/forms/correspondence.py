from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from cases.models import CaseDocument
from cases.models.correspondence import DocumentAudience, WithholdingGround
from cases.models.party import Side
from desk.forms.base import CaseForm, choice_field, text_field
from documents.models import Document
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
    """Who may see which copy of a document. Its provider looks at that copy first."""

    audience = choice_field(_("Who may see it?"), DocumentAudience.choices)
    copy = choice_field(_("Which copy?"), [], required=False)
    days = forms.IntegerField(
        label=_("Days for its provider to look at the copy"),
        required=False,
        max_value=90,
        help_text=_("If no answer comes in this time, the copy is shown."),
    )
    agreed_elsewhere = text_field(
        _("Its provider agreed on paper or by telephone"),
        rows=3,
        required=False,
        help_text=_(
            "Only for people who are not reached at the portal: when and how they saw this exact "
            "copy and agreed. It is then shown at once."
        ),
    )

    def __init__(self, *args: Any, item: CaseDocument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        redactions = list(item.redactions.select_related("document"))
        self.documents = {str(item.document_id): item.document}
        self.documents |= {str(row.document_id): row.document for row in redactions}
        self.fields["copy"].choices = [
            (str(item.document_id), _("The checked copy of the document")),
            *(
                (
                    str(row.document_id),
                    _("Redacted version %(number)s (%(state)s)")
                    % {"number": row.number, "state": row.document.get_state_display()},
                )
                for row in redactions
            ),
        ]
        self.fields["copy"].initial = str(item.document_id)
        self.fields["days"].initial = settings.DISCLOSURE_DAYS
        self.fields["days"].min_value = settings.DISCLOSURE_DAYS
        self.fields["days"].validators.append(MinValueValidator(settings.DISCLOSURE_DAYS))
        if not item.side:
            del self.fields["days"], self.fields["agreed_elsewhere"]

    @property
    def chosen_copy(self) -> Document | None:
        return self.documents.get(self.cleaned_data.get("copy", ""))


class WithholdingForm(CaseForm):
    granted = choice_field(
        _("Is it withheld from the other side?"),
        [("yes", _("Yes, it is withheld")), ("no", _("No; its provider may pull it instead"))],
    )
    ground = choice_field(
        _("What is the other side told?"),
        WithholdingGround.choices,
        required=False,
        help_text=_("Only if it is withheld. The other side learns this and nothing else."),
    )
    reason = text_field(
        _("Reason for the decision"),
        help_text=_("Its provider reads it, and it stays on record."),
        error_messages={"required": _("Give the reason for the decision.")},
    )

    def clean(self) -> None:
        is_granted = self.cleaned_data.get("granted") == "yes"
        if is_granted and not self.cleaned_data.get("ground"):
            self.add_error("ground", _("Choose what the other side is told."))


class RedactedForm(CaseForm):
    file = file_field(
        _("The copy with parts blacked out"),
        help_text=_(
            "Black out on paper or in a picture and scan it: what is only covered in a PDF can be "
            "uncovered."
        ),
    )
