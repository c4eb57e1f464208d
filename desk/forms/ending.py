from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms import day_field
from cases.models.ending import CameBy, Freely, ReviewResult
from cases.models.party import Side
from desk.forms.base import CaseForm, choice_field, text_field


class WithdrawForm(CaseForm):
    came_by = choice_field(
        _("How did it come?"), [pair for pair in CameBy.choices if pair[0] != CameBy.PORTAL]
    )
    freely = choice_field(
        _("Is it their own free decision?"),
        Freely.choices,
        help_text=_("Ask by a way that is safe for them, and not in front of others."),
    )
    check_note = text_field(
        _("How did you make sure?"),
        rows=3,
        required=False,
        help_text=_(
            "Needed where somebody spoke of pressure. Only officers named on the case read it."
        ),
    )
    reason = text_field(
        _("What the complainant said"),
        required=False,
        help_text=_("They need not give a reason. It is kept with the messages."),
    )


class LapseNoticeForm(CaseForm):
    tried = text_field(
        _("How did you try to reach the complainant before?"),
        rows=3,
        help_text=_("Days and ways. Make sure that silence is no sign of pressure."),
        error_messages={"required": _("Write how you tried to reach the complainant.")},
    )
    last_on = day_field(_("Last day"), error_messages={"required": _("Give the day.")})


class NoticeAnswerForm(CaseForm):
    text = text_field(
        _("What the complainant said, and how"),
        rows=4,
        error_messages={"required": _("Write a few words.")},
    )


class SettlementForm(CaseForm):
    side = choice_field(_("Who says so?"), Side.choices)
    settled_on = day_field(
        _("When did they settle?"), error_messages={"required": _("Give the day.")}
    )
    note = text_field(
        _("Note"), rows=3, required=False, help_text=_("No terms: they stay with the parties.")
    )


class SettlementAnswerForm(CaseForm):
    side = choice_field(_("Which side answers?"), Side.choices)
    confirms = choice_field(
        _("Is the matter settled?"), [("yes", _("Yes, it is settled")), ("no", _("No"))]
    )
    note = text_field(_("Note"), rows=3, required=False)


class CeasedForm(CaseForm):
    party = forms.ChoiceField(label=_("Which enterprise?"))
    ceased_on = day_field(
        _("When did it cease to exist?"), error_messages={"required": _("Give the day.")}
    )
    proof = text_field(
        _("How is it known?"),
        rows=3,
        help_text=_("For example an extract from the register of companies."),
        error_messages={"required": _("Write how it is known.")},
    )
    successor = text_field(
        _("Did somebody take it over?"),
        rows=2,
        required=False,
        help_text=_("With a successor the case goes on against them."),
    )
    heard = text_field(
        _("What does the complainant say to it?"),
        rows=3,
        error_messages={"required": _("Write what the complainant says to it.")},
    )

    def __init__(self, *args: Any, parties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = parties


class ReviewRequestForm(CaseForm):
    side = choice_field(_("Which side asks?"), Side.choices)
    grounds = text_field(
        _("Which rule of the procedure was not kept, and how?"),
        error_messages={"required": _("Say which rule was not kept, and how.")},
    )


class ReviewForm(CaseForm):
    result = choice_field(_("What did the review find?"), ReviewResult.choices)
    reasons = text_field(
        _("Reasons"),
        rows=6,
        help_text=_("Both sides and the public read them."),
        error_messages={"required": _("Give the reasons: both sides and the public read them.")},
    )


class TakeBackForm(CaseForm):
    reason = text_field(
        _("What went wrong?"),
        help_text=_("A second person reads this and confirms."),
        error_messages={"required": _("Say what went wrong.")},
    )


class SettleForm(CaseForm):
    confirm = choice_field(
        _("Was the step wrong?"),
        [("yes", _("Yes, take it back")), ("no", _("No, leave it as it is"))],
    )
