from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases import rules
from cases.forms import day_field
from cases.models.party import Side
from cases.services import deadlines
from desk.forms.base import CaseForm, choice_field, text_field


class RequestForm(CaseForm):
    whom = choice_field(
        _("Whom do you ask?"),
        [("both", _("Both sides: the same words, the same time")), *Side.choices],
    )
    text = text_field(
        _("What do you ask for?"),
        rows=8,
        help_text=_(
            "“Please send us …”, “Your comments on the facts”. Name no facts that the side may not "
            "know."
        ),
        error_messages={"required": _("Write what you ask for.")},
    )
    due_on = day_field(_("By which day?"), help_text=_("A free day moves to the next working day."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = rules.load(self.case.rule_set).deadline("request")
        usual = deadlines.usual_day(rule)
        self.fields["due_on"].initial = usual
        self.fields["due_on"].widget.attrs["min"] = (
            deadlines.today() + timedelta(days=1)
        ).isoformat()
        if not self.case.is_served:
            self.fields["whom"].choices = [(Side.COMPLAINANT.value, Side.COMPLAINANT.label)]
            self.fields["whom"].initial = Side.COMPLAINANT
            self.fields["whom"].help_text = _("The enterprise was not told of the case yet.")

    @property
    def sides(self) -> list[str]:
        whom = self.cleaned_data["whom"]
        return list(Side.values) if whom == "both" else [whom]


class DecideTimeForm(CaseForm):
    decision = choice_field(
        _("Do you give more time?"), [("yes", _("Yes, until the day below")), ("no", _("No"))]
    )
    until = day_field(_("Until"), required=False)
    reason = text_field(
        _("Reason"),
        rows=4,
        help_text=_("Whoever gets the time, or does not, reads it."),
        error_messages={"required": _("Give the reason.")},
    )

    def __init__(self, *args: Any, wanted: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = wanted

    def clean(self) -> None:
        lacks_day = not self.cleaned_data.get("until") and "until" not in self.errors
        if self.cleaned_data.get("decision") == "yes" and lacks_day:
            self.add_error("until", _("Choose the day until which you give time."))


class AnswerReportForm(CaseForm):
    text = text_field(
        _("Your answer"),
        rows=8,
        help_text=_(
            "Only this side and the officers named on the case read it. Say what you do, and what "
            "can be done at once."
        ),
        error_messages={"required": _("Write the answer.")},
    )
