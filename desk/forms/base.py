"""What every form about a case carries: the version of the row that the person was looking at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Case


class CaseForm(forms.Form):
    """A form about one case. A stale one comes back with all that was typed."""

    row_version = forms.IntegerField(
        widget=forms.HiddenInput, error_messages={"required": _("Open the page again.")}
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["row_version"].initial = case.row_version

    @property
    def version(self) -> int:
        return self.cleaned_data["row_version"]

    def refresh(self, case: Case, message: str) -> None:
        """Say what happened meanwhile and take the new version: a second click works."""
        self.case = case
        self.data = self.data.copy()
        self.data[self.add_prefix("row_version")] = str(case.row_version)
        self.add_error(None, message)


def text_field(label: Any, *, rows: int = 5, **kwargs: Any) -> forms.CharField:
    """A text of several lines; what surrounds it is cut off, and it has an end."""
    kwargs.setdefault("max_length", 20000)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def choice_field(label: Any, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    """One of several answers, all in sight."""
    kwargs.setdefault("error_messages", {"required": _("Choose one of the answers.")})
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **kwargs)
