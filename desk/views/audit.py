"""The auditor's masked record, who read what, and the proof of all histories."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import role_required
from accounts.models import RoleAssignment
from accounts.roles import Role
from accounts.waking import wake
from cases import audit, readings
from cases.disclosure import Audience
from cases.models import AuditPermission, Case, ChainHead, Erasure, Reading
from cases.models.audit import ReadKind
from cases.services import auditing, history_check
from desk.forms.record import AskForm, DecideForm
from desk.paging import Order, page_of
from desk.tasks import check_histories
from desk.views.base import ActionView, CaseView
from desk.views.history import filtered_page, older_address

NEWEST = Order("at", is_descending=True)
NEWEST_CASE = Order("received_at", is_descending=True)


def _where(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in ("after", "before")}


@role_required(Role.AUDITOR)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """List every case by number and dates; says when the access ends."""
    page = page_of(
        Case.objects.open_to_audit(request.user), NEWEST_CASE, size=50, **_where(request)
    )
    ends = (
        RoleAssignment.objects.current()
        .filter(user=request.user, role=Role.AUDITOR)
        .order_by("-until")
        .values_list("until", flat=True)
        .first()
    )
    context = {"page": page, "ends": ends, "run": history_check.newest()}
    return render(request, "desk/audit/home.html", context)


class AuditView(View):
    """A page of the masked record: anonymous 302, another role 404, read-only."""

    http_method_names = ["get", "head", "options"]

    @classmethod
    def as_view(cls, **kwargs: Any) -> Any:
        return role_required(Role.AUDITOR)(super().as_view(**kwargs))

    def dispatch(self, request: HttpRequest, *args: Any, pk: UUID, **kwargs: Any) -> HttpResponse:
        cases = Case.objects.open_to_audit(request.user).select_related("officer")
        self.case = get_object_or_404(cases, pk=pk)
        return super().dispatch(request, *args, **kwargs)


class AuditCase(AuditView):
    def get(self, request: HttpRequest) -> HttpResponse:
        permission = audit.standing_permission(self.case, request.user)
        kind = ReadKind.AUDIT_TEXTS if permission else ReadKind.AUDIT
        readings.note(self.case, request.user, kind)
        asked = AuditPermission.objects.filter(case=self.case, auditor=request.user)
        return render(
            request,
            "desk/audit/case.html",
            {
                "case": self.case,
                "record": audit.read(self.case, with_texts=permission is not None),
                "permission": permission,
                "asked": asked.filter(decided_at=None).first(),
                "refused": asked.filter(is_granted=False).order_by("-decided_at").first(),
            },
        )


class AuditHistory(AuditView):
    """The history with what changed; sealed values stay sealed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        readings.note(self.case, request.user, ReadKind.HISTORY)
        form, page = filtered_page(request, self.case, Audience.NCP, masked=True)
        context = {
            "case": self.case,
            "form": form,
            "page": page,
            "is_filtered": form.is_bound,
            "older": older_address(request, page),
        }
        return render(request, "desk/audit/history.html", context)


class AuditAsk(AuditView):
    """Ask to read the texts: the one thing that an auditor writes."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(AskForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AskForm(request.POST)
        if not form.is_valid():
            return self.page(form)
        auditing.ask(self.case, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("Asked. Somebody of the office decides; it is on record."))
        return redirect("desk:audit_case", self.case.pk)

    def page(self, form: AskForm) -> HttpResponse:
        return render(self.request, "desk/audit/ask.html", {"case": self.case, "form": form})


class AuditRequests(CaseView):
    """What auditors asked in this case and what was decided."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        rows = list(
            self.case.audit_permissions.select_related("auditor", "decided_by").order_by(
                "-asked_at"
            )
        )
        for row in rows:
            row.case = self.case
        context = {
            "case": self.case,
            "rows": rows,
            "may": auditing.may_decide(self.case, request.user),
        }
        return render(request, "desk/audit/requests.html", context)


class DecideAudit(ActionView):
    """Somebody of the NCP allows an auditor to read the texts of a case, or does not."""

    form_class = DecideForm
    template_name = "desk/audit/decide.html"
    button = _("Decide")
    done = _("Decided. The auditor sees it; it is on record.")

    def check(self) -> None:
        self.require_reader()
        self.asked = get_object_or_404(
            AuditPermission.objects.select_related("auditor"),
            pk=self.kwargs["item"],
            case=self.case,
        )
        self.asked.case = self.case
        if not auditing.may_decide(self.case, self.request.user):
            raise Http404

    def title(self) -> Any:
        return _("An auditor asks to read the texts")

    def context(self, form: Any) -> dict[str, Any]:
        return {"asked": self.asked}

    def perform(self, form: Any) -> None:
        auditing.decide(
            self.asked,
            grant=form.cleaned_data["answer"] == "grant",
            until=form.cleaned_data["until"],
            by=self.request.user,
        )


# Who read what


@role_required(Role.AUDITOR)
@require_safe
def all_readings(request: HttpRequest) -> HttpResponse:
    """Who read what in every case, by number; no content."""
    rows = Reading.objects.filter(case__in=Case.objects.open_to_audit(request.user))
    return _readings(request, rows, "desk/audit/readings.html", {})


class CaseReadings(CaseView):
    """Who read what of one case, for those who read its record."""

    parts = ("participations", "conflicts")

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        rows = Reading.objects.filter(case=self.case)
        if self.audience != Audience.NAMED_OFFICER:
            rows = rows.exclude(kind=ReadKind.REPRISAL)
        return _readings(request, rows, "desk/readings.html", {"case": self.case})


def _readings(request: HttpRequest, rows: Any, template: str, context: dict) -> HttpResponse:
    kind = request.GET.get("kind", "")
    person = request.GET.get("person", "").strip()[:100]
    if kind in ReadKind.values:
        rows = rows.filter(kind=kind)
    if person:
        rows = rows.filter(user__name__icontains=person)
    page = page_of(rows.select_related("user", "case"), NEWEST, size=50, **_where(request))
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    context |= {
        "page": page,
        "kinds": ReadKind.choices,
        "kind": kind,
        "person": person,
        "query": query.urlencode(),
    }
    return render(request, template, context)


# The proof of all histories


@role_required(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def verify_history(request: HttpRequest) -> HttpResponse:
    """Ask the worker to recompute all chains, and see how far it is; ids and numbers only."""
    if request.method == "POST":
        history_check.ask(by=request.user)
        wake(check_histories)
        messages.success(request, _("The check began. It goes on while you do something else."))
        return redirect("desk:verify_history")
    run = history_check.newest()
    done = Erasure.objects.filter(principal=None, completed_at__isnull=False)
    return render(
        request,
        "desk/administration/history.html",
        {
            "head": ChainHead.objects.defer("snapshot").order_by("-day").first(),
            "run": run,
            "faults": [{**fault, "why": _(fault["why"])} for fault in run.faults] if run else [],
            "percent": min(100, run.checked * 100 // max(run.total, 1)) if run else 0,
            "erased": done.count(),
        },
    )
