"""Who writes, who was harmed, who may know their names, how they are reached safely."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.language import name_of
from cases.models.party import PartyKind
from documents.services import ACCEPT
from intake.fields import ManyFilesField
from intake.forms.base import YES_NO, StepForm, choice, country, email, text
from intake.people_file import MOST_PEOPLE


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
    mandate_files = ManyFilesField(
        label=_("Proof that they asked you"),
        help_text=_("Signed letters, minutes or a power of attorney, one file or several."),
        required=False,
    )
    principals = forms.CharField(
        label=_("Names of the people for whom you act"),
        help_text=_(
            "One name a line, as many as there are. Leave it empty if you name them on the next "
            "page. Only the officers of the case read it."
        ),
        required=False,
        max_length=MOST_PEOPLE * 100,
        widget=forms.Textarea({"rows": 6}),
    )
    principals_file = forms.FileField(
        label=_("A list of their names as a file"),
        help_text=_(
            "From a spreadsheet, saved as CSV: one person a row, the name in the first column. The "
            "names are added to the list above."
        ),
        required=False,
        widget=forms.FileInput({"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
        error_messages={"empty": _("This file is empty. Choose it again.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mandate_files"].widget.attrs["accept"] = ACCEPT


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
        _(
            "The final statement can be read by everybody. What the public reads, the enterprise "
            "and the mediator read too: say yes to all three, or the name stays hidden from the "
            "public."
        ),
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
    ask_before_telling = forms.BooleanField(
        label=_("Ask me once more before you tell the enterprise"),
        help_text=_(
            "The office cannot help without telling the enterprise at some time. It tells you "
            "first in any case."
        ),
        required=False,
    )


def language_choice() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("In which language shall we write to you?"),
        choices=[(code, name_of(code)) for code, _name in settings.LANGUAGES],
        initial=get_language,
    )


class ReachForm(StepForm):
    """What the office must know besides a recording: how to reach whoever sent it."""

    contact = text(
        _("How can we reach you?"),
        _("A telephone number or an e-mail address that is safe to use."),
        needed=_("Write a telephone number or an e-mail address, so that we can ask you."),
        autocomplete="off",
    )
    safe_contact = text(
        _("When and how is it safe to reach you?"),
        _("For example: by message only, after 18:00, never at work."),
        long=3,
    )
    name = text(_("Your name"), _("If you like. Only the officers of the case read it."))
    language = language_choice()


class ContactForm(StepForm):
    language = language_choice()
    interpreter = text(
        _("Do you need an interpreter or other help?"),
        _("For example: Uzbek, sign language, large print, somebody who reads the letters to me."),
    )
