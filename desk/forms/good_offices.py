from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from cases import rules
from cases.forms import day_field
from cases.models.party import Side
from cases.workflow import GOOD_OFFICES_OUTCOMES, Outcome
from desk.forms.base import CaseForm, choice_field, text_field

OUTCOMES = [(outcome.value, outcome.label) for outcome in GOOD_OFFICES_OUTCOMES]


class ReplyForm(CaseForm):
    side = choice_field(_("Whose reply is it?"), Side.choices)
    accepts = choice_field(
        _("What does it say?"),
        [("yes", _("Agrees to good offices")), ("no", _("Declines good offices"))],
    )
    note = text_field(
        _("How it came, and what it says besides"),
        required=False,
        help_text=_("For example: by letter of 3 November."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        replied = {row.side for row in self.case.replies.all()}
        self.fields["side"].choices = [
            (code, label) for code, label in Side.choices if code not in replied
        ]


class ConcludeForm(CaseForm):
    outcome = choice_field(_("How did the good offices end?"), OUTCOMES)

    def __init__(self, *args: Any, issues: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issues = issues
        if len(issues) > 1:
            for issue in issues:
                self.fields[f"issue_{issue.number}"] = forms.ChoiceField(
                    label=f"{issue.number}. {issue.title}",
                    required=False,
                    choices=[("", _("As for the case")), *OUTCOMES],
                )
        if rules.load(self.case.rule_set).allows_examination:
            self.fields["then"] = choice_field(
                _("What comes next?"),
                [
                    ("statement", _("The final statement")),
                    ("examine", _("The NCP examines the issues itself, then writes its statement")),
                ],
                initial="statement",
            )

    def clean(self) -> None:
        ends_well = self.cleaned_data.get("outcome") == Outcome.AGREEMENT
        if ends_well and self.cleaned_data.get("then") == "examine":
            self.add_error("then", _("After an agreement there is nothing to examine."))

    @property
    def examines(self) -> bool:
        return self.cleaned_data.get("then") == "examine"

    def on_issues(self) -> dict[UUID, str]:
        """Return the outcome of each issue that differs from that of the case."""
        return {
            issue.pk: self.cleaned_data[f"issue_{issue.number}"]
            for issue in self.issues
            if self.cleaned_data.get(f"issue_{issue.number}")
        }


class ReferralForm(CaseForm):
    """To whom the case goes: a mediation body, or somebody of the NCP."""

    to = choice_field(_("Who should mediate?"), ())
    issues = forms.MultipleChoiceField(
        label=_("Which issues is it about?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one issue.")},
    )
    note = text_field(
        _("Note to the body"),
        required=False,
        help_text=_("Its coordinator reads it. Name nobody whose name is withheld."),
    )
    expires_on = day_field(
        _("Last day to answer"),
        required=False,
        help_text=_("Thirty days from today if you leave it empty."),
    )

    def __init__(
        self, *args: Any, bodies: list[Any], people: list[Any], issues: list[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.targets = {f"body-{body.pk}": body for body in bodies}
        self.targets |= {f"person-{person.pk}": person for person in people}
        self.fields["to"].choices = [
            *((f"body-{body.pk}", body.name) for body in bodies),
            *(
                (f"person-{person.pk}", _("%(name)s of the NCP") % {"name": person.name})
                for person in people
            ),
        ]
        self.fields["issues"].choices = [
            (str(issue.pk), f"{issue.number}. {issue.title}") for issue in issues
        ]
        self.fields["issues"].initial = [str(issue.pk) for issue in issues]

    @property
    def target(self) -> Any:
        return self.targets[self.cleaned_data["to"]]

    @property
    def is_internal(self) -> bool:
        return self.cleaned_data["to"].startswith("person-")

    def issue_ids(self) -> list[UUID]:
        return [UUID(pk) for pk in self.cleaned_data["issues"]]


class RevokeForm(CaseForm):
    reason = text_field(
        _("Why is it taken back?"),
        help_text=_("The body and the mediator read it."),
        error_messages={"required": _("Say why: the body reads it.")},
    )
    referral_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, referral: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["referral_version"].initial = referral.row_version

    def refresh(self, version: int, message: str) -> None:
        super().refresh(version, message)
        self.data["referral_version"] = str(self.fields["referral_version"].initial)
