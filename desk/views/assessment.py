"""The initial assessment as a workshop: criteria with evidence, both sides' words, the gist of
what a side cannot read, a brief of each issue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases import actions, dossier, rules
from cases.held import matching
from cases.models import CaseDocument, Evidence, Issue, Message, Position
from cases.models.assessment import DecisionState
from cases.models.party import Side
from cases.services import assessment, drafting, material
from desk import briefs, links, precedents, reading
from desk.forms.assessment import CriteriaForm, GistForm, Material, PositionForm
from desk.forms.base import CaseForm
from desk.views.base import ActionView, CaseView, OfficerView


@dataclass(frozen=True)
class Progress:
    """How far the criteria of an issue are answered."""

    issue: Issue
    answered: int
    total: int
    url: str
    brief: str


class Assess(CaseView):
    """The issues and how far each is answered; a single issue is opened at once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actions.require_open(self.case, request.user, "assess")
        issues = list(self.case.issues.all())
        if len(issues) == 1:
            return redirect("desk:assess_issue", self.case.pk, issues[0].number)
        total = len(rules.load(self.case.rule_set).criteria)
        progress = [
            Progress(
                issue,
                len(issue.assessments.all()),
                total,
                reverse("desk:assess_issue", args=[self.case.pk, issue.number]),
                reverse("desk:brief", args=[self.case.pk, issue.number]),
            )
            for issue in issues
        ]
        context = {
            "case": self.case,
            "progress": progress,
            "unseen": material.unseen(self.case),
            "offers": [
                {
                    "label": action.label,
                    "url": links.of_action(self.case.pk, action.name),
                    "is_next": action.is_next,
                }
                for action in actions.available_actions(self.case, request.user)
                if action.name in ("draft", "propose")
            ],
        }
        return render(request, "desk/assess.html", context)


def issue_of(case: Any, number: int) -> Issue:
    """Return an issue of a loaded case by its number.

    Raises:
        Http404: there is none.
    """
    for issue in case.issues.all():
        if issue.number == number:
            return issue
    raise Http404


def with_evidence(issue: Issue) -> Issue:
    """Bring the evidence of an issue's answers along, in one statement."""
    answers = {row.pk: row for row in issue.assessments.all()}
    cited: dict[Any, list[Evidence]] = {pk: [] for pk in answers}
    rows = Evidence.objects.filter(assessment__in=answers)
    for row in rows.select_related("case_document", "message").order_by("pk"):
        row.assessment = answers[row.assessment_id]
        for source in (row.case_document, row.message):
            if source is not None:
                source.case = issue.case
        cited[row.assessment_id].append(row)
    for pk, answer in answers.items():
        manager = answer.evidence.all()
        manager._result_cache, manager._prefetch_done = cited[pk], True
        answer.__dict__.setdefault("_prefetched_objects_cache", {})["evidence"] = manager
    return issue


class AssessIssue(ActionView):
    """One issue: each criterion with its plain question, a finding, the reasons, the evidence;
    beside it what both sides say, and earlier decisions."""

    action = "assess"
    form_class = CriteriaForm
    template_name = "desk/assess_issue.html"
    button = _("Save")
    done = _("Your answers are saved.")
    parts = dossier.EVERYTHING

    def check(self) -> None:
        super().check()
        self.issue = with_evidence(issue_of(self.case, self.kwargs["number"]))
        issues = self.case.issues.all()
        self.next_number = next(
            (issue.number for issue in issues if issue.number > self.issue.number), None
        )

    def title(self) -> Any:
        return self.issue.title

    def form_arguments(self) -> dict[str, Any]:
        return {
            "issue": self.issue,
            "held": Material(*material.citable(self.case, self.request.user)),
        }

    def context(self, form: Any) -> dict[str, Any]:
        page = reading.read(self.case, self.request.user)
        shown = next(item for item in page.issues if item.shown.id == self.issue.pk)
        return {
            "issue": shown.shown,
            "next_number": self.next_number,
            "sides": briefs.sides(self.case, self.issue),
            "earlier": precedents.for_issue(self.issue, self.request.user),
            "draft": drafting.draft_of(self.issue),
        }

    def perform(self, form: Any) -> None:
        answers, cited, dropped = form.answers(), form.new_citations(), form.dropped()
        if answers or cited or dropped:
            assessment.answer_criteria(
                self.issue,
                answers,
                by=self.request.user,
                cited=cited,
                dropped=dropped,
                version=form.version,
            )

    def finish(self, result: None) -> HttpResponse:
        messages.success(self.request, self.done)
        if "and_next" in self.request.POST and self.next_number:
            return redirect("desk:assess_issue", self.case.pk, self.next_number)
        if "and_stay" in self.request.POST:
            return redirect("desk:assess_issue", self.case.pk, self.issue.number)
        if len(self.case.issues.all()) == 1:
            return redirect("desk:case", self.case.pk)
        return redirect("desk:assess", self.case.pk)


