"""The enterprise, what happened, what it touches, evidence, what was tried and what is wanted."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from cases.models.issue import KeptField
from cases.models.party import PartyKind, RespondentRole
from cases.sent import ASKED_OF_OFFICE
from documents.services import ACCEPT, validate_upload
from intake import finder
from intake.fields import ManyFilesField, PartialDayField
from intake.forms.base import StepForm, choice, country, text

ENTERPRISE_KINDS = (
    PartyKind.BUSINESS,
    PartyKind.STATE_BODY,
    PartyKind.ASSOCIATION,
    PartyKind.NGO,
    PartyKind.OTHER,
)


class EnterpriseForm(StepForm):
    name = text(
        _("Name of the enterprise"),
        _("If you do not know the exact name, write what people call it."),
        needed=_("Write the name of the enterprise, or what people call it."),
    )
    kind = choice(
        _("What is it?"),
        [(kind.value, kind.label) for kind in ENTERPRISE_KINDS],
        needed=_("Choose what it is. If you are not sure, choose “Business”."),
    )
    country = country(_("Country where it has its seat"))
    address = text(_("Where can it be found?"), _("Address, place of the mine or factory."), long=3)
    website = text(_("Website"), inputmode="url")
    structure = text(
        _("Who owns it, and whom does it work for?"),
        _("Parent company, subsidiaries, buyers, banks, as far as you know."),
        long=4,
    )
    role = choice(
        _("What did it have to do with the harm?"),
        RespondentRole.choices,
        _("Choose “Not known” if you are not sure."),
        needed=_("Choose what it had to do with the harm, or “Not known”."),
    )


class IssueForm(StepForm):
    title = text(
        _("In a few words, what is this about?"),
        _(
            "For example: dust from the quarry, dismissal of union members. Without names of "
            "people."
        ),
        needed=_("Say in a few words what this is about."),
    )
    description = text(
        _("What happened?"),
        _("In your own words: who did what, who was harmed and how. You need not name any law."),
        needed=_("Tell us what happened. A few sentences are enough to begin."),
        long=12,
    )
    place = text(_("Where did it happen?"), _("Village, town, district, name of the site."))
    country = country(_("In which country?"))
    started = PartialDayField(
        label=_("When did it begin?"),
        help_text=_("A year is enough. Leave out what you do not know."),
        required=False,
    )
    is_approximate = forms.BooleanField(label=_("This is about right, not exact"), required=False)
    is_ongoing = forms.BooleanField(label=_("It still goes on"), required=False)
    ended = PartialDayField(
        label=_("When did it end?"),
        help_text=_("Leave it empty if it still goes on."),
        required=False,
    )
    kept = forms.MultipleChoiceField(
        label=_("Shall the office keep the place or the days from somebody?"),
        help_text=_(
            "They can tell who you are. Leave all empty if everybody in the case may read them. "
            "The public never reads them here."
        ),
        choices=KeptField.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    kept_reason = text(_("If you keep something: why?"))
    for_office = text(
        _("What only the office should know"),
        _(
            "For example who saw it, or who could be recognised. Neither the enterprise nor the "
            "mediator reads it."
        ),
        long=4,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        started, ended = cleaned.get("started") or "", cleaned.get("ended") or ""
        if ended and cleaned.get("is_ongoing"):
            self.add_error("ended", _("Leave the end empty, or say that it no longer goes on."))
        elif started and ended:
            shorter = min(len(started), len(ended))
            if ended[:shorter] < started[:shorter]:
                self.add_error("ended", _("The end lies before the beginning."))
        return cleaned


class ProvisionsForm(StepForm):
    plain = forms.MultipleChoiceField(
        label=_("Which of these happened?"),
        help_text=_("Tick what fits. We find the rule that goes with it."),
        choices=finder.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    citations = text(
        _("Paragraphs of the Guidelines, if you know them"),
        _("For example: IV.3, V.1.a. Nobody expects you to know."),
    )


class EvidenceForm(StepForm):
    files = ManyFilesField(
        label=_("Choose files"),
        required=False,
    )

    def __init__(self, *args: Any, room: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.room = room
        self.accepted: list[Any] = []  # in order, also where another file was refused
        self.fields["files"].widget.attrs["accept"] = ACCEPT
        self.fields["files"].help_text = _(
            "Letters, photos, contracts, recordings: up to %(size)s each, %(count)s files in all. "
            "You may choose several at once."
        ) % {"size": filesizeformat(settings.MAX_FILE_BYTES), "count": settings.MAX_FILES}

    def clean_files(self) -> list[Any]:
        uploads = self.cleaned_data["files"]
        self.accepted, refusals = sorted_uploads(uploads, room=self.room)
        if refusals:
            raise ValidationError(refusals)
        return uploads


def sorted_uploads(uploads: list[Any], *, room: int) -> tuple[list[Any], list[Any]]:
    """Return the files that can be taken, and a sentence for each one that cannot."""
    if len(uploads) > room:
        return [], [
            _("There is room for %(room)s more files, and you chose %(chosen)s.")
            % {"room": room, "chosen": len(uploads)}
        ]
    accepted, refusals = [], []
    for upload in uploads:
        try:
            validate_upload(upload)
        except ValidationError as error:
            refusals.append(
                _("“%(name)s” was not taken. %(reason)s")
                % {"name": upload.name, "reason": " ".join(error.messages)}
            )
        else:
            accepted.append(upload)
    return accepted, refusals


class FileForm(StepForm):
    title = text(_("What does it show?"), _("In a few words, without names of people."))
    withhold = forms.MultipleChoiceField(
        label=_("From whom shall the office keep this file?"),
        help_text=_("Leave all empty if everybody in the case may see it."),
        choices=[
            ("respondent", _("The enterprise")),
            ("mediator", _("The mediator")),
            ("public", _("The public")),
        ],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = text(_("Why?"), _("The office decides, and asks you again before it shows the file."))


class TriedForm(StepForm):
    tried_before = text(
        _("What have you or others already tried?"),
        _(
            "Talks or letters to the enterprise, authorities, a court, the press. What was the "
            "answer?"
        ),
        long=8,
    )
    others_to_ask = text(
        _("Who else could tell the office more?"),
        _("Only the officers of the case read it. They ask nobody without asking you first."),
        long=3,
    )


class WantedForm(StepForm):
    wanted = text(
        _("What do you want to happen?"),
        _(
            "For example: talks with the enterprise, clean water, compensation, an apology, a "
            "change of its rules."
        ),
        long=8,
    )
    asked_of_office = forms.MultipleChoiceField(
        label=_("What shall the office do?"),
        help_text=_("Tick what fits. The office offers what its rules allow."),
        choices=ASKED_OF_OFFICE.items(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    why_here = text(
        _("Why do you turn to this office?"),
        _(
            "For example: it happened in this country, or the enterprise has its seat here. Leave "
            "it empty if you do not know."
        ),
        long=3,
    )


class ProceedingForm(StepForm):
    forum = text(
        _("Which court, authority or other office?"),
        _("Also another National Contact Point, or the complaints office of a bank."),
        needed=_("Name the court, authority or office."),
    )
    reference = text(_("Its number of the case"))
    status = text(_("How does it stand?"), long=3)
