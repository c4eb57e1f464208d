"""Forms of the mediation's pages. Each carries the row version that its page was opened with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from cases.forms import day_field
from cases.models.party import Side
from cases.services.deadlines import today
from cases.shown import DisclosedIssue
from cases.workflow import GOOD_OFFICES_OUTCOMES, Outcome
from documents.services import ACCEPT
from mediation.models import BodyRole, MediationBody, Mediator, RoomAudience, SessionKind

TEXT = {"rows": 5}


class VersionForm(forms.Form):
    """A form with nothing but the row version: a page that asks for a yes."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = version

    def renew(self, version: int) -> None:
        """Show what was typed again over the row as it is now."""
        self.data = self.data.copy()
        self.data["version"] = str(version)


class ReasonForm(VersionForm):
    reason = forms.CharField(
        label=_("Why does the body not take the case?"),
        help_text=_("The office reads it. Do not name people here."),
        max_length=4000,
        widget=forms.Textarea(attrs=TEXT),
    )


class AppointForm(VersionForm):
    mediator = forms.ModelChoiceField(
        label=_("Who is to mediate?"),
        queryset=User.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mediator"].queryset = people
        self.fields["mediator"].label_from_instance = _describe


def _describe(person: User) -> str:
    """Return a mediator's name with what a coordinator should know before appointing them."""
    profile = getattr(person, "mediator_profile", None)
    facts = [profile.languages, profile.expertise, profile.countries] if profile else []
    return " – ".join([person.name, *(text for text in facts if text)])


class DeclareForm(VersionForm):
    answer = forms.ChoiceField(
        label=_("Do you have a conflict of interest in this case?"),
        help_text=_(
            "For example: you work or worked for a side, know one of the people well, hold shares, "
            "or spoke about the matter in public."
        ),
        choices=[("no", _("No, I have none")), ("yes", _("Yes, I have one"))],
        widget=forms.RadioSelect,
    )
    explanation = forms.CharField(
        label=_("Explanation"),
        help_text=_("If you have ties that you hold to be no conflict, say so here."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs=TEXT),
    )


class ConsentForm(VersionForm):
    side = forms.ChoiceField(label=_("Which side?"), choices=Side.choices, widget=forms.RadioSelect)
    answer = forms.ChoiceField(
        label=_("What does it say?"),
        choices=[
            ("yes", _("It agrees to the mediator and to the rules of the mediation")),
            ("no", _("It does not agree")),
        ],
        widget=forms.RadioSelect,
    )
    given_on = day_field(_("On which day?"), help_text=_("The day on which it was said or signed."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["given_on"].initial = today()


READERS = [
    ("mediator", _("I alone: my own notes")),
    ("joint", _("Both sides and I")),
    ("complainant", _("The complainant and I")),
    ("respondent", _("The enterprise and I")),
]


def audience_of(reader: str) -> tuple[str, str]:
    """Return audience and side of what a reader of the list above stands for."""
    if reader in Side.values:
        return RoomAudience.CAUCUS, reader
    return reader, ""


class NoteForm(VersionForm):
    text = forms.CharField(
        label=_("Note"), max_length=20000, widget=forms.Textarea(attrs={"rows": 8})
    )
    reader = forms.ChoiceField(
        label=_("Who may read it?"),
        help_text=_("Nobody else ever does, the office included."),
        choices=READERS,
        widget=forms.RadioSelect,
    )


class FileForm(VersionForm):
    file = forms.FileField(label=_("File"), widget=forms.FileInput(attrs={"accept": ACCEPT}))
    title = forms.CharField(label=_("What is it?"), max_length=200)
    reader = forms.ChoiceField(
        label=_("Who may read it?"),
        help_text=_("Nobody else ever does, the office included."),
        choices=READERS,
        widget=forms.RadioSelect,
    )


class SessionForm(VersionForm):
    held_on = day_field(_("When was it?"))
    kind = forms.ChoiceField(
        label=_("With whom?"),
        choices=[
            (SessionKind.JOINT, _("With both sides together")),
            ("complainant", _("With the complainant alone")),
            ("respondent", _("With the enterprise alone")),
        ],
        widget=forms.RadioSelect,
    )
    for_complainant = forms.CharField(
        label=_("Who took part for the complainant?"),
        help_text=_("Names and functions, where this side was there. They stay in this room."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    complainant_had_authority = forms.BooleanField(
        label=_("Somebody there could decide for the complainant"), required=False
    )
    for_respondent = forms.CharField(
        label=_("Who took part for the enterprise?"),
        help_text=_("Names and functions, where this side was there. They stay in this room."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    respondent_had_authority = forms.BooleanField(
        label=_("Somebody there could decide for the enterprise"), required=False
    )
    others = forms.CharField(
        label=_("Who else was there?"),
        help_text=_("Interpreters, experts, observers."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    agenda_agreed = forms.BooleanField(label=_("The agenda was agreed beforehand"), required=False)
    note = forms.CharField(
        label=_("Note on the session"),
        required=False,
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    reader = forms.ChoiceField(
        label=_("Who may read the note?"),
        help_text=_("Nobody else ever does, the office included."),
        choices=READERS,
        initial="mediator",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("for_complainant", "for_respondent"):
            # Not optional for a side that was there; which one was is said above.
            self.fields[name].mark_optional = False


class OutcomeForm(VersionForm):
    """One question for each issue of the referral."""

    def __init__(self, *args: Any, issues: Iterable[DisclosedIssue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue_ids = []
        for issue in issues:
            self.issue_ids.append(issue.id)
            self.fields[f"issue-{issue.id}"] = forms.ChoiceField(
                label=_("Issue %(number)s: %(title)s")
                % {"number": issue.number, "title": issue.title},
                choices=[(item.value, Outcome(item).label) for item in GOOD_OFFICES_OUTCOMES],
                widget=forms.RadioSelect,
            )

    @property
    def outcomes(self) -> dict[Any, str]:
        return {pk: self.cleaned_data[f"issue-{pk}"] for pk in self.issue_ids}


class BodyForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = MediationBody
        fields = ("name", "country", "about", "is_active")
        help_texts = {"country": _("Two letters, for example KZ.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.row_version and not self.instance._state.adding:
            self.fields["version"].initial = self.instance.row_version

    def clean_country(self) -> str:
        country = self.cleaned_data["country"].strip().upper()
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise forms.ValidationError(_("Give two letters, for example KZ."))
        return country


class MemberForm(forms.Form):
    role = forms.ChoiceField(
        label=_("As what?"), choices=BodyRole.choices, widget=forms.RadioSelect
    )
    person = forms.ModelChoiceField(
        label=_("Who?"),
        help_text=_("People who hold the role of a coordinator or a mediator."),
        queryset=User.objects.none(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.holding(Role.COORDINATOR, Role.MEDIATOR).order_by("name", "pk")
        self.fields["person"].queryset = people


class ProfileForm(forms.ModelForm):
    class Meta:
        model = Mediator
        fields = ("languages", "expertise", "countries")
        widgets = {"expertise": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "languages": _("Those that you can mediate in."),
            "expertise": _("For example: labour, environment, resettlement."),
        }
