"""How a case ends: withdrawn, lapsed, settled outside, its enterprise gone; reviewed; its
statement."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cases import actions, permissions, rules
from cases.disclosure import Audience, disclosed_parties
from cases.models.party import Side
from cases.services import deadlines, ending, lapsing, review, settling
from cases.workflow import State
from desk.forms import ending as forms
from desk.views.base import ActionView, CaseView, OfficerView
from desk.views.letters import WithLetters


class Ways(CaseView):
    """The ways in which a case can end early, each with what it needs and how far it is."""

    parts = (*CaseView.parts, "parties")

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        notice = self.case.lapse_notices.select_related("deadline").last()
        settlement = self.case.settlements.filter(withdrawn_at=None).first()
        said = settling.confirmations(settlement) if settlement else {}
        for row in (notice, settlement, *said.values()):
            if row is not None:
                row.case = self.case
        for row in said.values():
            row.settlement = settlement
        named = permissions.may_see_identity(self.case, request.user)
        withdrawals = list(self.case.withdrawals.select_related("by")) if named else []
        for row in withdrawals:
            row.case = self.case
        runs = permissions.may_run_procedure(self.case, request.user)
        context = {
            "case": self.case,
            "may_act": runs and self.case.state in ending.ENDS_EARLY_FROM and self.case.is_served,
            "may_warn": runs and self.case.state in ending.ENDS_EARLY_FROM,
            "notice": notice,
            "has_passed": bool(notice) and lapsing.has_passed(notice),
            "settlement": settlement,
            "said": [(Side(side).label, row) for side, row in sorted(said.items())],
            "is_settled": bool(settlement) and settling.is_confirmed(settlement),
            "withdrawals": withdrawals,
            "may_withdraw": actions.may(self.case, request.user, "withdraw"),
            "may_transfer": actions.may(self.case, request.user, "transfer"),
        }
        return render(request, "desk/endings.html", context)


class EndEarly(CaseView):
    """The action of the case page leads to the ways."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actions.require_open(self.case, request.user, "end-early")
        return redirect("desk:endings", self.case.pk)


class _Way(OfficerView):
    states = ending.ENDS_EARLY_FROM
    goes_to = "desk:endings"

    def context(self, form: Any) -> dict[str, Any]:
        return {"back": reverse("desk:endings", args=[self.case.pk])}


class Withdraw(ActionView):
    action = "withdraw"
    form_class = forms.WithdrawForm
    intro = _(
        "For a complainant who withdrew by letter or telephone. A withdrawal under pressure is no "
        "withdrawal: make sure first, by a way that is safe for them."
    )
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
            came_by=form.cleaned_data["came_by"],
            freely=form.cleaned_data["freely"],
            check_note=form.cleaned_data["check_note"],
            version=form.version,
        )


class WarnOfLapse(WithLetters, _Way):
    heading = _("Last notice to the complainant")
    form_class = forms.LapseNoticeForm
    letter = "last_notice"
    warning = _("The complainant reads it in the case and gets a mail and the letter.")
    button = _("Give the last notice")
    done = _("The last notice runs.")

    def form(self, *args: Any) -> Any:
        form = super().form(*args)
        rule = rules.load(self.case.rule_set).deadline("last_notice")
        form.fields["last_on"].initial = deadlines.usual_day(rule)
        return form

    def typed(self, form: Any, language: str) -> dict[str, str]:
        return {"last_day": date_format(form.cleaned_data["last_on"], "j E Y")}

    def act(self, form: Any) -> None:
        lapsing.warn_of_lapse(
            self.case,
            text=form.cleaned_data[f"{Side.COMPLAINANT}_text"],
            tried=form.cleaned_data["tried"],
            last_on=form.cleaned_data["last_on"],
            by=self.request.user,
            version=form.version,
        )


class NoticeAnswered(_Way):
    heading = _("The complainant answered the last notice")
    form_class = forms.NoticeAnswerForm
    button = _("Record the answer")
    done = _("The case goes on.")

    def check(self) -> None:
        super().check()
        self.notice = self.case.lapse_notices.filter(answered_at=None, lapsed_at=None).first()
        if self.notice is None:
            raise Http404
        self.notice.case = self.case

    def perform(self, form: Any) -> None:
        lapsing.answer_lapse_notice(
            self.notice,
            text=form.cleaned_data["text"],
            by=self.request.user,
            version=form.version,
        )


class _Ends(_Way):
    """A way that ends the case: on to its page."""

    done = _("The case is ended. Tell both sides and write its statement now.")
    goes_to = "desk:case"


class Lapse(_Ends):
    heading = _("End the case: no answer came")
    warning = _("The last day passed without an answer. Both sides are told; a statement follows.")
    button = _("End the case")

    def perform(self, form: Any) -> None:
        lapsing.lapse(self.case, by=self.request.user, version=form.version)


