"""What a party does beside the main course: a last notice, a settlement, a review, the follow-up,
advice of others, what reached it by mistake."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from cases.errors import WrongState
from cases.models import Commitment as CommitmentRow
from cases.models import Consultation
from cases.models.party import Side
from cases.services import follow_up, lapsing, recall, review, settling
from cases.services.acting import what_happened
from cases.workflow import OPEN_STATES, State
from portal import actions, services
from portal.forms import course as forms
from portal.views.base import ActionView, PartyView
from statements.models import Statement
from statements.preview import as_html
from statements.standing import latest_versions


class LastNotice(ActionView):
    """The complainant says that they want to go on."""

    action = "last_notice"
    template_name = "portal/last_notice.html"
    form_class = forms.LastNoticeForm
    heading = _("Say that you want to go on")
    button = _("I want to go on")
    done = _("The office knows that you want to go on.")

    def check(self) -> None:
        super().check()
        self.notice = self.case.lapse_notices.select_related("deadline").last()
        if self.notice is None or not self.notice.is_open:
            raise WrongState(what_happened(self.case, reader=self.request.user))
        self.notice.case = self.case

    def perform(self, form: Any) -> None:
        lapsing.answer_lapse_notice(
            self.notice, text=form.cleaned_data["text"], by=self.request.user
        )

    def context(self) -> dict[str, Any]:
        return {"notice": self.notice}


class Settlement(ActionView):
    """A side says that the parties settled; the other side confirms or says no."""

    action = "settlement"
    template_name = "portal/settlement.html"
    heading = _("Settled with the other side")
    done = _("The office and the other side are told.")

    def check(self) -> None:
        super().check()
        self.settlement = self.case.settlements.filter(withdrawn_at=None).first()
        if self.settlement:
            self.settlement.case = self.case

    @property
    def form_class(self) -> Any:  # type: ignore[override]
        return forms.SettlementAnswerForm if self.settlement else forms.SettlementForm

    def perform(self, form: Any) -> None:
        data = form.cleaned_data
        if self.settlement:
            settling.answer_settlement(
                self.settlement,
                side=self.side,
                confirms=data["confirms"] == "yes",
                note=data["note"],
                by=self.request.user,
            )
            return
        settling.report_settlement(
            self.case,
            side=self.side,
            settled_on=data["settled_on"],
            note=data["note"],
            by=self.request.user,
        )

    def context(self) -> dict[str, Any]:
        said = settling.confirmations(self.settlement) if self.settlement else {}
        return {
            "settlement": self.settlement,
            "said": [(Side(side).label, row.confirms) for side, row in sorted(said.items())],
        }


class Review(ActionView):
    """The final text, and the request for a review of the procedure."""

    action = "review"
    template_name = "portal/review.html"
    form_class = forms.ReviewForm
    heading = _("Ask for a review of the procedure")
    lead = _(
        "The final text is below. If a rule of the procedure was not kept, you may ask that "
        "members who did not decide in this case look at it before the text is published."
    )
    button = _("Ask for a review")
    done = _("Your request is with the office. The statement waits.")

    def check(self) -> None:
        super().check()
        self.window = review.window_of(self.case)
        self.asked = self.case.reviews.filter(side=self.side, decided_at=None).first()
        if self.asked:
            self.asked.case = self.case
        if self.request.method == "POST" and not self.takes_input:
            raise WrongState(_("The time in which a review may be asked for is over."))

    @property
    def takes_input(self) -> bool:
        return self.window is not None and self.asked is None

    def perform(self, form: Any) -> None:
        review.ask(
            self.case,
            side=self.side,
            grounds=form.cleaned_data["grounds"],
            by=self.request.user,
        )

    def context(self) -> dict[str, Any]:
        last = self.case.review_windows.order_by("opened_at").last()
        statement = Statement.objects.visible_to(self.request.user).filter(
            case=self.case, pk=last.statement if last else None
        )
        texts = []
        for row in statement:
            row.case = self.case
            texts = [
                {"title": text.title, "language": text.language, "html": as_html(text.text)}
                for text in latest_versions(row).values()
            ]
        return {
            "window": self.window,
            "asked": self.asked,
            "texts": texts,
            "takes_input": self.takes_input,
        }


class FollowUp(PartyView):
    """Each commitment with what both sides report and what the office finds."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actions.require_open("follow_up", self.facts)
        rows = list(
            self.case.commitments.filter(dropped_at=None).prefetch_related("reports__documents")
        )
        for row in rows:
            row.case = self.case
            row.said = [
                item
                for item in row.reports.all()
                if item.side == self.side or not item.is_for_office
            ]
            for item in row.said:
                item.commitment = row
                item.is_own = item.side == self.side
        return self.show(
            "portal/follow_up.html",
            rows=rows,
            rounds=list(self.case.follow_up_rounds.all()),
            takes_input=self.case.state in (State.CLOSED, State.FOLLOW_UP),
        )


class Commitment(ActionView):
    """Report on one commitment."""

    action = "follow_up"
    template_name = "portal/commitment.html"
    form_class = forms.CommitmentForm
    heading = _("Report what came of it")
    button = _("Send the report")
    done = _("Your report is with the office.")
    goes_to = "portal:follow_up"

    def check(self) -> None:
        super().check()
        rows = CommitmentRow.objects.filter(case=self.case, dropped_at=None)
        self.item = get_object_or_404(rows, pk=self.kwargs["item"])
        self.item.case = self.case
        if self.case.state not in (State.CLOSED, State.FOLLOW_UP):
            raise WrongState(what_happened(self.case, reader=self.request.user))

    def form_arguments(self) -> dict[str, Any]:
        return {"takes_files": self.case.state in OPEN_STATES}

    def perform(self, form: Any) -> None:
        documents = services.add_documents(
            self.case, form.cleaned_data.get("files") or (), side=self.side, by=self.request.user
        )
        follow_up.report(
            self.item,
            side=self.side,
            text=form.cleaned_data["text"],
            is_for_office=form.cleaned_data["is_for_office"],
            documents=documents,
            by=self.request.user,
        )

    def context(self) -> dict[str, Any]:
        return {"item": self.item}


class Advice(PartyView):
    """Answers of bodies that the office asked, or their gist, as both sides read them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actions.require_open("advice", self.facts)
        rows = list(
            Consultation.objects.filter(case=self.case)
            .shared()
            .select_related("body")
            .order_by("shared_at")
        )
        for row in rows:
            row.case = self.case
        return self.show("portal/advice.html", rows=rows)


class Deletion(ActionView):
    """Somebody confirms that they deleted what reached them by mistake."""

    action = "deletion"
    form_class = forms.DeletionForm
    heading = _("Delete what reached you by mistake")
    lead = _(
        "By a mistake of the office you were shown or sent something that was not meant for you. "
        "You did nothing wrong. Please delete what you saved, and destroy what you printed."
    )
    button = _("Confirm")
    done = _("Thank you. It is on record.")

    def check(self) -> None:
        super().check()
        self.reader = recall.asked_of(self.case, self.request.user)
        if self.reader is None:
            raise WrongState(what_happened(self.case, reader=self.request.user))
        self.reader.recall.case = self.case

    def perform(self, form: Any) -> None:
        recall.promise_deletion(self.reader, text=form.cleaned_data["text"], by=self.request.user)
