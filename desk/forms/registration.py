from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.language import name_of
from cases import rules
from cases.letters import wording
from cases.models import Party
from desk.forms.base import CaseForm, choice_field, text_field


class DeclineRegistrationForm(CaseForm):
    reason = choice_field(_("Why is it not registered?"), ())
    reply = text_field(
        _("Your reply"),
        rows=14,
        help_text=_("The complainant reads it. Say who can help instead, where you know it."),
        error_messages={"required": _("Write a reply: the person who wrote to us must know why.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [
            (reason.code, str(reason.label))
            for reason in rules.load(self.case.rule_set).not_registered
        ]

    def clean_reply(self) -> str:
        reply = self.cleaned_data["reply"]
        if gaps := wording.gaps(reply):
            raise forms.ValidationError(
                _("Fill in what stands in double brackets: %(gap)s"), params={"gap": gaps[0]}
            )
        return reply


class NotifyForm(CaseForm):
    """In which language each enterprise is written to: that of the complaint is theirs, not its."""

    mark_optional = False

    def __init__(self, *args: Any, parties: Sequence[Party], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parties = parties
        for party in parties:
            is_near = party.country in ("", settings.NCP_COUNTRY)
            self.fields[f"language-{party.pk.hex}"] = forms.ChoiceField(
                label=_("Language of the letter and pages: %(name)s") % {"name": party.name},
                choices=[(code, name_of(code)) for code in wording.LANGUAGES],
                initial=wording.plain_language(party.language) if is_near else "en",
                required=False,
            )

    def languages(self) -> dict[UUID, str]:
        """Return the chosen language of each enterprise for which one was chosen."""
        found = {
            party.pk: self.cleaned_data.get(f"language-{party.pk.hex}", "")
            for party in self.parties
        }
        return {pk: language for pk, language in found.items() if language}


class RenewAccessForm(CaseForm):
    check = text_field(
        _("How did you check who asks?"),
        help_text=_("The office keeps this, and the party reads it."),
        error_messages={"required": _("Say how you checked who asked for a new code.")},
    )
    sure = forms.BooleanField(
        label=_("I know that this is the right person"),
        error_messages={"required": _("Give no code to somebody whom you do not know.")},
    )
