"""Documents: added, decided on, shown, downloaded as a checked copy or as the sealed original;
the disclosure ledger."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from cases import ledger, permissions, readings
from cases.errors import Incomplete
from cases.models import CaseDocument
from cases.models.audit import ReadKind
from cases.services import correspondence, disclosing, withholding
from cases.workflow import OPEN_STATES
from desk.forms.correspondence import AudienceForm, DocumentForm, RedactedForm, WithholdingForm
from desk.views.base import ActionView, CaseView, OfficerView
from documents import bundle, downloads, services, vault
from sealing.models import Erased


class Add(ActionView):
    action = "add-document"
    form_class = DocumentForm
    button = _("Add the document")
    done = _("The document is added. Others may see it once it is checked and you decide so.")

    def perform(self, form: Any) -> None:
        with transaction.atomic():
            document = services.store(
                form.cleaned_data["file"], by=self.request.user, data_key=self.case.data_key
            )
            correspondence.add_document(
                self.case,
                document,
                title=form.cleaned_data["title"],
                side=form.owner,
                asked_to_withhold=form.cleaned_data["asked_to_withhold"],
                reason=form.cleaned_data["reason"],
                by=self.request.user,
            )


class DocumentAction(OfficerView):
    """A page on one document, for whoever runs the procedure."""

    template_name = "desk/audience.html"
    button = _("Decide")
    done = _("Decided. The decision is on record.")

    def check(self) -> None:
        super().check()
        self.item = _document(self.request, self.case, self.kwargs["item"])

    def context(self, form: Any) -> dict[str, Any]:
        return {"item": self.item, "servings": self.item.servings.select_related("copy")}


class Audience(DocumentAction):
    form_class = AudienceForm
    heading = _("Decide who may see the document")
    intro = _(
        "A party sees the exact copy first, and agrees, pulls the document or names what must be "
        "blacked out. Then it is shown to everybody in the audience at one moment."
    )

    def form_arguments(self) -> dict[str, Any]:
        return {"item": self.item}

    def form(self, *args: Any) -> Any:
        form = super().form(*args)
        form.fields["audience"].initial = self.item.audience
        return form

    def perform(self, form: Any) -> None:
        disclosing.decide_audience(
            self.item,
            audience=form.cleaned_data["audience"],
            copy=form.chosen_copy,
            days=form.cleaned_data.get("days"),
            agreed_elsewhere=form.cleaned_data.get("agreed_elsewhere", ""),
            by=self.request.user,
            version=form.version,
        )


class Withholding(DocumentAction):
    form_class = WithholdingForm
    heading = _("Decide on the request to withhold")

    def perform(self, form: Any) -> None:
        withholding.decide_withholding(
            self.item,
            granted=form.cleaned_data["granted"] == "yes",
            ground=form.cleaned_data["ground"],
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            version=form.version,
        )


class Redact(DocumentAction):
    form_class = RedactedForm
    heading = _("Add a redacted version")
    intro = _("It can be shown in place of the original, which stays sealed.")
    button = _("Add the file")
    done = _("The redacted version is added. It can be shown once it is checked.")

    def perform(self, form: Any) -> None:
        with transaction.atomic():
            document = services.store(
                form.cleaned_data["file"], by=self.request.user, data_key=self.case.data_key
            )
            disclosing.add_redaction(
                self.item, document, by=self.request.user, version=form.version
            )


class Version(CaseView):
    """A redacted version as it would be shown."""

    def get(self, request: HttpRequest, item: Any, version: Any) -> HttpResponse:
        found = _document(request, self.case, item)
        redaction = get_object_or_404(found.redactions.select_related("document"), document=version)
        response = serve_copy(request, redaction.document)
        correspondence.record_download(found, by=request.user)
        return response


class Ledger(CaseView):
    """What was given, served, read and withheld: the whole of it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        context = {
            "case": self.case,
            "ledger": ledger.read(self.case, request.user, to=self.audience),
            "runs": permissions.may_run_procedure(self.case, request.user),
            "is_open": self.case.state in OPEN_STATES,
        }
        return render(request, "desk/ledger.html", context)


class Bundle(CaseView):
    """Every document of the case that the reader sees, as one ZIP with an index."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        found = ledger.read(self.case, request.user, to=self.audience)
        rows = [row for row in found.own if row.item.document.is_clean]
        correspondence.record_download(*(row.item for row in rows), by=request.user)
        language = translation.get_language()
        context = {
            "ledger": found,
            "reference": self.case.reference or self.case.receipt_id,
            "made_at": timezone.now(),
            "language": language,
        }

        def index(packed: list[bundle.Packed]) -> str:
            with translation.override(language):
                lines = list(zip(rows, packed, strict=True))
                return render_to_string("documents/index.html", context | {"lines": lines})

        documents = [row.item.document for row in rows]
        pieces = bundle.stream(documents, index=index, index_name="index.html")
        return bundle.response(pieces, name="case-documents.zip")


def _document(request: HttpRequest, case: Any, pk: Any) -> CaseDocument:
    visible = CaseDocument.objects.visible_to(request.user).select_related("document")
    item = get_object_or_404(visible, pk=pk, case=case)
    item.case = case
    return item


def serve_copy(request: HttpRequest, document: Any) -> HttpResponse:
    """Serve a checked copy.

    Raises:
        Incomplete: it is not checked yet, was refused, or is gone.
    """
    try:
        return downloads.clean_response(request, document)
    except services.NotReady:
        raise Incomplete(_("The file is still being checked, or was refused.")) from None
    except (FileNotFoundError, vault.Tampered, Erased):
        raise Incomplete(_("The file cannot be opened any more.")) from None


class Download(CaseView):
    """The checked copy."""

    def get(self, request: HttpRequest, item: Any) -> HttpResponse:
        found = _document(request, self.case, item)
        response = serve_copy(request, found.document)
        correspondence.record_download(found, by=request.user)
        return response


class Original(CaseView):
    """The file exactly as it came, for those who run the procedure: it may be harmful."""

    def get(self, request: HttpRequest, item: Any) -> HttpResponse:
        if not permissions.may_run_procedure(self.case, request.user):
            raise PermissionDenied
        found = _document(request, self.case, item)
        try:
            response = downloads.original_response(request, found.document)
        except (FileNotFoundError, vault.Tampered, Erased):
            raise Incomplete(_("The file cannot be opened any more.")) from None
        readings.note(self.case, request.user, (ReadKind.ORIGINAL, found.pk))
        correspondence.record_download(found, by=request.user)
        return response
