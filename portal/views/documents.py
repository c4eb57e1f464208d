"""Documents of a side: its part of the disclosure ledger, the copy that is shown to others, what
is withheld or pulled, and everything as one ZIP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from cases import ledger
from cases.errors import WrongState
from cases.models import CaseDocument, Serving
from cases.models.serving import OPEN
from cases.services import correspondence, disclosing, withholding
from cases.services.acting import what_happened
from cases.workflow import OPEN_STATES
from documents import bundle
from documents import services as files
from portal.forms.disclosure import CheckCopyForm, PullForm, RedactedForm, WithholdForm
from portal.views.base import ActionView, PartyView
from portal.views.correspondence import serve_file


def visible_item(request: HttpRequest, case: Any, pk: UUID, **rules: Any) -> CaseDocument:
    visible = CaseDocument.objects.visible_to(request.user)
    rows = visible.select_related("document", "served_copy")
    item = get_object_or_404(rows, pk=pk, case=case, **rules)
    item.case = case
    return item


class Documents(PartyView):
    """This side's part of the ledger."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(
            "portal/documents.html",
            ledger=ledger.read(self.case, request.user, to=self.side),
            is_open=self.case.state in OPEN_STATES,
        )


class Download(PartyView):
    """The copy that is for this side, as an attachment; that it was read goes on record."""

    def get(self, request: HttpRequest, item: UUID) -> HttpResponse:
        found = visible_item(request, self.case, item)
        is_own = found.side == self.side
        response = serve_file(
            request, found.copy_for(self.side), file_name=found.title if is_own else ""
        )
        correspondence.record_download(found, by=request.user)
        return response


class Bundle(PartyView):
    """Everything that this side may see, as one ZIP with an index."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = ledger.read(self.case, request.user, to=self.side)
        rows = [
            (row, copy)
            for row in (*found.own, *found.served)
            if (copy := row.item.copy_for(self.side)) and copy.is_clean
        ]
        correspondence.record_download(*(row.item for row, _copy in rows), by=request.user)
        language = translation.get_language()
        reference = self.case.reference or ""
        made_at = timezone.now()

        def index(packed: list[bundle.Packed]) -> str:
            with translation.override(language):
                lines = [(row, file) for (row, _c), file in zip(rows, packed, strict=True)]
                context = {"lines": lines, "ledger": found, "reference": reference}
                context |= {"made_at": made_at, "language": language}
                return render_to_string("documents/index.html", context)

        pieces = bundle.stream([copy for _r, copy in rows], index=index, index_name="index.html")
        return bundle.response(pieces, name="case-documents.zip")


class OwnDocumentView(ActionView):
    """A page on one document of this side."""

    goes_to = "portal:documents"

    def check(self) -> None:
        self.item = visible_item(self.request, self.case, self.kwargs["item"], side=str(self.side))
        if self.case.state not in OPEN_STATES:
            raise WrongState(what_happened(self.case, reader=self.request.user))

    def context(self) -> dict[str, Any]:
        return {"item": self.item}


def open_serving(item: CaseDocument) -> Serving:
    """Return the copy of a document that is looked at now, or 404."""
    serving = get_object_or_404(item.servings.select_related("copy"), state__in=OPEN)
    serving.case_document = item
    return serving


class CheckCopy(OwnDocumentView):
    """The exact copy that would be shown, to whom and from when; agree, pull, or say what must be
    blacked out."""

    template_name = "portal/check_copy.html"
    form_class = CheckCopyForm
    heading = _("Look at the copy that will be shown")
    button = _("Send the answer")
    done = _("Your answer is on record.")

    def check(self) -> None:
        super().check()
        self.serving = open_serving(self.item)

    def context(self) -> dict[str, Any]:
        return {"item": self.item, "serving": self.serving}

    def perform(self, form: Any) -> None:
        says, by = form.cleaned_data["says"], self.request.user
        if says == "agree":
            disclosing.agree(self.serving, by=by)
        elif says == "redact":
            disclosing.ask_redaction(self.serving, text=form.cleaned_data["text"], by=by)
        else:
            disclosing.pull(self.item, by=by)


class CopyFile(PartyView):
    """The exact copy that waits for its provider's look; that it was opened goes on record."""

    def get(self, request: HttpRequest, item: UUID) -> HttpResponse:
        found = visible_item(request, self.case, item, side=str(self.side))
        serving = open_serving(found)
        response = serve_file(request, serving.copy)
        disclosing.note_seen(serving, by=request.user)
        return response


class Withhold(OwnDocumentView):
    template_name = "portal/document_action.html"
    form_class = WithholdForm
    heading = _("Ask that the other side does not see a document")
    lead = _("The office decides with a reason. If it refuses, you can still pull the document.")
    done = _("Your request is sent. The office decides and tells you.")

    def perform(self, form: Any) -> None:
        withholding.ask_to_withhold(
            self.item, reason=form.cleaned_data["text"], by=self.request.user
        )


class Pull(OwnDocumentView):
    template_name = "portal/document_action.html"
    form_class = PullForm
    heading = _("Pull a document")
    lead = _(
        "It never reaches the other side, and the office does not rely on it. The office keeps it "
        "on record as pulled. You cannot take this back."
    )
    button = _("Pull the document")
    done = _("The document is pulled. It does not reach the other side.")
    is_grave = True

    def perform(self, form: Any) -> None:
        disclosing.pull(self.item, by=self.request.user)


class AddRedacted(OwnDocumentView):
    template_name = "portal/document_action.html"
    form_class = RedactedForm
    heading = _("Add a redacted version")
    lead = _(
        "It can be shown in place of the original, which stays sealed. Before the other side is "
        "shown it, you see the exact copy once more. An expert or a ministry that the office "
        "consults may be given it without that."
    )
    button = _("Add the file")
    done = _("The redacted version is added. It is being checked; this takes a few minutes.")

    def perform(self, form: Any) -> None:
        with transaction.atomic():
            document = files.store(
                form.cleaned_data["file"], by=self.request.user, data_key=self.case.data_key
            )
            disclosing.add_redaction(self.item, document, by=self.request.user)
