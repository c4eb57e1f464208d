from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cases.forms import day_field
from cases.models.follow_up import CommitmentStatus, Origin, Owner
from cases.models.party import Side
from desk.forms.base import CaseForm, choice_field, text_field


class CommitmentForm(CaseForm):
    origin = choice_field(_("Where does it come from?"), Origin.choices)
    owner = choice_field(_("Who has to do it?"), Owner.choices)
    text = text_field(
        _("What is to be done?"),
        help_text=_(
            "Both sides read it, and the follow-up statement quotes it. Of an agreement, only what "
            "the parties released."
        ),
        error_messages={"required": _("Write what is to be done.")},
    )
    due_on = day_field(_("By when?"), required=False)


class ReportForm(CaseForm):
    side = choice_field(_("Who reports?"), Side.choices)
    text = text_field(
        _("What they report"),
        rows=8,
        help_text=_("Word for word, as it came on paper or by e-mail."),
        error_messages={"required": _("Write what was done, or what was not.")},
    )


class AssessCommitmentForm(CaseForm):
    status = choice_field(
        _("What came of it?"),
        [pair for pair in CommitmentStatus.choices if pair[0] != CommitmentStatus.OPEN],
    )
    text = text_field(
        _("Reasons"),
        help_text=_("Both sides read them, and the follow-up statement quotes them."),
        error_messages={"required": _("Give the reasons: both sides read them.")},
    )


class BeginFollowUpForm(CaseForm):
    due_on = day_field(
        _("By when do both sides report?"),
        required=False,
        help_text=_("Empty: the time of the rules. Both have the same time."),
    )
