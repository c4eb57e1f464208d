"""The forms of the workshop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cases.forms import VersionForm, day_field
from cases.models.party import Side

LONGEST_TEXT = 400_000


def long_text(label: Any, *, rows: int = 4, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("max_length", 20_000)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class BeginForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What do you write?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you write.")},
    )
    language = forms.ChoiceField(
        label=_("In which language do you write it first?"),
        help_text=_("You can add the other languages before it goes to the parties."),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the languages.")},
    )

    def __init__(self, *args: Any, kinds: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        if len(kinds) == 1:
            self.fields["kind"].initial = kinds[0].value


class TextForm(forms.Form):
    """The text of one language; `based_on` is the version that was opened."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    title = forms.CharField(
        label=_("Title"), max_length=300, error_messages={"required": _("Write the title.")}
    )
    summary = long_text(
        _("Summary"),
        required=False,
        max_length=3000,
        help_text=_("Two or three sentences for the list of published cases."),
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "true"}),
        error_messages={"required": _("Write the text.")},
    )


class DetailsForm(VersionForm):
    follow_up_on = day_field(
        _("Day of the follow-up that the statement names"),
        required=False,
        help_text=_(
            "A statement with recommendations or an agreement names one. A changed day needs a "
            "new sign-off."
        ),
    )
    lessons = long_text(
        _("What the office learnt from this case"),
        required=False,
        help_text=_("For the office only; it is never published."),
    )

    def clean_follow_up_on(self) -> date | None:
        return self.cleaned_data["follow_up_on"]


class CloseForm(VersionForm):
    reason = long_text(
        _("Why is it closed before its last day?"),
        required=False,
        help_text=_("Needed only before the last day, when both sides have commented."),
    )


class PaperCommentForm(forms.Form):
    side = forms.ChoiceField(
        label=_("Whose comments?"),
        choices=Side.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a side.")},
    )
    has_none = forms.BooleanField(label=_("The side said that it has no comments"), required=False)
    text = long_text(_("Comments"), rows=8, required=False)


class ReasonForm(VersionForm):
    """One text that says why: what it is for is said by its label."""

    reason = long_text(_("Reason"), error_messages={"required": _("Give the reason.")})

    def __init__(self, *args: Any, label: Any = "", hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["reason"].label = label
        self.fields["reason"].help_text = hint


class CorrectForm(VersionForm):
    """What is corrected and why, in each language in which the statement stands."""

    def __init__(self, *args: Any, languages: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in languages.items():
            self.fields[self.name_of(code)] = long_text(
                _("What is corrected, and why? (%(language)s)") % {"language": name},
                help_text=_("Published with the new version: do not repeat what must not be read."),
                error_messages={
                    "required": _("Say what is corrected, and why (%(language)s).")
                    % {"language": name}
                },
            )
            self.fields[self.name_of(code)].widget.attrs["lang"] = code
        self.codes = tuple(languages)

    @staticmethod
    def name_of(code: str) -> str:
        return f"note_{code}"

    def notes(self) -> dict[str, str]:
        """Return what was written, by language."""
        return {code: self.cleaned_data[self.name_of(code)] for code in self.codes}


class FindingForm(forms.Form):
    reason = forms.CharField(
        label=_("Why these words may stay"),
        max_length=2000,
        error_messages={"required": _("Say why these words may stay.")},
    )


class SureForm(VersionForm):
    """A step that is confirmed by a tick, on exactly the versions that were on the page."""

    versions = forms.CharField(widget=forms.HiddenInput)
    sure = forms.BooleanField(error_messages={"required": _("Tick the box if you are sure.")})

    def __init__(self, *args: Any, label: Any, versions: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sure"].label = label
        self.fields["versions"].initial = versions


class SetAsideForm(VersionForm):
    sure = forms.BooleanField(
        label=_("Yes, put this text aside"),
        error_messages={"required": _("Tick the box if you are sure.")},
    )
