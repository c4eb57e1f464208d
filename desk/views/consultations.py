"""Advice of others: the register of bodies, the questions of a case, what the parties learn."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from accounts.guards import role_required
from accounts.roles import Role
from cases import permissions, rules
from cases.letters import drafts, wording
from cases.models import Consultation, ConsultedBody
from cases.models.consultation import SharedAs
from cases.services import consultations, consulted_bodies, deadlines, outsiders
from cases.workflow import OPEN_STATES
from desk import letters
from desk.forms import consultations as forms
from desk.reading import CasePage
from desk.rooms import Figures, Line, Room
from desk.views.base import CaseView, OfficerView

GAP = re.compile(r"\[\[.*?\]\]", re.DOTALL)


def _line(page: CasePage, figures: Figures) -> Line | None:
    if not figures["all"]:
        return Line(_("Nobody was asked yet")) if page.runs else None
    if figures["unshared"]:
        text = ngettext("%(n)s answer to share", "%(n)s answers to share", figures["unshared"])
        return Line(text % {"n": figures["unshared"]}, figures["next"], "soon", _("To decide"))
    text = ngettext("%(n)s question is open", "%(n)s questions are open", figures["open"])
    return Line(text % {"n": figures["open"]}, figures["next"])


CONSULTATIONS = Room(
    name="consultations",
    label=_("Advice of others"),
    url="desk:consultations",
    rows=lambda user: Consultation.objects.visible_to(user),
    figures={
        "all": Count("pk"),
        "open": Count("pk", filter=Q(replied_at=None, closed_at=None)),
        "unshared": Count("pk", filter=Q(replied_at__isnull=False, shared_as="")),
        "next": Min("deadline__due_on", filter=Q(replied_at=None, closed_at=None)),
    },
    line=_line,
)


# The register of bodies


@role_required(Role.OFFICER, Role.DECISION_MAKER)
def bodies(request: HttpRequest) -> HttpResponse:
    rows = sorted(ConsultedBody.objects.all(), key=lambda row: (row.kind, row.name.casefold()))
    context = {"rows": rows, "runs": request.user.has_role(Role.OFFICER)}
    return render(request, "desk/bodies.html", context)


@role_required(Role.OFFICER)
def body(request: HttpRequest, item: Any = None) -> HttpResponse:
    """Add a body, change it, or take it out of the choice."""
    held = get_object_or_404(ConsultedBody, pk=item) if item else None
    if held and request.method == "POST" and "retire" in request.POST:
        consulted_bodies.retire_body(held, is_retired=not held.retired_at, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("desk:consulted_bodies")
    initial = {}
    if held:
        initial = {
            "kind": held.kind,
            "name": held.name,
            "address": held.address,
            "email": held.email,
            "language": held.language,
            "expert": str(held.expert_id or ""),
        }
    form = forms.BodyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            consulted_bodies.save_body(
                held,
                kind=data["kind"],
                name=data["name"],
                address=data["address"],
                email=data["email"],
                language=data["language"],
                expert=form.chosen_expert,
                by=request.user,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:consulted_bodies")
    return render(request, "desk/body.html", {"form": form, "held": held})


# The questions of a case


class Consultations(CaseView):
    """Who was asked what, and what came of it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        rows = Consultation.objects.visible_to(request.user).filter(case=self.case)
        rows = rows.select_related("body", "deadline").prefetch_related("reminders")
        found = list(rows)
        for row in found:
            row.case = self.case
        runs = permissions.may_run_procedure(self.case, request.user)
        context = {
            "case": self.case,
            "rows": found,
            "may_ask": runs and self.case.state in OPEN_STATES,
            "today": deadlines.today(),
        }
        return render(request, "desk/consultations.html", context)


class Ask(OfficerView):
    heading = _("Ask for advice")
    states = OPEN_STATES
    form_class = forms.ConsultForm
    template_name = "desk/consult.html"
    button = _("Ask")
    done = _("The question is on record. Print or send the letter now.")

    def form_arguments(self) -> dict[str, Any]:
        rule = rules.load(self.case.rule_set).deadline("consultation")
        rows = ConsultedBody.objects.filter(retired_at=None)
        self.cleared = [item for item, _copy in outsiders.copies_to_give(self.case)]
        return {
            "bodies": sorted(rows, key=lambda row: row.name.casefold()),
            "cleared": self.cleared,
            "usual": deadlines.usual_day(rule),
        }

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return consultations.ask(
            self.case,
            body=form.bodies[data["body"]],
            way=data["way"],
            question=data["question"],
            due_on=data["due_on"],
            documents=form.chosen,
            names_reason=data["names_reason"],
            by=self.request.user,
            version=form.version,
        )

    def finish(self, result: Any) -> HttpResponse:
        messages.success(self.request, self.done)
        return redirect("desk:consultation", self.case.pk, result.pk)


def one_of(view: CaseView) -> Consultation:
    rows = Consultation.objects.visible_to(view.request.user)
    rows = rows.select_related("body", "deadline", "asked_by", "expert", "reply_recorded_by")
    item = get_object_or_404(rows, pk=view.kwargs["item"], case=view.case)
    item.case = view.case
    return item


