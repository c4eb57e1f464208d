"""Forms about the record itself: what is looked for in it, holds, erasures, extracts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms import day_field
from cases.models.retention import ErasureBasis
from desk.forms.base import CaseForm, choice_field, text_field


class HistoryFilter(forms.Form):
    kind = forms.ChoiceField(label=_("What happened"), required=False)
    person = forms.ChoiceField(label=_("Who"), required=False)
    since = day_field(_("Since"), required=False)
    until = day_field(_("Until"), required=False)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kinds: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _("All"))
        self.fields["kind"].choices = [everything, *kinds]  # type: ignore[attr-defined]
        self.fields["person"].choices = [everything, *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day lies before the first."))
        return data


class ReplayForm(forms.Form):
    at = day_field(_("As it stood at the end of"))
    person = forms.ChoiceField(
        label=_("As this person could read it"),
        required=False,
        help_text=_("Nobody: the whole record, as far as you may read it."),
    )

    def __init__(self, *args: Any, people: Any, sides: dict[Any, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", _("Nobody"))]  # type: ignore[attr-defined]
        self.fields["person"].choices += [  # type: ignore[attr-defined]
            (str(user.pk), user.name or sides.get(user.pk) or str(_("a party"))) for user in people
        ]


class ExtractForm(forms.Form):
    side = forms.ChoiceField(label=_("For which side?"), widget=forms.RadioSelect)
    kind = forms.ChoiceField(
        label=_("In which form?"),
        choices=[("pdf", _("PDF, to read and print")), ("json", _("JSON, for a program"))],
        initial="pdf",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, sides: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["side"].choices = sides  # type: ignore[attr-defined]
        if len(sides) == 1:
            self.fields["side"].initial = sides[0][0]


class HoldForm(CaseForm):
    reason = text_field(
        _("Why may nothing be erased?"),
        rows=3,
        error_messages={"required": _("Say why nothing may be erased.")},
    )
    until = day_field(
        _("Until"), required=False, help_text=_("Leave it empty for a hold without an end.")
    )


class LiftForm(CaseForm):
    reason = text_field(
        _("Why is the hold lifted?"),
        rows=3,
        error_messages={"required": _("Say why the hold is lifted.")},
    )


class EraseForm(CaseForm):
    basis = choice_field(_("Why shall it be erased?"), ErasureBasis.choices)
    legal_basis = forms.CharField(
        label=_("Law or rule"),
        max_length=300,
        required=False,
        help_text=_(
            "It stays for good: write no name and nothing of the case. Left empty, the basis of "
            "the rule of retention stands there."
        ),
    )
    note = text_field(
        _("Note for the second person"),
        rows=3,
        required=False,
        help_text=_("It is removed when the erasure is done."),
    )


class ErasePersonForm(CaseForm):
    legal_basis = forms.CharField(
        label=_("Law or rule"),
        max_length=300,
        help_text=_("It stays for good: write no name and nothing of the case."),
        error_messages={"required": _("Name the law or the rule.")},
    )


class SettleForm(CaseForm):
    answer = choice_field(
        _("Shall it be erased?"),
        [("confirm", _("Yes: erase it for good")), ("decline", _("No: keep it"))],
    )


class AskForm(forms.Form):
    reason = text_field(
        _("What do you need to check?"),
        rows=3,
        error_messages={"required": _("Say what you need to check.")},
    )


class DecideForm(CaseForm):
    answer = choice_field(
        _("May the auditor read the texts of this case?"),
        [("grant", _("Yes, with names blotted out")), ("refuse", _("No"))],
    )
    until = day_field(_("Last day"), required=False)
