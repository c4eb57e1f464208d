"""What the office asks of the sides, time that they ask for, and reports of pressure."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from cases import permissions, rules
from cases.errors import WrongState
from cases.models import Message, Request, TimeRequest
from cases.services import clock, correspondence, deadlines, requests
from desk.forms.requests import AnswerReportForm, DecideTimeForm, RequestForm
from desk.views.base import ActionView, OfficerView


class Ask(ActionView):
    action = "request"
    form_class = RequestForm
    intro = _("It stands in the portal with its day until it is answered there.")
    button = _("Send the request")
    done = _("The request is sent.")

    def perform(self, form: Any) -> None:
        requests.ask(
            self.case,
            sides=form.sides,
            text=form.cleaned_data["text"],
            due_on=form.cleaned_data["due_on"],
            by=self.request.user,
            version=form.version,
        )


class Close(OfficerView):
    """Take a request back, or settle what was answered on paper."""

    heading = _("Take a request back")
    template_name = "desk/request.html"
    button = _("Take it back")
    done = _("The request is taken back. The side is told.")

    def check(self) -> None:
        super().check()
        visible = Request.objects.visible_to(self.request.user).select_related("deadline")
        self.item = get_object_or_404(visible, pk=self.kwargs["item"], case=self.case)
        self.item.case = self.case
        if not self.item.is_open or not self.item.deadline.is_open:
            raise WrongState(_("This request is answered or taken back."))

    def context(self, form: Any) -> dict[str, Any]:
        return {"item": self.item}

    def perform(self, form: Any) -> None:
        requests.close(self.item, by=self.request.user, version=form.version)


class DecideTime(OfficerView):
    """A side asked for more time: give it, or say why not."""

    heading = _("More time?")
    template_name = "desk/time_request.html"
    form_class = DecideTimeForm
    button = _("Decide")
    done = _("Decided. The portal shows it.")

    def check(self) -> None:
        super().check()
        rows = TimeRequest.objects.select_related("deadline")
        self.item = get_object_or_404(rows, pk=self.kwargs["item"], deadline__case=self.case)
        self.item.deadline.case = self.case
        if self.item.decided_at:
            raise WrongState(_("This was decided already."))
        if not self.item.deadline.is_open:
            raise WrongState(_("Nothing is left to decide: what it was about is done or over."))

    def form_arguments(self) -> dict[str, Any]:
        return {"wanted": self.item.wanted_on}

    def context(self, form: Any) -> dict[str, Any]:
        item = self.item.deadline
        return {
            "item": self.item,
            "label": rules.load(self.case.rule_set).deadline(item.kind).label,
            "explanation": deadlines.explain(item).explain(),
            "is_shared": item.owed_by == "both" or len(clock.same_window(self.case, item)) > 1,
        }

    def perform(self, form: Any) -> None:
        given = {"reason": form.cleaned_data["reason"], "by": self.request.user}
        if form.cleaned_data["decision"] == "yes":
            until = form.cleaned_data["until"]
            requests.grant(self.item, until=until, version=form.version, **given)
        else:
            requests.refuse(self.item, version=form.version, **given)


class AnswerReport(OfficerView):
    """Answer a report of pressure, within a working day."""

    heading = _("Answer the report of pressure")
    template_name = "desk/report.html"
    form_class = AnswerReportForm
    button = _("Send the answer")
    done = _("The answer is sent. Only this side reads it.")

    def check(self) -> None:
        super().check()
        if not permissions.may_see_identity(self.case, self.request.user):
            raise PermissionDenied(_("Only the officers named on the case read such reports."))
        reports = Message.objects.visible_to(self.request.user).select_related("deadline")
        self.item = get_object_or_404(
            reports, pk=self.kwargs["item"], case=self.case, is_reprisal_report=True
        )
        self.item.case = self.case
        if self.item.deadline is None:
            raise Http404
        if not self.item.deadline.is_open:
            raise WrongState(_("This report was answered already."))

    def context(self, form: Any) -> dict[str, Any]:
        return {"item": self.item}

    def perform(self, form: Any) -> None:
        correspondence.answer_reprisal(
            self.item,
            text=form.cleaned_data["text"],
            by=self.request.user,
            version=form.version,
        )


class StandIn(ActionView):
    action = "stand-in"
    intro = _(
        "The officer of the case stays. You may read withheld names and reports of pressure, and "
        "answer them, from now on."
    )
    button = _("Stand in")
    done = _("You stand in as an officer of the case.")

    def perform(self, form: Any) -> None:
        correspondence.stand_in(self.case, by=self.request.user, version=form.version)
