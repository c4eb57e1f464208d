"""The end of a case and after: the draft, a last notice, a settlement, a review, follow-up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms import VersionForm, day_field
from portal.forms.base import FilesField, OnceForm, long_text


class CommentForm(VersionForm):
    says = forms.ChoiceField(
        label=_("Do you have comments on the draft?"),
        choices=[("comments", _("Yes, I write them below")), ("none", _("No, I have none"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you have comments.")},
    )
    text = long_text(
        _("Your comments"),
        rows=12,
        required=False,
        help_text=_("What is wrong, missing or hard to understand? Name the place."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("says") == "comments" and not cleaned.get("text", "").strip():
            self.add_error("text", _("Write your comments, or say that you have none."))
        if cleaned.get("says") == "none" and cleaned.get("text", "").strip():
            self.add_error("says", _("You wrote comments and said that you have none. Choose one."))
        return cleaned


class LastNoticeForm(OnceForm):
    text = long_text(
        _("A few words are enough"),
        rows=4,
        error_messages={"required": _("Write a few words.")},
    )


class SettlementForm(OnceForm):
    settled_on = day_field(
        _("On which day did you settle?"), error_messages={"required": _("Give the day.")}
    )
    note = long_text(
        _("Anything that the office should know"),
        rows=3,
        required=False,
        help_text=_("You need not tell the terms. They stay between you."),
    )


class SettlementAnswerForm(OnceForm):
    confirms = forms.ChoiceField(
        label=_("Is the matter settled?"),
        choices=[("yes", _("Yes, we settled it")), ("no", _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers.")},
    )
    note = long_text(_("Anything that the office should know"), rows=3, required=False)


class ReviewForm(OnceForm):
    grounds = long_text(
        _("Which rule of the procedure was not kept, and how?"),
        help_text=_("The review looks at how the case was run, not at who is right."),
        error_messages={"required": _("Say which rule was not kept, and how.")},
    )


class CommitmentForm(OnceForm):
    text = long_text(
        _("What was done, or what was not?"),
        help_text=_("The other side reads it. Leave out names that are withheld."),
        error_messages={"required": _("Write what was done, or what was not.")},
    )
    is_for_office = forms.BooleanField(
        label=_("Only for the office"),
        required=False,
        help_text=_("The other side does not read it; the statement can then not rest on it."),
    )
    files = FilesField(label=_("Files"))

    def __init__(self, *args: Any, takes_files: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not takes_files:
            del self.fields["files"]


class DeletionForm(OnceForm):
    text = long_text(
        _("What did you delete, and where was it?"),
        rows=3,
        help_text=_("“I kept nothing” is an answer, too."),
        error_messages={"required": _("Write what was deleted and where it was kept.")},
    )
    sure = forms.BooleanField(
        label=_("I deleted or destroyed every copy that I had, and passed none on"),
        error_messages={"required": _("Tick the box once it is so.")},
    )
