"""What comes from outside: packages of other NCPs, lists of running cases, e-mails. Everything is
looked at first and taken in by a second click."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.http import require_safe

from accounts.guards import role_required
from accounts.roles import Role
from cases import open_files, open_records, open_templates, readings
from cases.disclosure import Audience, audience_of
from cases.errors import Conflict
from cases.models import Case, FiledMail, Incoming
from cases.models.audit import ReadKind
from cases.models.transfer import IncomingKind
from cases.packages import BadPackage
from cases.packages import Package as PackageFile
from cases.services import incoming, mails, open_cases, package_keys, taking_in
from desk import exports
from desk.forms.coordination import FileMailForm, MailForm, OpenCasesForm, PackageForm
from desk.views.base import CaseView
from documents import downloads
from documents.mails import Mail, NoMail, read
from documents.vault import Tampered

SMALL = 20 * 1024 * 1024


class _Inbox(View):
    """A page that takes a file and leads on to where it is looked at."""

    kind = ""
    template_name = ""
    form_class: Any = None
    limit = SMALL
    next_page = ""

    @classmethod
    def as_view(cls, **kwargs: Any) -> Any:
        return role_required(Role.OFFICER)(super().as_view(**kwargs))

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(self.form_class())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form_class(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form)
        name, pieces = self.content(form)
        try:
            row = incoming.keep(
                pieces, kind=self.kind, name=name, by=request.user, limit=self.limit
            )
            self.probe(row)
        except ValidationError as error:
            form.add_error("file", error)
            return self.page(form)
        return redirect(self.next_page, row.pk)

    def content(self, form: Any) -> tuple[str, Iterable[bytes]]:
        upload = form.cleaned_data["file"]
        return upload.name or "", upload.chunks()

    def probe(self, row: Incoming) -> None:
        """Refuse at once what cannot be read at all."""

    def refuse(self, row: Incoming, why: str) -> None:
        incoming.discard(row, by=self.request.user)
        raise ValidationError(why)

    def page(self, form: Any) -> HttpResponse:
        rows = incoming.waiting(self.kind)
        context = {"form": form, "waiting": rows, **self.context()}
        return render(self.request, self.template_name, context)

    def context(self) -> dict[str, Any]:
        return {}


class _Waiting(View):
    """A page on one file that waits; POST takes it in or throws it away."""

    kind = ""
    back = ""

    @classmethod
    def as_view(cls, **kwargs: Any) -> Any:
        return role_required(Role.OFFICER)(super().as_view(**kwargs))

    def dispatch(self, request: HttpRequest, *args: Any, item: Any, **kwargs: Any) -> Any:
        self.item = get_object_or_404(Incoming, pk=item, kind=self.kind)
        if self.item.settled_at:
            messages.info(request, _("Somebody has decided on this file already."))
            return redirect(self.back)
        if request.method == "POST" and "discard" in request.POST:
            incoming.discard(self.item, by=request.user)
            messages.success(request, _("Thrown away."))
            return redirect(self.back)
        return super().dispatch(request, *args, **kwargs)

    def data(self) -> bytes:
        try:
            with incoming.opened(self.item) as reader:
                return b"".join(reader.chunks())
        except (FileNotFoundError, Tampered):
            raise Conflict(_("The file does not open any more. Upload it again.")) from None


# Packages of other NCPs


class Packages(_Inbox):
    kind = IncomingKind.PACKAGE
    template_name = "desk/coordination_packages.html"
    form_class = PackageForm
    next_page = "desk:package_in"

    @property
    def limit(self) -> int:  # type: ignore[override]
        return settings.MAX_PACKAGE_BYTES

    def probe(self, row: Incoming) -> None:
        try:
            with incoming.opened(row) as reader:
                taking_in.look(PackageFile(reader))
        except BadPackage as error:
            self.refuse(row, str(error))


class PackageIn(_Waiting):
    kind = IncomingKind.PACKAGE
    back = "desk:packages"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def page(self, problem: str = "", *, status: int = 200) -> HttpResponse:
        try:
            with incoming.opened(self.item) as reader:
                looked = taking_in.look(PackageFile(reader))
        except BadPackage as error:
            problem, looked = str(error), None
        held = looked.already if looked else None
        seen = Case.objects.visible_to(self.request.user).filter(pk=held.pk if held else None)
        context = {
            "item": self.item,
            "looked": looked,
            "problem": problem,
            "already": seen.first(),
        }
        return render(self.request, "desk/coordination_package_in.html", context, status=status)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            with incoming.opened(self.item) as reader:
                case, is_new = taking_in.take_in(
                    taking_in.look(PackageFile(reader)),
                    by=request.user,
                    trust_key="trust_key" in request.POST,
                    replace_key="replace_key" in request.POST,
                )
        except BadPackage as error:
            return self.page(str(error))
        except package_keys.UnknownKey as error:
            return self.page(str(error.message))
        incoming.settle(self.item, by=request.user, case=str(case.pk), new=is_new)
        if is_new:
            messages.success(request, _("The case is taken over. It begins as received."))
        else:
            messages.info(request, _("This package was taken in before. Nothing was made."))
        if Case.objects.visible_to(request.user).filter(pk=case.pk).exists():
            return redirect("desk:case", case.pk)
        return redirect(self.back)


# Running cases


class OpenCases(_Inbox):
    kind = IncomingKind.OPEN_CASES
    template_name = "desk/coordination_import.html"
    form_class = OpenCasesForm
    next_page = "desk:open_cases_in"

    def probe(self, row: Incoming) -> None:
        try:
            with incoming.opened(row) as reader:
                open_files.read(b"".join(reader.chunks()), name=row.name)
        except open_files.Unreadable as error:
            self.refuse(row, str(error))

    def context(self) -> dict[str, Any]:
        taken = open_templates.choices()
        return {
            "columns": [
                {"name": name, "told": open_templates.TOLD[name], "takes": taken.get(name, ())}
                for name in open_records.COLUMNS
            ]
        }


class OpenCasesIn(_Waiting):
    kind = IncomingKind.OPEN_CASES
    back = "desk:import"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dispatch(request, *args, **kwargs)
        except open_files.Unreadable as error:
            # The upload was readable for the version that took it; this one reads it otherwise.
            raise Conflict(str(error)) from None

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = open_cases.look(self.data(), name=self.item.name)
        return self.page(rows, is_done=False)

    def post(self, request: HttpRequest) -> HttpResponse:
        rows = open_cases.load(self.data(), name=self.item.name, by=request.user)
        made = [str(row.made.pk) for row in rows if row.made]
        refused = sum(bool(row.problems) for row in rows)
        incoming.settle(self.item, by=request.user, made=len(made), refused=refused)
        return self.page(rows, is_done=True)

    def page(self, rows: list[Any], *, is_done: bool) -> HttpResponse:
        context = {
            "item": self.item,
            "rows": rows,
            "is_done": is_done,
            "right": sum(bool(row.record) and not row.held for row in rows),
            "made": sum(row.made is not None for row in rows),
            "held": sum(row.held is not None for row in rows),
            "wrong": sum(bool(row.problems) for row in rows),
        }
        return render(self.request, "desk/coordination_import_in.html", context)


@role_required(Role.OFFICER)
@require_safe
def open_cases_template(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(open_templates.as_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="running-cases.csv"'
    return response


@role_required(Role.OFFICER)
@require_safe
def open_cases_workbook(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(open_templates.as_workbook(), content_type=exports.TYPES["xlsx"])
    response["Content-Disposition"] = 'attachment; filename="running-cases.xlsx"'
    return response


# E-mails


class Mails(_Inbox):
    kind = IncomingKind.MAIL
    template_name = "desk/coordination_mails.html"
    form_class = MailForm
    next_page = "desk:mail_in"

    def content(self, form: Any) -> tuple[str, Iterable[bytes]]:
        upload = form.cleaned_data.get("file")
        if upload:
            return upload.name or "", upload.chunks()
        return "mail.eml", iter([form.cleaned_data["source"].encode()])

    def probe(self, row: Incoming) -> None:
        try:
            with incoming.opened(row) as reader:
                read(b"".join(reader.chunks()))
        except NoMail:
            self.refuse(
                row, _("This is no e-mail that can be read. Save it as .eml or .msg with its head.")
            )


class MailIn(_Waiting):
    """What the e-mail says, the cases to which it may belong, and one click to file it."""

    kind = IncomingKind.MAIL
    back = "desk:mails"

    def mail(self) -> tuple[Mail, bytes]:
        data = self.data()
        try:
            return read(data), data
        except NoMail:
            raise Conflict(_("This is no e-mail that can be read.")) from None

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(self.form())

    def form(self, *args: Any) -> FileMailForm:
        return FileMailForm(*args, cases=Case.objects.visible_to(self.request.user))

    def page(self, form: Any) -> HttpResponse:
        mail, _data = self.mail()
        context = {
            "item": self.item,
            "mail": mail,
            "form": form,
            "suggestions": mails.suggestions(mail, self.request.user),
            "attachments": [(row.name, len(row.content)) for row in mail.attachments],
        }
        return render(self.request, "desk/coordination_mail_in.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form)
        mail, data = self.mail()
        side = form.cleaned_data["side"]
        try:
            filed = mails.file_mail(
                form.case,
                mail,
                side=mails.OURS if side == "ncp" else side,
                by=request.user,
                original=data,
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.page(form)
        except Conflict as error:
            form.add_error(None, str(error.message))
            return self.page(form)
        incoming.settle(self.item, by=request.user, case=str(filed.case_id))
        messages.success(request, _("The e-mail is filed. Who sent it was not verified."))
        return redirect("desk:case", filed.case_id)


class MailOriginal(CaseView):
    """The whole e-mail with its head, for the officers named on the case alone."""

    def get(self, request: HttpRequest, item: Any) -> HttpResponseBase:
        row = get_object_or_404(FiledMail, pk=item, case=self.case)
        if audience_of(self.case, request.user) != Audience.NAMED_OFFICER:
            raise PermissionDenied(_("Only the officers named on the case read what was sent."))
        if row.original is None:
            raise Http404
        readings.note(self.case, request.user, (ReadKind.ORIGINAL, row.original_id))
        return downloads.original_response(request, row.original, file_name="mail")
