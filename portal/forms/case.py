"""What a party writes to the office in its case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms import VersionForm, day_field
from portal.forms.base import FilesField, OnceForm, long_text


class MessageForm(OnceForm):
    text = long_text(_("Your message"), error_messages={"required": _("Write the message.")})
    files = FilesField(label=_("Files"))

    def __init__(self, *args: Any, takes_files: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not takes_files:
            del self.fields["files"]


class DocumentForm(OnceForm):
    files = FilesField(
        label=_("Files"), required=True, error_messages={"required": _("Choose a file.")}
    )
    title = forms.CharField(
        label=_("What is it?"),
        help_text=_("For example “Photographs of the river, May 2026”."),
        max_length=200,
        required=False,
    )
    withhold = forms.BooleanField(
        label=_("The other side should not see it"),
        help_text=_("The office decides, and tells you before anybody else sees it."),
        required=False,
    )
    reason = long_text(
        _("Why should the other side not see it?"),
        rows=4,
        required=False,
        help_text=_("Only if you ticked the box. For example: it shows who spoke with us."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("withhold") and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why the other side should not see it."))
        return cleaned


class AnswerForm(OnceForm):
    text = long_text(
        _("Your answer"),
        rows=14,
        help_text=_("The complainant reads this text too."),
        error_messages={"required": _("Write the answer.")},
    )
    files = FilesField(
        label=_("Files"),
        help_text=_("They go to the office first; it decides with you what the other side sees."),
    )


class RequestForm(OnceForm):
    text = long_text(
        _("Your answer"),
        rows=10,
        help_text=_("Only the office reads it."),
        error_messages={"required": _("Write the answer.")},
    )
    files = FilesField(label=_("Files"))


class MoreTimeForm(OnceForm):
    deadline = forms.TypedChoiceField(
        label=_("For what do you need more time?"),
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose for what you need more time.")},
    )
    until = day_field(
        _("Until when do you need?"), error_messages={"required": _("Say until when you need.")}
    )
    text = long_text(
        _("Why do you need more time?"),
        rows=5,
        error_messages={"required": _("Say why you need more time.")},
    )

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deadline"].choices = choices
        if len(choices) == 1:
            self.fields["deadline"].initial = choices[0][0]


class ReprisalForm(OnceForm):
    text = long_text(
        _("What happened, or what are you afraid of?"),
        rows=8,
        help_text=_("Who, when, where, how. Say what would make you safer, if you know."),
        error_messages={"required": _("Write what happened.")},
    )


class ChallengeForm(OnceForm):
    """Whom a side doubts, and why."""

    reasons = forms.CharField(
        label=_("Your reasons"),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What ties this person to somebody in the case, or has shown a bias."),
        error_messages={"required": _("Give your reasons: others decide on them.")},
    )

    def __init__(self, *args: Any, people: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["challenged"] = forms.ChoiceField(
            label=_("Whom you challenge"),
            choices=[("", _("Choose")), *((str(item.id), item.label) for item in people)],
            error_messages={"required": _("Choose somebody.")},
        )
        self.order_fields(["token", "challenged", "reasons"])


class WithdrawForm(VersionForm):
    freely = forms.ChoiceField(
        label=_("Is it your own free decision?"),
        choices=[
            ("yes", _("Yes, it is my own decision")),
            ("pressed_stay", _("No, somebody puts me under pressure. Do not withdraw it.")),
            (
                "pressed",
                _("Somebody puts me under pressure, and I want to withdraw it all the same"),
            ),
        ],
        widget=forms.RadioSelect,
        help_text=_("Only the officers of your case learn what you answer here."),
        error_messages={"required": _("Choose one of the answers.")},
    )
    reason = long_text(
        _("Why do you withdraw?"),
        rows=4,
        required=False,
        help_text=_("You need not say. Only the office reads it."),
    )
    sure = forms.BooleanField(label=_("Yes, I withdraw the complaint"), required=False)

    def clean(self) -> None:
        stays = self.cleaned_data.get("freely") == "pressed_stay"
        if not stays and not self.cleaned_data.get("sure"):
            self.add_error("sure", _("Tick the box if you are sure."))
