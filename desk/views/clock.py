"""The clock of a case: stopped, run again, given more time, explained."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from cases import rules
from cases.errors import WrongState
from cases.services import clock, deadlines
from desk.forms.clock import ExplainForm, ExtendForm, PauseForm
from desk.views.base import ActionView, OfficerView


class Stop(ActionView):
    action = "pause"
    form_class = PauseForm
    intro = _("All deadlines of the case stand still until you let the clock run again.")
    button = _("Pause the clock")
    done = _("The clock stands. Both sides see it.")

    def perform(self, form: Any) -> None:
        clock.pause(
            self.case,
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            by=self.request.user,
            version=form.version,
        )


class Run(ActionView):
    action = "run-clock"
    intro = _("Open deadlines move by the time that the clock stood.")
    button = _("Let the clock run")
    done = _("The clock runs again.")

    def perform(self, form: Any) -> None:
        clock.resume(self.case, by=self.request.user, version=form.version)


class _OneDeadline(OfficerView):
    template_name = "desk/deadline.html"
    parts = (*OfficerView.parts, "deadlines", "deadlines.extensions")

    def check(self) -> None:
        super().check()
        found = [row for row in self.case.deadlines.all() if row.pk == self.kwargs["item"]]
        if not found:
            raise Http404
        self.item = found[0]
        if not self.item.is_open:
            raise WrongState(str(_("This deadline is not open any more.")))

    def context(self, form: Any) -> dict[str, Any]:
        return {
            "item": self.item,
            "label": rules.load(self.case.rule_set).deadline(self.item.kind).label,
            "explanation": deadlines.explain(self.item).explain(),
        }


class Extend(_OneDeadline):
    form_class = ExtendForm
    heading = _("Give more time")
    button = _("Give more time")
    done = _("More time is given. Both sides see it.")

    def perform(self, form: Any) -> None:
        clock.extend(
            self.item,
            length=form.cleaned_data["length"],
            unit=form.cleaned_data["unit"],
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            version=form.version,
        )


class Explain(_OneDeadline):
    form_class = ExplainForm
    heading = _("Explain the delay")
    button = _("Save the reason")
    done = _("The reason is on record. Both sides are told.")

    def check(self) -> None:
        super().check()
        if self.item.due_on >= deadlines.today():
            raise WrongState(str(_("This deadline has not passed.")))

    def perform(self, form: Any) -> None:
        clock.explain_delay(
            self.item,
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            version=form.version,
        )
