from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms import day_field
from cases.models import SentLetter
from cases.services import deadlines
from desk.forms.base import CaseForm, choice_field, text_field


class AuthorityForm(CaseForm):
    decision = choice_field(
        _("May this person act for the enterprise?"),
        [("yes", _("Yes: the person reads the case from now on")), ("no", _("Not proved yet"))],
    )
    reason = text_field(
        _("What is missing"), rows=3, required=False, help_text=_("The person reads it.")
    )

    def clean(self) -> None:
        unexplained = not self.cleaned_data.get("reason", "").strip()
        if self.cleaned_data.get("decision") == "no" and unexplained:
            self.add_error("reason", _("Say what is missing: the person reads it."))


class LetterForm(CaseForm):
    way = choice_field(_("How did the letter go?"), SentLetter.Way.choices)
    sent_on = day_field(_("When?"))
    note = forms.CharField(
        label=_("Number of the parcel, or who took it"), required=False, max_length=200
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sent_on"].initial = deadlines.today()