class One(CaseView):
    """One question: what was given, the answer, what the parties learn."""

    def get(self, request: HttpRequest, item: Any) -> HttpResponse:
        self.require_reader()
        found = one_of(self)
        context = {
            "case": self.case,
            "item": found,
            "material": found.material.select_related("case_document", "copy"),
            "reminders": found.reminders.select_related("by"),
            "runs": permissions.may_run_procedure(self.case, request.user),
            "is_shared": found.shared_as in (SharedAs.WHOLE, SharedAs.GIST),
            "question": self.readable(found.question),
            "reply": self.readable(found.reply),
            "names_reason": self.readable(found.names_reason),
            "closing_note": self.readable(found.closing_note),
            "today": deadlines.today(),
        }
        for row in (*context["material"], *context["reminders"]):
            row.consultation = found
        for row in context["reminders"]:
            row.shown = self.readable(row.note)
        return render(request, "desk/consultation.html", context)

    def readable(self, text: str) -> Any:
        """Return a text as this reader may have it: a withheld name is known to the officers named
        on the case alone."""
        named = permissions.may_see_identity(self.case, self.request.user)
        if named or not outsiders.withheld_names(self.case, text):
            return text
        return _("A withheld name stands in it. Only the officers named on the case read it.")


class _OnOne(OfficerView):
    def check(self) -> None:
        super().check()
        self.item = one_of(self)

    def finish(self, result: Any) -> HttpResponse:
        messages.success(self.request, self.done)
        return redirect("desk:consultation", self.case.pk, self.item.pk)

    def context(self, form: Any) -> dict[str, Any]:
        return {"back": reverse("desk:consultation", args=[self.case.pk, self.item.pk])}


class Remind(_OnOne):
    heading = _("Remind them")
    form_class = forms.RemindForm
    button = _("Record the reminder")
    done = _("The reminder is on record.")

    def perform(self, form: Any) -> None:
        consultations.remind(
            self.item,
            note=form.cleaned_data["note"],
            by=self.request.user,
            version=form.version,
        )


class Reply(_OnOne):
    heading = _("Record the answer")
    form_class = forms.ReplyForm
    button = _("Record the answer")
    done = _("The answer is on record. Decide now what both sides learn of it.")

    def perform(self, form: Any) -> None:
        consultations.record_reply(
            self.item,
            text=form.cleaned_data["text"],
            replied_on=form.cleaned_data["replied_on"],
            by=self.request.user,
            version=form.version,
        )


class Share(_OnOne):
    heading = _("What both sides learn")
    form_class = forms.ShareForm
    intro = _("A decision rests on nothing that the parties have not seen, at least in gist.")
    button = _("Decide")
    done = _("Decided.")

    def perform(self, form: Any) -> None:
        consultations.share(
            self.item,
            shared_as=form.cleaned_data["shared_as"],
            text=form.cleaned_data["text"],
            by=self.request.user,
            version=form.version,
        )


class Close(_OnOne):
    heading = _("Close the question")
    form_class = forms.CloseForm
    button = _("Close")
    done = _("The question is closed.")

    def perform(self, form: Any) -> None:
        consultations.close(
            self.item,
            note=form.cleaned_data["note"],
            by=self.request.user,
            version=form.version,
        )


class LetterFile(CaseView):
    """The letter with the question as PDF, in the language of the body."""

    def get(self, request: HttpRequest, item: Any) -> HttpResponse:
        if not permissions.may_run_procedure(self.case, request.user):
            raise PermissionDenied
        found = one_of(self)
        if found.names_reason and not permissions.may_see_identity(self.case, request.user):
            raise PermissionDenied(_("Only the officers named on the case read it."))
        subject, text = letter_of(found)
        data = letters.portal_letter(subject=subject, text=text, language=found.body.language)
        response = HttpResponse(data, content_type="application/pdf")
        response["Content-Disposition"] = 'attachment; filename="letter.pdf"'
        response["Cache-Control"] = "no-store"
        return response


def letter_of(item: Consultation) -> tuple[str, str]:
    """Return the subject and the text of the letter that asks a body, in its language."""
    language = item.body.language
    draft = drafts.draft(item.case, wording.kinds()["consultation"], "outside", language=language)
    with override(language):
        due = date_format(item.deadline.due_on, "j E Y")
        values = iter((item.question, due))
        text = GAP.sub(lambda found: next(values, found[0]), draft.text)
        titles = [f"{row.number}. {_titled(row)}" for row in item.material.all()]
        if titles:
            text += "\n\n" + str(_("Enclosed:")) + "\n" + "\n".join(titles)
    to = "\n".join(line for line in (item.body.name, item.body.address) if line)
    return draft.subject, f"{to}\n\n{text}"


def _titled(row: Any) -> str:
    """Return a title that tells nothing where a party gave the document its name."""
    row.case_document.case = row.consultation.case
    if row.case_document.side:
        return str(_("Document of the case"))
    return str(row.case_document.title)
