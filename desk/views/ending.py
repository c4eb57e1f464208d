"""How a case ends: withdrawn, ended early, reviewed; its statement, its follow-up."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from cases import actions
from cases.services import ending
from desk.forms.ending import EndEarlyForm, ReviewForm, WithdrawForm
from desk.views.base import ActionView, CaseView


class Withdraw(ActionView):
    action = "withdraw"
    form_class = WithdrawForm
    intro = _("For a complainant who withdrew by letter or telephone.")
    button = _("Record the withdrawal")
    done = _("The withdrawal is on record.")

    @property
    def warning(self) -> Any:  # type: ignore[override]
        if self.case.is_served:
            return _("The case ends. A public statement will say that it was withdrawn.")
        return _("The case ends. Nothing is published and no enterprise is told.")

    def perform(self, form: Any) -> None:
        ending.withdraw(
            self.case,
            by=self.request.user,
            reason=form.cleaned_data["reason"],
            version=form.version,
        )


class EndEarly(ActionView):
    action = "end-early"
    form_class = EndEarlyForm
    warning = _("The case ends before its conclusion. Both sides are told; a statement follows.")
    button = _("End the case")
    done = _("The case is ended. Write its statement now.")

    def perform(self, form: Any) -> None:
        ending.end_early(
            self.case,
            outcome=form.cleaned_data["outcome"],
            by=self.request.user,
            version=form.version,
        )


class HoldForReview(ActionView):
    action = "hold-for-review"
    intro = _("A side asked for a review of the procedure. The statement is held back meanwhile.")
    button = _("Hold the statement back")
    done = _("The statement is held back for the review.")

    def perform(self, form: Any) -> None:
        ending.hold_for_review(self.case, by=self.request.user, version=form.version)


class ConcludeReview(ActionView):
    action = "conclude-review"
    form_class = ReviewForm
    warning = _("Both sides are told of the result.")
    button = _("Conclude the review")
    done = _("The review is concluded.")

    def perform(self, form: Any) -> None:
        ending.conclude_review(
            self.case,
            result=form.cleaned_data["result"],
            by=self.request.user,
            version=form.version,
        )


class BeginFollowUp(ActionView):
    action = "begin-follow-up"
    intro = _("Both sides are asked what came of the statement.")
    button = _("Begin the follow-up")
    done = _("The follow-up has begun.")

    def perform(self, form: Any) -> None:
        ending.begin_follow_up(self.case, by=self.request.user, version=form.version)


class ConcludeFollowUp(ActionView):
    action = "conclude-follow-up"
    intro = _("The case goes on to its follow-up statement.")
    button = _("Conclude the follow-up")
    done = _("The follow-up is concluded. Write its statement now.")

    def perform(self, form: Any) -> None:
        ending.conclude_follow_up(self.case, by=self.request.user, version=form.version)


class Statement(CaseView):
    """The statement has a room of its own."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actions.require_open(self.case, request.user, "statement")
        return redirect("statements:workshop", self.case.pk)
