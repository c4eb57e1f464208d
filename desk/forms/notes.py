from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.forms import day_field
from desk.forms.base import text_field


class PeopleField(forms.MultipleChoiceField):
    """Some of a list of people, all in sight."""

    widget = forms.CheckboxSelectMultiple

    def among(self, people: list[User]) -> None:
        self.people = {str(person.pk): person for person in people}
        self.choices = [(pk, person.name or str(person)) for pk, person in self.people.items()]

    def clean(self, value: Any) -> list[User]:
        return [self.people[pk] for pk in super().clean(value)]


class NoteForm(forms.Form):
    text = text_field(
        _("Note"),
        rows=4,
        help_text=_(
            "People of this office read it, never a party or a mediator. Write @ and a name, or "
            "choose below, to tell somebody."
        ),
        error_messages={"required": _("Write the note.")},
    )
    mentioned = PeopleField(label=_("Tell these people"), required=False)
    for_named_officers = forms.BooleanField(
        label=_("Only the officers named on this case read it"),
        help_text=_("For withheld names and what people said about their safety."),
        required=False,
    )

    def __init__(
        self, *args: Any, people: list[User], knows_identities: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mentioned"].among(people)
        if not people:
            del self.fields["mentioned"]
        if not knows_identities:
            del self.fields["for_named_officers"]


class TaskForm(forms.Form):
    text = forms.CharField(
        label=_("What is to be done?"),
        max_length=500,
        error_messages={"required": _("Write what is to be done.")},
    )
    assignee = forms.ChoiceField(label=_("Who does it?"))
    due_on = day_field(_("By when?"))

    def __init__(self, *args: Any, people: list[User], by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        choices = [(pk, person.name or str(person)) for pk, person in self.people.items()]
        self.fields["assignee"].choices = choices
        self.fields["assignee"].initial = str(by.pk)

    def clean_assignee(self) -> User:
        return self.people[self.cleaned_data["assignee"]]
