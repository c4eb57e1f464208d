"""Messages, documents, the enterprise's answer, more time, pressure, withdrawal."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cases.errors import Incomplete
from cases.models import Message
from cases.services import correspondence, ending
from cases.workflow import OPEN_STATES
from documents import downloads, vault
from documents.services import NotReady
from portal import services
from portal.forms.case import AnswerForm, DocumentForm, MessageForm, ReprisalForm, WithdrawForm
from portal.views.base import ActionView
from sealing.models import Erased

LONGEST_LIST = 200
PRESSED = _("On the page to withdraw the complaint: somebody puts me under pressure.")


class Messages(ActionView):
    """The letters between this side and the office, and the form to write another."""

    action = "message"
    template_name = "portal/messages.html"
    form_class = MessageForm
    heading = _("Messages")
    done = _("Your message is sent. The office reads it in your case.")
    goes_to = "portal:message"

    def form_arguments(self) -> dict[str, Any]:
        return {"takes_files": self.case.state in OPEN_STATES}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = super().get(request, **kwargs)
        correspondence.note_shown(self.shown, by=request.user)
        return response

    def perform(self, form: Any) -> None:
        services.write(
            self.case,
            side=self.side,
            text=form.cleaned_data["text"],
            uploads=form.cleaned_data.get("files") or (),
            by=self.request.user,
        )

    def context(self) -> dict[str, Any]:
        rows = list(
            Message.objects.visible_to(self.request.user)
            .filter(case=self.case, side=self.side)
            .prefetch_related("attachments__case_document")
            .order_by("-sent_at", "-id")[:LONGEST_LIST]
        )
        for row in rows:
            # What was recalled from this side is named here no more.
            held = row.attachments.all()
            row.files = [
                item
                for item in held
                if item.case_document.side == self.side or item.case_document.is_shown_to_others
            ]
        self.shown = rows
        new = [row for row in rows if row.sender == "ncp" and row.read_at is None]
        return {"new": new, "rows": [row for row in rows if row not in new]}


class AddDocument(ActionView):
    action = "add_document"
    form_class = DocumentForm
    heading = _("Add evidence or another document")
    lead = _(
        "The office keeps your file exactly as you send it. Others only ever get a copy without "
        "hidden details such as place, device or author."
    )
    button = _("Add the file")
    done = _("The file is added. It is being checked; this takes a few minutes.")
    goes_to = "portal:documents"

    def perform(self, form: Any) -> None:
        services.add_documents(
            self.case,
            form.cleaned_data["files"],
            side=self.side,
            by=self.request.user,
            title=form.cleaned_data["title"],
            asked_to_withhold=form.cleaned_data["withhold"],
            reason=form.cleaned_data["reason"] if form.cleaned_data["withhold"] else "",
        )


def serve_file(request: HttpRequest, document: Any, *, file_name: str = "") -> HttpResponse:
    """Serve a checked copy, or say in a sentence why there is none.

    Raises:
        Incomplete: it is not checked yet, was refused, or is gone.
    """
    try:
        return downloads.clean_response(request, document, file_name=file_name)
    except NotReady:
        raise Incomplete(_("The file is still being checked, or was refused.")) from None
    except (FileNotFoundError, vault.Tampered, Erased):
        raise Incomplete(_("The file cannot be opened any more.")) from None


class Answer(ActionView):
    action = "answer"
    template_name = "portal/answer.html"
    form_class = AnswerForm
    heading = _("Answer the complaint")
    button = _("Send the answer")
    done = _("Your answer is sent. The office and the other side read it.")

    def perform(self, form: Any) -> None:
        services.answer_complaint(
            self.case,
            text=form.cleaned_data["text"],
            uploads=form.cleaned_data["files"],
            side=self.side,
            by=self.request.user,
        )

    def context(self) -> dict[str, Any]:
        from cases.disclosure import disclosed

        shown = disclosed(self.case, to=self.side)
        due = next((item for item in shown.deadlines if item.kind == "response"), None)
        return {"shown": shown, "deadline": due, "has_answered": self.open_facts.has_answered}


class Reprisal(ActionView):
    action = "reprisal"
    template_name = "portal/reprisal.html"
    form_class = ReprisalForm
    heading = _("Report pressure or reprisals")
    done = _(
        "Your report is with the officer of your case, or with whoever stands in for them. "
        "Nobody else reads it."
    )

    def perform(self, form: Any) -> None:
        correspondence.report_reprisal(
            self.case, text=form.cleaned_data["text"], by=self.request.user
        )


class Withdraw(ActionView):
    action = "withdraw"
    template_name = "portal/withdraw.html"
    form_class = WithdrawForm
    heading = _("Withdraw the complaint")
    button = _("Send")
    done = _("Your complaint is withdrawn.")
    is_grave = True

    def perform(self, form: Any) -> None:
        user, seen = self.request.user, form.cleaned_data["row_version"]
        freely = form.cleaned_data["freely"]
        with services.unchanged_for(self.case, side=self.side, seen=seen, by=user) as case:
            if freely != "yes":
                correspondence.report_reprisal(case, text=str(PRESSED), by=user)
            if freely == "pressed_stay":
                self.done = _("Your complaint stays as it is. The officer of your case was told.")
                return
            ending.withdraw(
                case,
                by=user,
                reason=form.cleaned_data["reason"],
                freely="pressed" if freely == "pressed" else "yes",
            )
