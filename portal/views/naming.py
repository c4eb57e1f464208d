"""Who may know the names of the complainant's side; what was shown stays shown."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from cases.disclosure import Audience
from cases.services import naming
from portal.forms.naming import NamesForm
from portal.views.base import ActionView


class Names(ActionView):
    template_name = "portal/names.html"
    form_class = NamesForm
    heading = _("Who may know the names")
    lead = _(
        "The officers of your case always know the names. You decide for everybody else. Whoever "
        "may not know reads “Complainant 1”."
    )
    button = _("Save")
    done = _("Saved. It holds from now on.")
    goes_to = "portal:names"

    def check(self) -> None:
        self.open_facts = self.facts
        if self.side != Audience.COMPLAINANT:
            raise PermissionDenied
        if not naming.may_decide(self.case, self.request.user):
            raise PermissionDenied(_("The main person of your side decides on the names."))

    def form_arguments(self) -> dict[str, Any]:
        return {"people": naming.named(self.case)}

    def perform(self, form: Any) -> None:
        if not naming.decide(self.case, form.wanted(), by=self.request.user):
            self.done = _("Nothing was changed.")