class ReportSettlement(_Way):
    heading = _("The parties settled outside the procedure")
    form_class = forms.SettlementForm
    intro = _("The other side is asked to confirm. The office does not ask for the terms.")
    button = _("Record it")
    done = _("Recorded. The other side is asked.")

    def perform(self, form: Any) -> None:
        settling.report_settlement(
            self.case,
            side=form.cleaned_data["side"],
            settled_on=form.cleaned_data["settled_on"],
            note=form.cleaned_data["note"],
            by=self.request.user,
            version=form.version,
        )


class _OnSettlement(_Way):
    def check(self) -> None:
        super().check()
        self.settlement = self.case.settlements.filter(withdrawn_at=None).first()
        if self.settlement is None:
            raise Http404
        self.settlement.case = self.case


class AnswerSettlement(_OnSettlement):
    heading = _("A side answers on the settlement")
    form_class = forms.SettlementAnswerForm
    button = _("Record the answer")
    done = _("The answer is on record.")

    def perform(self, form: Any) -> None:
        settling.answer_settlement(
            self.settlement,
            side=form.cleaned_data["side"],
            confirms=form.cleaned_data["confirms"] == "yes",
            note=form.cleaned_data["note"],
            by=self.request.user,
            version=form.version,
        )


class DropSettlement(_OnSettlement):
    heading = _("Set the report aside")
    intro = _("The sides do not agree that the matter is settled. The case goes on.")
    button = _("Set it aside")
    done = _("The report is set aside. The case goes on.")

    def perform(self, form: Any) -> None:
        settling.drop_settlement(self.settlement, by=self.request.user, version=form.version)


class EndSettled(_OnSettlement, _Ends):
    heading = _("End the case: settled outside")
    warning = _("Both sides confirmed. The statement says the fact and the date, not the terms.")
    button = _("End the case")

    def perform(self, form: Any) -> None:
        settling.end_settled(self.case, by=self.request.user, version=form.version)


class EndCeased(_Ends):
    heading = _("End the case: the enterprise ceased to exist")
    form_class = forms.CeasedForm
    warning = _("Both sides are told; a statement follows, without a finding on the issues.")
    button = _("End the case")
    parts = (*OfficerView.parts, "parties")

    def form_arguments(self) -> dict[str, Any]:
        shown = disclosed_parties(self.case, Audience.NCP)
        return {
            "parties": [(str(row.id), row.name) for row in shown if row.side == Side.RESPONDENT]
        }

    def perform(self, form: Any) -> None:
        rows = {str(row.pk): row for row in self.case.parties.all()}
        ending.end_ceased(
            self.case,
            party=rows[form.cleaned_data["party"]],
            ceased_on=form.cleaned_data["ceased_on"],
            proof=form.cleaned_data["proof"],
            heard=form.cleaned_data["heard"],
            successor=form.cleaned_data["successor"],
            by=self.request.user,
            version=form.version,
        )


# Review of the procedure


class RecordReview(OfficerView):
    """A request for a review that came on paper."""

    heading = _("A side asks for a review of the procedure")
    states = frozenset({State.FINAL_STATEMENT})
    form_class = forms.ReviewRequestForm
    button = _("Record the request")
    done = _("The request is on record. Hold the statement back now.")

    def perform(self, form: Any) -> None:
        review.ask(
            self.case,
            side=form.cleaned_data["side"],
            grounds=form.cleaned_data["grounds"],
            by=self.request.user,
            version=form.version,
        )


class HoldForReview(ActionView):
    action = "hold-for-review"
    template_name = "desk/review.html"
    intro = _("A side asked for a review of the procedure. The statement is held back meanwhile.")
    button = _("Hold the statement back")
    done = _("The statement is held back for the review.")

    def context(self, form: Any) -> dict[str, Any]:
        return {"reviews": _reviews(self.case), "window": review.window_of(self.case)}

    def perform(self, form: Any) -> None:
        review.hold(self.case, by=self.request.user, version=form.version)


def _reviews(case: Any) -> list[Any]:
    rows = list(case.reviews.filter(decided_at=None))
    for row in rows:
        row.case = case
    return rows


class ConcludeReview(ActionView):
    action = "conclude-review"
    template_name = "desk/review.html"
    form_class = forms.ReviewForm
    intro = _("The review looks at how the case was run, not at who is right.")
    warning = _("Both sides are told of the result, and the public reads it with the statement.")
    button = _("Decide on the review")
    done = _("The review is concluded.")

    def context(self, form: Any) -> dict[str, Any]:
        return {"reviews": _reviews(self.case), "window": None}

    def perform(self, form: Any) -> None:
        review.decide(
            self.case,
            result=form.cleaned_data["result"],
            reasons=form.cleaned_data["reasons"],
            by=self.request.user,
            version=form.version,
        )


class Statement(CaseView):
    """The statement has a room of its own."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actions.require_open(self.case, request.user, "statement")
        return redirect("statements:workshop", self.case.pk)
