from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models.timeframe import ExtensionUnit, PauseReason
from desk.forms.base import CaseForm, choice_field, text_field


class PauseForm(CaseForm):
    reason = choice_field(
        _("Why does the clock stand?"), PauseReason.choices, help_text=_("The parties read it.")
    )
    note = text_field(_("Note"), required=False, help_text=_("For the office."))


class ExtendForm(CaseForm):
    length = forms.IntegerField(
        label=_("How much more time?"),
        min_value=1,
        max_value=365,
        widget=forms.NumberInput(attrs={"class": "input--short"}),
    )
    unit = choice_field(_("Counted in"), ExtensionUnit.choices, initial=ExtensionUnit.MONTHS)
    reason = text_field(_("Reason"), help_text=_("The parties are told that there is more time."))


class ExplainForm(CaseForm):
    reason = text_field(
        _("Why is it late?"),
        help_text=_("The parties read it."),
        error_messages={"required": _("Give the reason: the parties are told.")},
    )