class AddPosition(ActionView):
    """Words of one side are put beside an issue."""

    action = "assess"
    form_class = PositionForm
    template_name = "desk/assess_position.html"
    button = _("Put beside the issue")
    done = _("The words stand beside the issue.")
    parts = dossier.EVERYTHING

    def check(self) -> None:
        super().check()
        self.issue = issue_of(self.case, self.kwargs["number"])
        self.side = self.kwargs["side"]
        if self.side not in Side.values:
            raise Http404

    def title(self) -> Any:
        return _("What this side says: %(side)s") % {"side": Side(self.side).label}

    def form_arguments(self) -> dict[str, Any]:
        documents, messages = material.citable(self.case, self.request.user)
        # A letter of this office lies in the correspondence of a side, and is not its words.
        ours = {letter.document_id for letter in self.case.portal_letters.all()}
        own = [item for item in documents if item.pk not in ours]
        return {"side": self.side, "held": Material(own, messages)}

    def context(self, form: CaseForm) -> dict[str, Any]:
        spoken = [
            row
            for row in self.case.messages.all()
            if row.sender == self.side and not row.is_reprisal_report
        ]
        url = reverse("desk:assess_issue", args=[self.case.pk, self.issue.number])
        return {"issue": self.issue, "spoken": spoken, "back": url}

    def perform(self, form: Any) -> None:
        document, message = form.source
        material.note_position(
            self.issue,
            side=self.side,
            quote=form.cleaned_data["quote"],
            place=form.cleaned_data["place"],
            document=document,
            message=message,
            by=self.request.user,
            version=form.version,
        )

    def finish(self, result: None) -> HttpResponse:
        messages.success(self.request, self.done)
        return redirect("desk:assess_issue", self.case.pk, self.issue.number)


class RemovePosition(ActionView):
    """Words of one side are taken away from an issue."""

    action = "assess"
    button = _("Take the words away")
    done = _("The words do not stand beside the issue any more.")
    intro = _("They stay in the message or document in which they stand.")

    def check(self) -> None:
        super().check()
        rows = Position.objects.filter(issue__case=self.case).select_related("issue")
        self.position = get_object_or_404(rows, pk=self.kwargs["position"])
        self.position.issue.case = self.case

    def title(self) -> Any:
        return self.button

    def perform(self, form: Any) -> None:
        material.remove_position(self.position, by=self.request.user, version=form.version)

    def finish(self, result: None) -> HttpResponse:
        messages.success(self.request, self.done)
        return redirect("desk:assess_issue", self.case.pk, self.position.issue.number)


class GiveGist(OfficerView):
    """A side is told the substance of something that it cannot read."""

    form_class = GistForm
    template_name = "desk/assess_gist.html"
    heading = _("Tell a side the substance of what it cannot read")
    button = _("Send it to this side")
    done = _("The side was told. The message stands among its messages.")

    def check(self) -> None:
        super().check()
        self.side = self.kwargs["side"]
        if self.side not in Side.values:
            raise Http404
        rows: Any = {"document": CaseDocument, "message": Message}.get(self.kwargs["kind"])
        if rows is None:
            raise Http404
        found = get_object_or_404(
            rows.objects.visible_to(self.request.user).filter(case=self.case),
            pk=self.kwargs["item"],
        )
        self.document = found if rows is CaseDocument else None
        self.message = found if rows is Message else None

    def context(self, form: CaseForm) -> dict[str, Any]:
        return {
            "material": material.title_of(self.document, self.message),
            "message": self.message,
            "document": self.document,
            "side_label": Side(self.side).label,
        }

    def perform(self, form: Any) -> None:
        material.give_gist(
            self.case,
            side=self.side,
            text=form.cleaned_data["text"],
            document=self.document,
            message=self.message,
            by=self.request.user,
            version=form.version,
        )

    def finish(self, result: None) -> HttpResponse:
        messages.success(self.request, self.done)
        if actions.may(self.case, self.request.user, "assess"):
            return redirect("desk:assess", self.case.pk)
        return redirect("desk:case", self.case.pk)


class Brief(CaseView):
    """One issue on one page, for whoever decides: to read, to print, as PDF."""

    parts = dossier.EVERYTHING

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        self.require_reader()
        issue = with_evidence(issue_of(self.case, number))
        brief = briefs.brief_of(self.case, issue, request.user)
        return render(request, "desk/assess_brief.html", {"case": self.case, "brief": brief})


class BriefFile(CaseView):
    parts = dossier.EVERYTHING

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        self.require_reader()
        issue = with_evidence(issue_of(self.case, number))
        content = briefs.as_pdf(briefs.brief_of(self.case, issue, request.user))
        return pdf(content, "brief.pdf")


def pdf(content: bytes, name: str) -> HttpResponse:
    """Return a file to be saved, under a name that tells nothing."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store, private",
        },
    )


def open_proposal(case: Any) -> Any:
    """Return the proposal that waits for the members, with its case."""
    (proposal,) = matching(case, "decisions", state=DecisionState.OPEN)
    proposal.case = case
    return proposal
