"""In which sector of the economy a case lies."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.services import describing
from desk.forms.sector import SectorForm
from desk.views.base import ActionView


class Sector(ActionView):
    action = "sector"
    form_class = SectorForm
    intro = _("By the sector the case is found in the list, and counted in reports.")
    done = _("The sector is named.")

    def perform(self, form: Any) -> None:
        describing.name_sector(
            self.case,
            sector=form.cleaned_data["sector"],
            by=self.request.user,
            version=form.version,
        )
