from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.sectors import SECTORS
from desk.forms.base import CaseForm


class SectorForm(CaseForm):
    sector = forms.ChoiceField(
        label=_("Sector"),
        required=False,
        choices=[("", _("Not named")), *SECTORS.items()],
        help_text=_("Sections of the International Standard Industrial Classification."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].initial = self.case.sector
