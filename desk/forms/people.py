from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from cases import naming_form
from cases.models import Participation
from cases.services import members
from desk.forms.base import CaseForm, choice_field, text_field


class AssignForm(CaseForm):
    officer = forms.ChoiceField(
        label=_("Officer"), help_text=_("Who is named here may read withheld names.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        barred = {
            row.user_id
            for row in self.case.conflicts.all()
            if row.has_conflict and row.superseded_at is None
        }
        barred |= {row.user_id for row in self.case.participations.all() if row.role == "mediator"}
        self.people = {
            str(person.pk): person
            for person in User.objects.holding(Role.OFFICER)
            if person.pk not in barred and person.pk != self.case.officer_id
        }
        names = sorted(self.people.items(), key=lambda item: item[1].name.casefold())
        self.fields["officer"].choices = [("", "")] + [(pk, str(person)) for pk, person in names]

    def clean_officer(self) -> User:
        return self.people[self.cleaned_data["officer"]]


class CounselForm(CaseForm):
    person = forms.ChoiceField(label=_("Whom do you confirm?"), widget=forms.RadioSelect)
    check = text_field(
        _("How did you check who it is, and what did they undertake?"),
        help_text=_(
            "For example: seen the card of the bar association; promised in writing to show the "
            "documents to nobody of their side. The side reads this."
        ),
        error_messages={"required": _("Say how you checked who it is, and what they undertook.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(row.pk): row for row in members.unconfirmed_counsel(self.case)}
        self.fields["person"].choices = [
            (pk, f"{row.name} ({row.get_side_display()})") for pk, row in self.rows.items()
        ]

    def clean_person(self) -> Participation:
        row = self.rows[self.cleaned_data["person"]]
        row.case = self.case
        return row


class DeclareForm(CaseForm):
    has_conflict = choice_field(
        _("Do you have a conflict of interest in this case?"),
        [
            ("no", _("No, I have none")),
            ("yes", _("Yes, or somebody could think so")),
        ],
        help_text=_(
            "For example: you, your family or your employer work for, own or supervise a party, "
            "or you advised one of them."
        ),
    )
    explanation = text_field(
        _("Explanation"), required=False, help_text=_("It stays on the record of the case.")
    )


class NamesForm(CaseForm, naming_form.NamesForm):
    note = text_field(
        _("How were you asked, and how do you know who asked?"),
        help_text=_("The office keeps this, and the party reads it."),
        error_messages={"required": _("Say how you were asked, and how you know who asked.")},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_about(people)
