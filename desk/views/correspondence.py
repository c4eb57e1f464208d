"""Letters to and from one side, and the enterprise's answer where it came on paper."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from cases import permissions
from cases.models import Message
from cases.models.correspondence import Correspondent
from cases.models.party import Side
from cases.services import correspondence
from desk.forms.correspondence import AnswerForm, MessageForm
from desk.views.base import ActionView, CaseView
from documents import services as files


class Write(ActionView):
    action = "message"
    form_class = MessageForm
    button = _("Send")
    done = _("The message is sent.")

    def perform(self, form: Any) -> None:
        by, side, version = self.request.user, form.cleaned_data["side"], form.version
        attached = []
        with transaction.atomic():
            if upload := form.cleaned_data.get("file"):
                document = files.store(upload, by=by, data_key=self.case.data_key)
                item = correspondence.add_document(
                    self.case,
                    document,
                    title=document.original_name,
                    side=side,
                    by=by,
                    version=version,
                )
                attached, version = [item], None  # it was checked, and adding a file raised it
            correspondence.send_message(
                self.case,
                side=side,
                subject=form.cleaned_data["subject"],
                text=form.cleaned_data["text"],
                documents=attached,
                by=by,
                version=version,
            )


class RecordAnswer(ActionView):
    action = "record-answer"
    form_class = AnswerForm
    intro = _("For an enterprise that answered on paper or by e-mail. Both sides read its answer.")
    button = _("Record the answer")
    done = _("The answer is on record.")

    def perform(self, form: Any) -> None:
        correspondence.respond(
            self.case,
            text=form.cleaned_data["text"],
            by=self.request.user,
            version=form.version,
        )


class MarkRead(CaseView):
    """Note that the office read what a side wrote."""

    def post(self, request: HttpRequest, side: str) -> HttpResponse:
        if not permissions.may_run_procedure(self.case, request.user):
            raise PermissionDenied
        if side not in Side.values:
            raise Http404
        rows = Message.objects.visible_to(request.user).filter(
            case=self.case, side=side, read_at=None
        )
        correspondence.mark_read(rows.exclude(sender=Correspondent.NCP), by=request.user)
        return redirect("desk:case", self.case.pk)
