"""What the forms of every room have in common: the version that was looked at, and days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class VersionForm(forms.Form):
    """A form about a row that others may change: it carries the version that was looked at."""

    row_version = forms.IntegerField(
        widget=forms.HiddenInput, error_messages={"required": _("Open the page again.")}
    )

    def __init__(self, *args: Any, version: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["row_version"].initial = version

    @property
    def version(self) -> int:
        return self.cleaned_data["row_version"]

    def refresh(self, version: int, message: str) -> None:
        """Say what happened in the meantime and take the new version: a second click works, and
        nothing typed is lost."""
        self.data = self.data.copy()
        self.data[self.add_prefix("row_version")] = str(version)
        self.add_error(None, message)


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day. Browsers take it in ISO 8601 alone, whatever the language of the page."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs
    )
