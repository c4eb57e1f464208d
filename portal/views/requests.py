"""What the office asks of a side, and more time that the side asks for."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cases.errors import WrongState
from cases.models import Request, TimeRequest
from cases.services import requests
from portal import actions, reading, services
from portal.forms.case import MoreTimeForm, RequestForm
from portal.views.base import ActionView


class Answer(ActionView):
    """A request of the office with its day; answered with text and files, late or not."""

    template_name = "portal/request.html"
    form_class = RequestForm
    heading = _("The office asks")
    button = _("Send the answer")
    done = _("Your answer is with the office. It stands among your messages.")

    def check(self) -> None:
        self.open_facts = self.facts
        rows = Request.objects.visible_to(self.request.user).filter(side=self.side)
        self.item = get_object_or_404(
            rows.select_related("deadline", "answer"), pk=self.kwargs["item"], case=self.case
        )
        self.item.case = self.case
        if not self.takes_input and self.request.method == "POST":
            raise WrongState(_("This request is answered or taken back."))

    @property
    def takes_input(self) -> bool:
        return self.item.is_open and self.item.deadline.is_open

    def perform(self, form: Any) -> None:
        services.answer_request(
            self.item,
            text=form.cleaned_data["text"],
            uploads=form.cleaned_data["files"],
            by=self.request.user,
        )

    def context(self) -> dict[str, Any]:
        return {
            "item": self.item,
            "takes_input": self.takes_input,
            "is_late": self.takes_input and reading.is_past(self.item.deadline.due_on),
            "both": Request.objects.filter(batch=self.item.batch).count() > 1,
        }


class MoreTime(ActionView):
    action = "more_time"
    template_name = "portal/more_time.html"
    form_class = MoreTimeForm
    heading = _("Ask for more time")
    lead = _("An officer decides and writes to you. Until then the day in your case holds.")
    done = _("Your request is sent. The officer answers in your case.")
    goes_to = "portal:more_time"

    def form_arguments(self) -> dict[str, Any]:
        return {
            "choices": [
                (item.id, f"{item.label} ({date_format(item.due_on, 'j E Y')})")
                for item in actions.own_deadlines(self.case, self.side)
            ]
        }

    def perform(self, form: Any) -> None:
        item = self.case.deadlines.get(pk=form.cleaned_data["deadline"])
        item.case = self.case
        requests.ask_for_more_time(
            item,
            side=self.side,
            wanted_on=form.cleaned_data["until"],
            reason=form.cleaned_data["text"],
            by=self.request.user,
        )

    def context(self) -> dict[str, Any]:
        rows = TimeRequest.objects.filter(Q(deadline__case=self.case), side=self.side)
        rows = list(rows.select_related("deadline").order_by("-asked_at")[:50])
        for row in rows:
            row.deadline.case = self.case
        return {"asked": rows}
