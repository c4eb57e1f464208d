from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms import day_field
from cases.models import ParallelProceeding
from cases.models.proceeding import Overlap, Prejudice, Stage
from cases.services.proceedings import Facts
from desk.forms.base import CaseForm, choice_field, text_field


class ProceedingForm(CaseForm):
    forum = forms.CharField(
        label=_("Court or body"),
        max_length=300,
        error_messages={"required": _("Say before which court or body it is.")},
    )
    reference = forms.CharField(label=_("Number there"), required=False, max_length=200)
    parties = text_field(_("Who are its parties?"), rows=2, required=False)
    stage = choice_field(_("How does it stand?"), Stage.choices, required=False)
    prejudice = choice_field(
        _("Would examining the issues here prejudice it?"), Prejudice.choices, required=False
    )
    prejudice_reason = text_field(_("Reasons"), rows=4, required=False)
    next_check_on = day_field(
        _("Next check"),
        required=False,
        help_text=_("You are reminded, also while the clock of the case stands."),
    )

    def __init__(
        self, *args: Any, item: ParallelProceeding | None, issues: list[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.issues = issues
        held = {row.issue_id: row.extent for row in item.overlaps.all()} if item else {}
        for issue in issues:
            self.fields[f"overlap_{issue.number}"] = forms.ChoiceField(
                label=_("Overlap with issue %(number)s: %(title)s")
                % {"number": issue.number, "title": issue.title},
                choices=[("", _("Not assessed yet")), *Overlap.choices],
                required=False,
                initial=held.get(issue.pk, ""),
            )
        if item:
            for name in ("forum", "reference", "parties", "stage", "prejudice"):
                self.fields[name].initial = getattr(item, name)
            self.fields["prejudice_reason"].initial = item.prejudice_reason
            self.fields["next_check_on"].initial = item.next_check_on

    @property
    def facts(self) -> Facts:
        data = self.cleaned_data
        return Facts(
            forum=data["forum"],
            reference=data["reference"],
            parties=data["parties"],
            stage=data["stage"],
            prejudice=data["prejudice"],
            prejudice_reason=data["prejudice_reason"],
            overlaps={issue.pk: data[f"overlap_{issue.number}"] for issue in self.issues},
        )


class CheckForm(CaseForm):
    finding = text_field(
        _("What did you find?"), error_messages={"required": _("Write what you found.")}
    )
    stage = choice_field(_("How does it stand now?"), Stage.choices, required=False)
    next_check_on = day_field(
        _("Next check"), required=False, help_text=_("Not needed once it has ended.")
    )


class PauseForProceedingForm(CaseForm):
    note = text_field(_("Note"), rows=3, required=False)
