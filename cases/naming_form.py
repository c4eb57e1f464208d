"""The form that asks who may know each name; the same at the portal and at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.services.naming import AUDIENCES, Named

LABELS = {
    "mediator": _("May a mediator know the name?"),
    "respondent": _("May the enterprise know the name?"),
    "public": _("May the public know the name?"),
}
HINTS = {
    "public": _(
        "What the public reads, the enterprise and the mediator read too: say yes to all three, "
        "or the name stays hidden from the public."
    ),
}
SHOWN_ALREADY = _("It was shown already. That cannot be taken back.")


class NamesForm(forms.Form):
    """One group of three questions for each name; mix it with a form that carries a token or a
    version."""

    def ask_about(self, people: Sequence[Named]) -> None:
        """Add the questions. What was shown already is no question any more."""
        self.people = people
        for one in people:
            for audience in AUDIENCES:
                is_known = audience in one.known_to
                self.fields[f"{one.key}-{audience}"] = forms.ChoiceField(
                    label=LABELS[audience],
                    help_text=SHOWN_ALREADY if is_known else HINTS.get(audience, ""),
                    choices=[("yes", _("Yes")), ("no", _("No"))],
                    initial="yes" if one.choices[audience] else "no",
                    widget=forms.RadioSelect,
                    disabled=is_known,
                    error_messages={"required": _("Choose one of the answers.")},
                )

    def groups(self) -> list[dict[str, Any]]:
        """Return the questions by name, for the page."""
        return [
            {"name": one.name, "fields": [self[f"{one.key}-{item}"] for item in AUDIENCES]}
            for one in self.people
        ]

    def others(self) -> list[Any]:
        """Return the questions that are about no name."""
        own = {f"{one.key}-{item}" for one in self.people for item in AUDIENCES}
        return [field for field in self.visible_fields() if field.name not in own]

    def wanted(self) -> dict[str, dict[str, bool]]:
        """Return the answers by key and audience."""
        return {
            one.key: {item: self.cleaned_data[f"{one.key}-{item}"] == "yes" for item in AUDIENCES}
            for one in self.people
        }

    def shows_more(self) -> bool:
        """Tell whether a name would be shown to somebody who could not know it before."""
        return any(
            may and not one.choices[item]
            for one in self.people
            for item, may in self.wanted().get(one.key, {}).items()
        )
