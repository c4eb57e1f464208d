"""Material that reached the wrong side is recalled."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from cases import permissions
from cases.errors import WrongState
from cases.models import CaseDocument, Message, Recall, SentLetter
from cases.models.party import Side
from cases.models.recall import RecallWhat
from cases.services import recall as service
from desk import letters, recalling
from desk.forms import recall as forms
from desk.reading import CasePage
from desk.rooms import Figures, Line, Room
from desk.views.base import CaseView, OfficerView


def _line(page: CasePage, figures: Figures) -> Line | None:
    if not figures["all"]:
        return None
    if figures["open"]:
        return Line(_("Waits for a second person"), figures["next"], "late", _("To confirm"))
    text = ngettext("%(n)s recall", "%(n)s recalls", figures["all"])
    return Line(text % {"n": figures["all"]}, figures["next"])


RECALLS = Room(
    name="recalls",
    label=_("Recalled material"),
    url="desk:recalls",
    rows=lambda user: Recall.objects.all(),
    figures={
        "all": Count("pk"),
        "open": Count("pk", filter=Q(settled_at=None)),
        "next": Min(
            "deadline__due_on", filter=Q(deadline__met_on=None, deadline__cancelled_on=None)
        ),
    },
    line=_line,
)
MATERIAL = {
    RecallWhat.DOCUMENT: CaseDocument,
    RecallWhat.MESSAGE: Message,
    RecallWhat.LETTER: SentLetter,
}


class Recalls(CaseView):
    """What was recalled, and what can be."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        rows = list(self.case.recalls.select_related("deadline", "proposed_by"))
        runs = permissions.may_run_procedure(self.case, request.user)
        visible_messages = Message.objects.visible_to(request.user).filter(
            case=self.case, recalled_at=None
        )
        context: dict[str, Any] = {"case": self.case, "rows": rows, "runs": runs}
        if runs:
            context["documents"] = list(
                CaseDocument.objects.visible_to(request.user).filter(case=self.case)[:200]
            )
            context["messages_sent"] = list(
                visible_messages.filter(sender="ncp").order_by("-sent_at")[:100]
            )
            context["letters"] = list(self.case.letters.select_related("party")[:50])
            for row in (
                *context["documents"],
                *context["messages_sent"],
                *context["letters"],
            ):
                row.case = self.case
        return render(request, "desk/recalls.html", context)


class Begin(OfficerView):
    """Stop something that reached the wrong side, at once."""

    heading = _("Recall what reached the wrong side")
    form_class = forms.RecallForm
    intro = _("Access ends the moment you press the button. A second person confirms afterwards.")
    warning = _("Nobody on that side can open it any more, in the portal or as a ZIP file.")
    button = _("End access now")
    done = _("Access is ended. A second person confirms; then both sides are told.")

    def check(self) -> None:
        super().check()
        what = self.kwargs["what"]
        if what not in MATERIAL:
            raise Http404
        rows = MATERIAL[RecallWhat(what)].objects.filter(case=self.case)
        if what == RecallWhat.DOCUMENT:
            rows = CaseDocument.objects.visible_to(self.request.user).filter(case=self.case)
        elif what == RecallWhat.MESSAGE:
            rows = Message.objects.visible_to(self.request.user).filter(case=self.case)
        try:
            self.item = get_object_or_404(rows, pk=self.kwargs["item"])
        except (ValueError, TypeError, ValidationError):
            raise Http404 from None
        self.item.case = self.case

    def form(self, *args: Any) -> Any:
        form = super().form(*args)
        side = getattr(self.item, "side", "") or ""
        form.fields["wrong_side"].initial = side or Side.RESPONDENT
        return form

    def perform(self, form: Any) -> Any:
        return service.begin(
            self.case,
            self.item,
            wrong_side=form.cleaned_data["wrong_side"],
            owner=form.chosen_owner,
            reason=form.cleaned_data["reason"],
            holds=form.cleaned_data["holds"],
            found_at=form.cleaned_data["found_at"],
            by=self.request.user,
            version=form.version,
        )

    def finish(self, result: Any) -> HttpResponse:
        messages.success(self.request, self.done)
        return redirect("desk:recall", self.case.pk, result.pk)

    def context(self, form: Any) -> dict[str, Any]:
        return {"back": reverse("desk:recalls", args=[self.case.pk])}


def one_of(view: CaseView) -> Recall:
    rows = Recall.objects.select_related(
        "deadline", "document", "message", "letter__party", "proposed_by", "settled_by"
    )
    item = get_object_or_404(rows, pk=view.kwargs["item"], case=view.case)
    item.case = view.case
    for held in (item.document, item.message, item.letter):
        if held is not None:
            held.case = view.case
    return item


