from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.forms import day_field
from cases.models.party import Side
from desk.forms.base import CaseForm, choice_field, text_field


class RecallForm(CaseForm):
    wrong_side = choice_field(_("Which side got it by mistake?"), Side.choices)
    owner = choice_field(
        _("Whose is it?"), [("ncp", _("The NCP's own")), *Side.choices], initial="ncp"
    )
    reason = text_field(
        _("What went wrong?"), error_messages={"required": _("Say what went wrong.")}
    )
    holds = text_field(
        _("Which personal data stand in it?"),
        rows=3,
        required=False,
        help_text=_("Kinds of data and about how many people; for the note to the authority."),
    )
    found_at = forms.DateTimeField(
        label=_("When was it found?"),
        required=False,
        help_text=_("Empty: now. The time for telling the authority runs from then."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    @property
    def chosen_owner(self) -> str:
        owner = self.cleaned_data["owner"]
        return "" if owner == "ncp" else owner


class SettleRecallForm(CaseForm):
    confirm = choice_field(
        _("Did it reach the wrong side?"),
        [
            ("yes", _("Yes: access stays ended, and both sides are told")),
            ("no", _("No: give access back")),
        ],
    )
    to_wrong_side = text_field(_("What the side that got it is told"), rows=8, required=False)
    to_other_side = text_field(_("What the other side is told"), rows=8, required=False)


class AuthorityNoteForm(CaseForm):
    told = choice_field(
        _("Was the data protection authority told?"),
        [("yes", _("Yes")), ("no", _("No: it need not be"))],
    )
    told_on = day_field(_("When?"), required=False)
    note = text_field(
        _("Number of the notice, or why none is needed"),
        rows=3,
        error_messages={"required": _("Write the number of the notice, or why none is needed.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["told_on"].initial = timezone.localdate()

    def clean(self) -> None:
        if self.cleaned_data.get("told") == "yes" and not self.cleaned_data.get("told_on"):
            self.add_error("told_on", _("Give the day on which the authority was told."))


class PromiseForm(CaseForm):
    text = text_field(
        _("What was deleted, by whom, and how you know"),
        rows=4,
        error_messages={"required": _("Write what was deleted and where it was kept.")},
    )
