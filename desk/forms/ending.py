from django.utils.translation import gettext_lazy as _

from cases.workflow import EARLY_OUTCOMES, Outcome
from desk.forms.base import CaseForm, choice_field, text_field


class WithdrawForm(CaseForm):
    reason = text_field(
        _("What the complainant said"),
        required=False,
        help_text=_("And how it came: by letter, by telephone. It is kept with the messages."),
    )


class EndEarlyForm(CaseForm):
    outcome = choice_field(
        _("Why does the case end?"),
        [
            (outcome.value, outcome.label)
            for outcome in EARLY_OUTCOMES
            if outcome != Outcome.WITHDRAWN
        ],
    )


class ReviewForm(CaseForm):
    result = choice_field(
        _("What did the review find?"),
        [
            ("rejected", _("The procedure was followed: on to publication")),
            ("examination", _("Back to the examination")),
            ("assessment", _("Back to the initial assessment")),
        ],
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
