from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from cases.forms import day_field
from cases.models import CaseDocument, ConsultedBody
from cases.models.consultation import BodyKind, SharedAs, Way
from desk.forms.base import CaseForm, choice_field, text_field

LANGUAGE_NAMES = {"en": "English", "ru": "Русский", "kk": "Қазақша"}


class BodyForm(forms.Form):
    kind = choice_field(_("What is it?"), BodyKind.choices)
    name = forms.CharField(
        label=_("Name"), max_length=300, error_messages={"required": _("Write the name.")}
    )
    address = forms.CharField(
        label=_("Postal address"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=254)
    language = forms.ChoiceField(label=_("Language of the letters"))
    expert = forms.ChoiceField(
        label=_("Account of the expert"),
        required=False,
        help_text=_("Only for an expert who shall answer on a page of their own."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [
            (code, LANGUAGE_NAMES.get(code, code)) for code, _name in settings.LANGUAGES
        ]
        self.experts = {str(user.pk): user for user in User.objects.holding(Role.EXPERT)}
        self.fields["expert"].choices = [
            ("", _("None: by letter or e-mail")),
            *((pk, user.name) for pk, user in self.experts.items()),
        ]

    @property
    def chosen_expert(self) -> User | None:
        return self.experts.get(self.cleaned_data.get("expert", ""))


class ConsultForm(CaseForm):
    body = forms.ChoiceField(
        label=_("Who is asked?"), error_messages={"required": _("Choose whom you ask.")}
    )
    way = choice_field(_("How do they get it?"), Way.choices, initial=Way.LETTER)
    question = text_field(
        _("Question"),
        rows=8,
        help_text=_("As short as it can be. Names that are withheld do not belong here."),
        error_messages={"required": _("Write the question.")},
    )
    documents = forms.MultipleChoiceField(
        label=_("What they are given"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Only copies that both sides read already, redacted versions and the office's own "
            "documents can be given to people outside. They get nothing else."
        ),
    )
    due_on = day_field(_("Answer by"), error_messages={"required": _("Give the day.")})
    names_reason = text_field(
        _("Why a withheld name must stand in the question"),
        rows=2,
        required=False,
        help_text=_("Leave it empty. Only an officer named on the case can decide it."),
    )

    def __init__(
        self,
        *args: Any,
        bodies: list[ConsultedBody],
        cleared: list[CaseDocument],
        usual: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = {str(row.pk): row for row in bodies}
        self.cleared = {str(row.pk): row for row in cleared}
        self.fields["body"].choices = [
            ("", "–"),
            *((pk, row.name) for pk, row in self.bodies.items()),
        ]
        self.fields["documents"].choices = [(pk, row.title) for pk, row in self.cleared.items()]
        self.fields["due_on"].initial = usual
        if not cleared:
            del self.fields["documents"]

    @property
    def chosen(self) -> list[CaseDocument]:
        return [self.cleared[pk] for pk in self.cleaned_data.get("documents", ())]


class RemindForm(CaseForm):
    note = text_field(
        _("How they were reminded"),
        rows=2,
        required=False,
        help_text=_("By letter, by telephone. An expert with an account gets a mail."),
    )


class ReplyForm(CaseForm):
    text = text_field(
        _("The answer"),
        rows=10,
        help_text=_("Word for word, as it came. The paper itself can be added as a document."),
        error_messages={"required": _("Write the answer.")},
    )
    replied_on = day_field(_("When did it come?"), error_messages={"required": _("Give the day.")})


class ShareForm(CaseForm):
    shared_as = choice_field(_("What do both sides learn?"), SharedAs.choices)
    text = text_field(
        _("The gist, or why nothing will rest on the answer"),
        rows=6,
        required=False,
        help_text=_("Not needed where the answer is shared word for word."),
    )


class CloseForm(CaseForm):
    note = text_field(
        _("Why is the answer waited for no longer?"),
        rows=3,
        required=False,
        help_text=_("Not needed once it was answered."),
    )


class DeclareForm(forms.Form):
    has_conflict = choice_field(
        _("Do you have a conflict of interest in this case?"),
        [("no", _("No. I have no tie to any side.")), ("yes", _("Yes, or it could look so."))],
    )
    explanation = text_field(
        _("If there is one: what is it?"), rows=3, required=False, max_length=2000
    )


class AnswerForm(forms.Form):
    text = text_field(
        _("Your answer"),
        rows=12,
        help_text=_("Say which part may be shown to both sides word for word."),
        error_messages={"required": _("Write the answer.")},
    )
