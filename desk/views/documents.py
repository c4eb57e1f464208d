"""Documents: added, shared, downloaded as a checked copy or as the sealed original."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from cases import permissions
from cases.errors import Incomplete
from cases.models import CaseDocument
from cases.services import correspondence
from desk.forms.correspondence import AudienceForm, DocumentForm
from desk.views.base import ActionView, CaseView, OfficerView
from documents import downloads, services, vault
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


class Audience(OfficerView):
    form_class = AudienceForm
    template_name = "desk/audience.html"
    heading = _("Decide who may see the document")
    button = _("Decide")
    done = _("Decided. The decision is on record.")

    def check(self) -> None:
        super().check()
        self.item = _document(self.request, self.case, self.kwargs["item"])

    def form(self, *args: Any) -> Any:
        form = super().form(*args)
        form.fields["audience"].initial = self.item.audience
        return form

    def context(self, form: Any) -> dict[str, Any]:
        return {"item": self.item}

    def perform(self, form: Any) -> None:
        correspondence.decide_audience(
            self.item,
            audience=form.cleaned_data["audience"],
            by=self.request.user,
            version=form.version,
        )


def _document(request: HttpRequest, case: Any, pk: Any) -> CaseDocument:
    visible = CaseDocument.objects.visible_to(request.user).select_related("document")
    item = get_object_or_404(visible, pk=pk, case=case)
    item.case = case
    return item


class Download(CaseView):
    """The checked copy."""

    def get(self, request: HttpRequest, item: Any) -> HttpResponse:
        found = _document(request, self.case, item)
        try:
            response = downloads.clean_response(request, found.document)
        except services.NotReady:
            raise Incomplete(_("The file is still being checked, or was refused.")) from None
        except (FileNotFoundError, vault.Tampered, Erased):
            raise Incomplete(_("The file cannot be opened any more.")) from None
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
        correspondence.record_download(found, by=request.user)
        return response
