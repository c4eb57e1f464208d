"""The worklist: what waits for me, what is late, what comes this week, and every visible case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.guards import role_required
from accounts.roles import STAFF, Role
from cases import rules
from cases.models import Case
from cases.querysets import NCP_ROLES
from cases.services import deadlines
from cases.timeframes import Standing
from desk import links, querysets
from desk.forms.worklist import ORDERS, WorklistFilter
from desk.paging import page_of
from desk.reading import TAGS


@dataclass(frozen=True)
class Row:
    """A case as a line of a list."""

    case: Case
    deadline: str
    standing: str
    tag: str
    shows_risk: bool
    reason: str = ""


def row_of(case: Case, *, today: date, shows_risk: bool, reason: str = "") -> Row:
    """Return a case as a line; `is_paused` must be annotated."""
    stands = deadlines.standing_of_case(case, on=today)
    if stands and case.is_paused:
        stands = Standing.PAUSED
    return Row(
        case=case,
        deadline=str(rules.load(case.rule_set).deadline(case.next_due_kind).label)
        if stands
        else "",
        standing=str(stands.label) if stands else "",
        tag=TAGS[stands] if stands else "",
        shows_risk=shows_risk and case.reprisal_risk,
        reason=reason,
    )


@role_required(*STAFF)
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not user.has_role(*NCP_ROLES):
        return redirect("desk:administration")
    today = deadlines.today()
    visible = Case.objects.visible_to(user)
    form = WorklistFilter(request.GET or None, user=user)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    order = ORDERS[wanted.get("order", "")]
    rows = querysets.filtered(visible, wanted, user=user, today=today)
    if order.column == "next_due_on":
        rows = rows.filter(next_due_on__isnull=False)
    page = page_of(
        querysets.with_pause(rows).select_related("officer"),
        order,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    shows_risk = user.has_role(Role.OFFICER, Role.AUDITOR)

    def lines(cases: list[Case]) -> list[Row]:
        return [row_of(case, today=today, shows_risk=shows_risk) for case in cases]

    context: dict[str, Any] = {
        "form": form,
        "rows": lines(page.rows),
        "newer": _address(request, before=page.before) if page.before else "",
        "older": _address(request, after=page.after) if page.after else "",
        "is_filtered": any(wanted.get(name) for name in wanted if name != "order"),
        "by_deadline": order.column == "next_due_on",
        "paper": links.elsewhere("intake:paper") if user.has_role(Role.OFFICER) else "",
        "administration": user.has_role(Role.ADMINISTRATOR),
    }
    if not request.GET:
        late, week = querysets.due_soon(user, visible, today=today)
        context |= {
            "is_home": True,
            "waiting": [
                row_of(case, today=today, shows_risk=shows_risk, reason=reason)
                for case, reason in querysets.waiting_for(user, visible)
            ],
            "late": lines(late),
            "week": lines(week),
            "owes_tasks": user.has_role(Role.OFFICER, Role.DECISION_MAKER),
        }
    return render(request, "desk/worklist.html", context)


def _address(request: HttpRequest, **where: str) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    query.pop("before", None)
    for name, value in where.items():
        query[name] = value
    return f"?{query.urlencode()}"
