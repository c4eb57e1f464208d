"""What the forms of the desk have in common: the case that they are about, texts, choices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms import VersionForm
from cases.models import Case


class CaseForm(VersionForm):
    """A form about one case. A stale one comes back with all that was typed."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, version=case.row_version, **kwargs)
        self.case = case


def text_field(label: Any, *, rows: int = 5, **kwargs: Any) -> forms.CharField:
    """A text of several lines; what surrounds it is cut off, and it has an end."""
    kwargs.setdefault("max_length", 20000)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def choice_field(label: Any, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    """One of several answers, all in sight."""
    kwargs.setdefault("error_messages", {"required": _("Choose one of the answers.")})
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **kwargs)
