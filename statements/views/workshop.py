"""The workshop: everything about the statement of a case on one page, and how one is begun."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.guards import role_required
from cases.models import Case
from cases.models.party import Side
from cases.querysets import NCP_ROLES
from cases.services import deadlines
from statements import permissions, projection
from statements.forms import BeginForm, FindingForm
from statements.models import CommentRound, Statement
from statements.offers import offers
from statements.public import record_id
from statements.services import writing
from statements.standing import Standing, changes_since_round, standing_of
from statements.views.base import (
    case_address,
    language_name,
    missing_languages,
    require_reader,
    texts,
)


class Workshop(View):
    @classmethod
    def as_view(cls, **kwargs: Any) -> Any:
        return role_required(*NCP_ROLES)(super().as_view(**kwargs))

    def dispatch(
        self, request: HttpRequest, *args: Any, case_id: UUID, **kwargs: Any
    ) -> HttpResponse:
        visible = Case.objects.visible_to(request.user).select_related("data_key")
        self.case = get_object_or_404(visible, pk=case_id)
        require_reader(self.case, request)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(None)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin a statement."""
        if not permissions.may_write(self.case, request.user):
            raise PermissionDenied
        kinds = writing.kinds_now(self.case)
        form = BeginForm(request.POST, kinds=kinds)
        if not form.is_valid():
            return self.page(form)
        writing.begin(
            self.case,
            kind=form.cleaned_data["kind"],
            language=form.cleaned_data["language"],
            by=request.user,
        )
        messages.success(request, _("A first draft was put together from the case. Now edit it."))
        return redirect("statements:workshop", self.case.pk)

    def page(self, form: BeginForm | None) -> HttpResponse:
        request = self.request
        statements = list(
            Statement.objects.visible_to(request.user).filter(case=self.case, set_aside_at=None)
        )
        for item in statements:
            item.case = self.case
        current = _current(statements, request.GET.get("statement", ""))
        kinds = writing.kinds_now(self.case)
        may_begin = bool(kinds) and permissions.may_write(self.case, request.user)
        context: dict[str, Any] = {
            "case": self.case,
            "case_address": case_address(self.case),
            "statement": current,
            "others": [item for item in statements if item != current],
            "begin": (form or BeginForm(kinds=kinds, initial={"language": self.case.language}))
            if may_begin
            else None,
            "form": form,
        }
        if current is not None:
            context |= self.about(standing_of(current))
        return render(request, "statements/workshop.html", context)

    def about(self, stands: Standing) -> dict[str, Any]:
        """Return what the page says of one statement."""
        shown = projection.public_case(self.case)
        changed = changes_since_round(stands)
        return {
            "stands": stands,
            "offers": offers(stands, self.request.user),
            "texts": texts(stands),
            "missing": missing_languages(stands),
            "findings": [
                {"finding": item, "form": FindingForm(prefix=f"f{item.pk}")}
                for item in stands.findings
            ],
            "kept": [
                item
                for version in stands.versions.values()
                for item in version.findings.exclude(overridden_at=None).select_related(
                    "overridden_by"
                )
            ],
            "comments": comments_of(stands.round),
            "is_late": stands.round is not None
            and stands.round.is_open
            and stands.round.due_on < deadlines.today(),
            "changes": [
                {"name": language_name(code), "language": code, "lines": lines}
                for code, lines in changed.items()
            ],
            "public": shown,
            "public_page": _public_page(self.case),
            "history": stands.statement.versions.select_related("by").order_by("-at")[:30],
        }


def _current(statements: list[Statement], asked: str) -> Statement | None:
    """Return the statement that was asked for, else the one at work, else the newest."""
    by_id = {str(item.pk): item for item in statements}
    at_work = [item for item in statements if item.is_at_work]
    return by_id.get(asked) or next(iter(at_work), None) or next(reversed(statements), None)


def _public_page(case: Case) -> str:
    found = record_id(case)
    try:
        return reverse("register:record", args=[found]) if found else ""
    except NoReverseMatch:
        return ""


def comments_of(round: CommentRound | None) -> list[dict[str, Any]]:
    """Return what each side said, in the order of the sides; a side that is silent has None."""
    if round is None:
        return []
    said = {comment.side: comment for comment in round.comments.all()}
    return [{"label": side.label, "comment": said.get(side)} for side in Side]
