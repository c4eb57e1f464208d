from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.letters import wording
from cases.letters.drafts import Draft
from cases.models.letter import LetterAudience
from cases.services.letters import Letter
from desk import letters
from desk.forms.base import CaseForm, text_field

SURE = _("I looked again: these words tell this side nothing that is withheld from it")


class LetterForm(CaseForm):
    """One letter or the two of a pair, as drafted; an officer changes what they like.

    `drafts` may be given to any other form of a case by `add_letters`.
    """

    def __init__(self, *args: Any, drafts: Iterable[Draft], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_letters(self, drafts)

    def clean(self) -> None:
        check_letters(self)


def add_letters(form: CaseForm, drafts: Iterable[Draft]) -> None:
    """Give a form the fields of letters: subject and text of each, in its reader's language."""
    form.drafts = list(drafts)
    for draft in form.drafts:
        to = LetterAudience(draft.audience).label
        form.fields[f"{draft.audience}_subject"] = forms.CharField(
            label=_("Subject of the letter to: %(reader)s") % {"reader": to},
            max_length=wording.LONGEST_SUBJECT,
            initial=draft.subject,
            widget=forms.TextInput(attrs={"lang": draft.language}),
        )
        form.fields[f"{draft.audience}_text"] = text_field(
            _("Letter to: %(reader)s") % {"reader": to},
            rows=16,
            initial=draft.text,
            help_text=_("Fill in what stands in double brackets.") if draft.gaps else "",
            error_messages={"required": _("Write the letter.")},
        )
        form.fields[f"{draft.audience}_text"].widget.attrs["lang"] = draft.language


def add_sure(form: CaseForm) -> None:
    """Let somebody say that they looked again, where a letter goes to who may not know a name."""
    readers = {draft.audience for draft in form.drafts}
    withheld = {row.side for row in form.case.parties.all() if row.is_withheld}
    if any(audience != side for audience in readers for side in withheld):
        form.fields["sure"] = forms.BooleanField(label=SURE, required=False)


def check_letters(form: CaseForm) -> None:
    """Refuse a letter that still has something to fill in."""
    for draft in form.drafts:
        for part in ("subject", "text"):
            name = f"{draft.audience}_{part}"
            gaps = wording.gaps(form.cleaned_data.get(name, ""))
            if gaps:
                form.add_error(
                    name,
                    ValidationError(
                        _("Fill in what stands in double brackets: %(gap)s"),
                        params={"gap": gaps[0]},
                    ),
                )


def letters_of(form: CaseForm, *, with_pdf: bool = True) -> list[Letter]:
    """Return the letters that were typed, each with its PDF."""
    found = []
    for draft in form.drafts:
        subject = form.cleaned_data[f"{draft.audience}_subject"]
        text = form.cleaned_data[f"{draft.audience}_text"].replace("\r\n", "\n")
        pdf = b""
        if with_pdf:
            pdf = letters.portal_letter(subject=subject, text=text, language=draft.language)
        found.append(
            Letter(draft.audience, draft.language, subject, text, draft.template_version, pdf)
        )
    return found


def ask_to_look_again(form: CaseForm, words: list[str]) -> None:
    """Ask somebody to look again at words that may tell who somebody is, and to say so."""
    form.fields["sure"] = forms.BooleanField(label=SURE, required=False)
    form.add_error(
        None,
        ValidationError(
            _("These words may tell who somebody is whose name is withheld: %(words)s."),
            params={"words": ", ".join(words[:8])},
        ),
    )
