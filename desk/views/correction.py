"""A wrong step is taken back by two people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.held import matching
from cases.services import correction
from cases.workflow import State
from desk import correcting
from desk.forms.ending import SettleForm, TakeBackForm
from desk.views.base import ActionView


class TakeBack(ActionView):
    action = "take-back"
    template_name = "desk/take_back.html"
    form_class = TakeBackForm
    button = _("Propose to take it back")
    done = _("Proposed. A second person confirms or rejects it.")

    @property
    def intro(self) -> Any:  # type: ignore[override]
        before = correction.state_before(self.case)
        return _("The case would go back from “%(now)s” to “%(before)s”.") % {
            "now": self.case.get_state_display(),
            "before": State(before).label if before else "",
        }

    @property
    def warning(self) -> Any:  # type: ignore[override]
        return _("Nothing is deleted: the history shows the step and its correction.")

    def context(self, form: Any) -> dict[str, Any]:
        return {"remains": correcting.remains(self.case)}

    def perform(self, form: Any) -> None:
        correction.propose(
            self.case,
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            version=form.version,
        )


class Settle(ActionView):
    action = "settle-correction"
    form_class = SettleForm
    template_name = "desk/settle.html"
    button = _("Decide")
    done = _("Your decision is on record.")

    def check(self) -> None:
        super().check()
        (self.pending,) = matching(self.case, "corrections", settled_at=None)

    def context(self, form: Any) -> dict[str, Any]:
        return {
            "pending": self.pending,
            "from_state": State(self.pending.from_state).label,
            "to_state": State(self.pending.to_state).label,
            "remains": correcting.remains(self.case),
        }

    def perform(self, form: Any) -> None:
        correcting.settle(
            self.pending,
            confirm=form.cleaned_data["confirm"] == "yes",
            by=self.request.user,
            version=form.version,
        )
