"""One form per page. Answers are kept as they were typed; a form says what is wrong with them."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from accounts import codes
from cases.models.case import Channel
from cases.models.party import PartyKind, RespondentRole
from documents.services import ACCEPT, validate_upload
from intake import finder
from intake.countries import country_choices
from intake.fields import ManyFilesField, PartialDayField

LONG_TEXT = 20_000
YES_NO = (("yes", _("Yes")), ("no", _("No")))

ENTERPRISE_KINDS = (
    PartyKind.BUSINESS,
    PartyKind.STATE_BODY,
    PartyKind.ASSOCIATION,
    PartyKind.NGO,
    PartyKind.OTHER,
)


def text(label: Any, hint: Any = "", *, needed: Any = "", long: int = 0, **attrs: Any) -> Any:
    """Make a text field; `needed` is what to say when it is left empty, "" makes it optional."""
    widget = forms.Textarea({"rows": long, **attrs}) if long else forms.TextInput(attrs)
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(needed),
        max_length=LONG_TEXT if long else 300,
        widget=widget,
        error_messages={
            "required": needed,
            "max_length": _("Shorten this to %(limit_value)d characters; it has %(show_value)d."),
        },
    )


def choice(label: Any, choices: Any, hint: Any = "", *, needed: Any = "") -> Any:
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=choices,
        required=bool(needed),
        widget=forms.RadioSelect,
        error_messages={"required": needed, "invalid_choice": _("Choose one of the answers.")},
    )


def country(label: Any, hint: Any = "") -> Any:
    return forms.ChoiceField(
        label=label, help_text=hint, choices=country_choices, required=False, initial=""
    )


def email(label: Any, hint: Any = "") -> Any:
    return forms.EmailField(
        label=label,
        help_text=hint,
        required=False,
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"invalid": _("Write the whole address, such as name@example.org.")},
    )


class StepForm(forms.Form):
    # The server's own list of errors is kinder than the browser's, and works everywhere.
    use_required_attribute = False


class PrivacyForm(StepForm):
    accepted = forms.BooleanField(
        label=_("I have read this and want to go on"),
        error_messages={"required": _("Tick the box to go on. Without it we may keep nothing.")},
    )


class ActingForm(StepForm):
    acting = choice(
        _("For whom do you write?"),
        (
            ("self", _("For myself, or for a group that I belong to")),
            ("others", _("For other people or an organisation that asked me to")),
        ),
        needed=_("Choose for whom you write."),
    )


class RepresentativeForm(StepForm):
    name = text(
        _("Your name, or the name of your organisation"),
        needed=_("Write your name or the name of your organisation."),
    )
    kind = choice(_("Who are you?"), PartyKind.choices, needed=_("Choose who you are."))
    email = email(_("E-mail address"), _("Only if it is safe to write to you there."))
    phone = text(_("Telephone"), _("Only if it is safe to call you."), inputmode="tel")
    mandate = text(
        _("How did they ask you to act for them?"),
        _(
            "For example a signed letter, a vote of the village, a power of attorney. You can "
            "add it as a file later."
        ),
        needed=_("Say in a sentence how they asked you."),
        long=4,
    )
    principals = text(
        _("Names of the people for whom you act"),
        _(
            "One name a line, as many as there are. Leave it empty if you name them on the next "
            "page. Only the officers of the case read it."
        ),
        long=6,
    )


class ComplainantForm(StepForm):
    name = text(
        _("Name of the person, group or organisation"),
        _(
            "The office needs a name. You decide later whether the enterprise, the mediator and "
            "the public may read it."
        ),
        needed=_("Write a name. You decide later who may read it."),
    )
    kind = choice(_("Who is this?"), PartyKind.choices, needed=_("Choose who this is."))
    country = country(_("Country where they live or work"))
    email = email(_("E-mail address"), _("Only if it is safe to write there."))
    phone = text(_("Telephone"), _("Only if it is safe to call."), inputmode="tel")
    address = text(_("Postal address"), _("Only if letters are safe there."), long=3)


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
        error_messages={"empty": _("One of the files is empty. Choose it again.")},
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
        if len(uploads) > self.room:
            raise ValidationError(
                _("There is room for %(room)s more files, and you chose %(chosen)s.")
                % {"room": self.room, "chosen": len(uploads)}
            )
        refusals = []
        for upload in uploads:
            try:
                validate_upload(upload)
            except ValidationError as error:
                reason = " ".join(error.messages)
                refusals.append(
                    _("“%(name)s” was not taken. %(reason)s")
                    % {"name": upload.name, "reason": reason}
                )
            else:
                self.accepted.append(upload)
        if refusals:
            raise ValidationError(refusals)
        return uploads


class FileForm(StepForm):
    title = text(_("What does it show?"), _("In a few words, without names of people."))
    withhold = forms.BooleanField(
        label=_("Ask the office to keep this file from the enterprise"), required=False
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


class WantedForm(StepForm):
    wanted = text(
        _("What do you want to happen?"),
        _(
            "For example: talks with the enterprise, clean water, compensation, an apology, a "
            "change of its rules."
        ),
        long=8,
    )


class ProceedingForm(StepForm):
    forum = text(
        _("Which court, authority or other office?"),
        _("Also another National Contact Point, or the complaints office of a bank."),
        needed=_("Name the court, authority or office."),
    )
    reference = text(_("Its number of the case"))
    status = text(_("How does it stand?"), long=3)


class ShownForm(StepForm):
    """To whom a name is shown. Nothing is chosen beforehand: showing a name cannot be undone."""

    mediator = choice(
        _("May a mediator know the name?"), YES_NO, needed=_("Choose whether a mediator may know.")
    )
    respondent = choice(
        _("May the enterprise know the name?"),
        YES_NO,
        _("If not, it reads “Complainant 1”. Sometimes it can guess who it is from what you tell."),
        needed=_("Choose whether the enterprise may know."),
    )
    public = choice(
        _("May the public know the name?"),
        YES_NO,
        _("The final statement can be read by everybody."),
        needed=_("Choose whether the public may know."),
    )
    reason = text(
        _("If you keep the name from somebody: why?"),
        _("For example: I still work there. Only the officers of the case read it."),
        long=3,
    )


class SafetyForm(StepForm):
    reprisal_risk = choice(
        _("Are you or others afraid of reprisals?"),
        YES_NO,
        _("Threats, dismissal, violence, charges, pressure on your family."),
        needed=_("Choose yes or no. If you are not sure, choose yes."),
    )
    reprisal_details = text(
        _("What are you afraid of, and what would help?"),
        _("Only the officers of the case read it. Not the enterprise, not the mediator."),
        long=5,
    )
    safe_contact = text(
        _("How and when is it safe to reach you?"),
        _(
            "For example: by message only, after 18:00, never at work. Write “do not contact me” "
            "if you will look here yourself."
        ),
        long=4,
    )


class ContactForm(StepForm):
    language = forms.ChoiceField(
        label=_("In which language shall we write to you?"),
        choices=[
            (code, get_language_info(code)["name_local"].capitalize())
            for code, _name in settings.LANGUAGES
        ],
        initial=get_language,
    )
    interpreter = text(
        _("Do you need an interpreter or other help?"),
        _("For example: Uzbek, sign language, large print, somebody who reads the letters to me."),
    )


class ArrivalForm(StepForm):
    """How a submission on paper or by telephone came in; staff fill it in."""

    channel = choice(
        _("How did it arrive?"),
        [(c.value, c.label) for c in Channel if c not in (Channel.WEB, Channel.IMPORTED)],
        needed=_("Choose how it arrived."),
    )
    arrived_on = forms.DateField(
        label=_("On which day did it arrive?"),
        help_text=_("All time limits run from this day."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Give the day on which it arrived."),
            "invalid": _("Write the day as 2026-11-22."),
        },
    )

    def clean_arrived_on(self) -> Any:
        day = self.cleaned_data["arrived_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day lies in the future."))
        return day


class CodeField(forms.CharField):
    widget = forms.TextInput(
        {
            "class": "input--code",
            "autocomplete": "off",
            "spellcheck": "false",
            "autocapitalize": "characters",
        }
    )


class ConfirmCodeForm(StepForm):
    """The code typed back. Spaces, dashes and small letters do not count."""

    code = CodeField(
        label=_("Type the code here"),
        help_text=_("From what you wrote down or saved. Spaces and dashes do not matter."),
        max_length=80,
        error_messages={"required": _("Type the code, so that we know that you have it.")},
    )

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_code(self) -> str:
        typed = self.cleaned_data["code"]
        if codes.normalised(typed) != codes.normalised(self.expected):
            raise ValidationError(_("This is not the code above. Compare it sign by sign."))
        return typed


class ResumeForm(StepForm):
    code = CodeField(
        label=_("Draft code"),
        help_text=_("Six groups of four letters and digits."),
        max_length=80,
        error_messages={"required": _("Type your draft code.")},
    )


class SendForm(StepForm):
    good_faith = forms.BooleanField(
        label=_("What I wrote is true as far as I know"),
        error_messages={
            "required": _("Tick the box if what you wrote is true as far as you know.")
        },
    )


class VerifyForm(StepForm):
    receipt = forms.FileField(
        label=_("Receipt file"),
        help_text=_(
            "The text file that you saved with the receipt. It replaces the four fields below."
        ),
        required=False,
    )
    receipt_id = text(_("Receipt number"), autocomplete="off")
    at = text(_("Time"), _("As on the receipt, such as 2026-11-22T09:30:00Z."), autocomplete="off")
    digest = text(_("Digest"), autocomplete="off")
    signature = text(_("Signature"), autocomplete="off")
