"""Who may know the names of the complainant's side."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases import naming_form
from portal.forms.base import OnceForm


class NamesForm(OnceForm, naming_form.NamesForm):
    sure = forms.BooleanField(
        label=_("I know that a name that is shown cannot be hidden again"), required=False
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_about(people)

    def clean(self) -> None:
        if not self.errors and self.shows_more() and not self.cleaned_data.get("sure"):
            self.add_error("sure", _("Tick the box if you want to show a name."))