class One(CaseView):
    """One recall: what, who read it, what was done, what is still owed."""

    def get(self, request: HttpRequest, item: Any) -> HttpResponse:
        self.require_reader()
        found = one_of(self)
        readers = list(found.readers.select_related("user"))
        sides = {row.user_id: row for row in self.case.participations.all()}
        named = permissions.may_see_identity(self.case, request.user)
        for number, row in enumerate(readers, start=1):
            row.recall = found
            held = sides.get(row.user_id)
            row.who = (held.name if held and named else "") or _("Person %(number)s") % {
                "number": number
            }
            if row.user is None:
                row.who = _("Somebody of that side, before it was noted who")
        context = {
            "case": self.case,
            "item": found,
            "readers": readers,
            "by_when": recalling.by_when(found),
            "runs": permissions.may_run_procedure(self.case, request.user),
            "may_settle": service.may_settle(found, request.user),
        }
        return render(request, "desk/recall.html", context)


class Settle(CaseView):
    """The second person confirms, or gives access back."""

    template_name = "desk/recall_settle.html"

    def page(self, found: Recall, form: Any, *, status: int = 200) -> HttpResponse:
        context = {
            "case": self.case,
            "item": found,
            "form": form,
            "title": _("Confirm the recall"),
            "button": _("Decide"),
            "back": reverse("desk:recall", args=[self.case.pk, found.pk]),
        }
        return render(self.request, self.template_name, context, status=status)

    def found(self) -> Recall:
        self.require_reader()
        found = one_of(self)
        if not found.is_open:
            raise WrongState(_("This recall was settled already."))
        if not service.may_settle(found, self.request.user):
            raise PermissionDenied(_("A second person confirms it."))
        return found

    def get(self, request: HttpRequest, item: Any) -> HttpResponse:
        found = self.found()
        wrong, other = recalling.to_sides(found)
        initial = {"to_wrong_side": wrong, "to_other_side": other}
        return self.page(found, forms.SettleRecallForm(case=self.case, initial=initial))

    def post(self, request: HttpRequest, item: Any) -> HttpResponse:
        found = self.found()
        form = forms.SettleRecallForm(request.POST, case=self.case)
        if not form.is_valid():
            return self.page(found, form)
        if form.cleaned_data["confirm"] == "yes":
            if not (form.cleaned_data["to_wrong_side"] and form.cleaned_data["to_other_side"]):
                form.add_error(None, _("Write what each side is told."))
                return self.page(found, form)
            service.confirm(
                found,
                to_wrong_side=form.cleaned_data["to_wrong_side"],
                to_other_side=form.cleaned_data["to_other_side"],
                by=request.user,
                version=form.version,
            )
        else:
            service.reject(found, by=request.user, version=form.version)
        messages.success(request, _("Your decision is on record."))
        return redirect("desk:recall", self.case.pk, found.pk)


class _OnRecall(OfficerView):
    def check(self) -> None:
        super().check()
        self.item = one_of(self)

    def finish(self, result: Any) -> HttpResponse:
        messages.success(self.request, self.done)
        return redirect("desk:recall", self.case.pk, self.item.pk)

    def context(self, form: Any) -> dict[str, Any]:
        return {"back": reverse("desk:recall", args=[self.case.pk, self.item.pk])}


class TellAuthority(_OnRecall):
    heading = _("The data protection authority")
    form_class = forms.AuthorityNoteForm
    button = _("Record it")
    done = _("It is on record.")

    @property
    def intro(self) -> Any:  # type: ignore[override]
        return _("By the rules of this case the authority is told by %(moment)s.") % {
            "moment": recalling.by_when(self.item)
        }

    def perform(self, form: Any) -> None:
        told = form.cleaned_data["told"] == "yes"
        service.tell_authority(
            self.item,
            told_on=form.cleaned_data["told_on"] if told else None,
            note=form.cleaned_data["note"],
            by=self.request.user,
            version=form.version,
        )


class RecordPromise(_OnRecall):
    heading = _("Somebody confirmed the deletion")
    form_class = forms.PromiseForm
    button = _("Record it")
    done = _("The promise is on record.")

    def check(self) -> None:
        super().check()
        self.reader = get_object_or_404(
            self.item.readers, pk=self.kwargs["reader"], promised_at=None
        )
        self.reader.recall = self.item

    def perform(self, form: Any) -> None:
        service.promise_deletion(
            self.reader, text=form.cleaned_data["text"], by=self.request.user, version=form.version
        )


class NoteFile(CaseView):
    """The note to the authority as PDF, to be filled in where brackets stand."""

    def get(self, request: HttpRequest, item: Any) -> HttpResponse:
        if not permissions.may_run_procedure(self.case, request.user):
            raise PermissionDenied
        found = one_of(self)
        language = get_language() or "en"
        readers = list(found.readers.all())
        for row in readers:
            row.recall = found
        subject, text = recalling.to_authority(found, readers, language=language)
        data = letters.portal_letter(subject=subject, text=text, language=language)
        response = HttpResponse(data, content_type="application/pdf")
        response["Content-Disposition"] = 'attachment; filename="notice.pdf"'
        response["Cache-Control"] = "no-store"
        return response
