"""The worklist: what waits for me and what I do next, what is late, what comes this week, and every
visible case with filters, views, bulk acts and exports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.guards import role_required
from accounts.models import User
from accounts.roles import STAFF, Role
from cases.deputies import standing_today
from cases.models import Case
from cases.querysets import NCP_ROLES
from cases.services import deadlines, incoming
from desk import kept, links, lists, neighbours, querysets
from desk.forms.worklist import (
    COLUMNS,
    ORDERS,
    USUAL,
    SaveViewForm,
    WorklistFilter,
    officers_by_name,
)
from desk.models import SavedView
from desk.paging import page_of

WHERE = ("after", "before")


def filter_of(
    data: QueryDict | None, user: User, *, officers: list[tuple[str, str]] | None = None
) -> WorklistFilter:
    """Return the filter form with what was asked, or unbound."""
    if officers is None:
        officers = officers_by_name(User.objects.holding(Role.OFFICER).only("id", "name"))
    return WorklistFilter(data or None, user=user, officers=officers)


def listed(form: WorklistFilter, user: User) -> tuple[Any, dict[str, Any]]:
    """Return the visible cases that a filter finds, not ordered yet, and what was wanted.

    A filter that is wrong narrows nothing down.
    """
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = querysets.filtered(
        Case.objects.visible_to(user), wanted, user=user, today=deadlines.today()
    )
    column = ORDERS[wanted.get("order", "")].column
    if column != "received_at":
        rows = rows.filter(**{f"{column}__isnull": False})
    return querysets.with_pause(rows).select_related("officer"), wanted


@role_required(*STAFF)
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not user.has_role(*NCP_ROLES):
        room = "desk:audit" if user.has_role(Role.AUDITOR) else "desk:administration"
        return redirect(room)
    page = kept.part(request, "worklist", lambda: _page(request, user))
    return render(request, "desk/worklist.html", {"page": page.html, "has_errors": page.extra})


def _page(request: HttpRequest, user: User) -> tuple[str, dict[str, Any], bool]:
    """Return the template of the page, what it shows, and whether the filter is wrong."""
    views = saved_views(user)
    view = _chosen(request, views)
    asked = {name for name in request.GET if name not in (*WHERE, "view")}
    data = request.GET if asked or view is None else QueryDict(view.query)
    officers = officers_by_name(User.objects.holding(Role.OFFICER).only("id", "name"))
    form = filter_of(data, user, officers=officers)
    found, wanted = listed(form, user)
    columns = wanted.get("columns") or list(USUAL)
    order = ORDERS[wanted.get("order", "")]
    page = page_of(
        found,
        order,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=wanted.get("size") or 25,
    )
    today = deadlines.today()
    is_officer = user.has_role(Role.OFFICER)
    rows = lists.rows_of(page.rows, user=user, today=today, columns=columns)
    if "next" in columns:
        lists.add_next_acts(rows, user)
    context: dict[str, Any] = {
        "form": form,
        "filters": _filters(form, officers),
        "rows": rows,
        "columns": dict.fromkeys(columns, True),
        "newer": _address(request, before=page.before) if page.before else "",
        "older": _address(request, after=page.after) if page.after else "",
        "is_filtered": any(
            wanted.get(name) for name in wanted if name not in ("order", "columns", "size")
        ),
        "leaves_out": order.column == "next_due_on",
        "leaves_out_unregistered": order.column == "reference",
        "by_deadline": order.column == "next_due_on",
        "paper": links.elsewhere("intake:begin_for_others") if is_officer else "",
        "administration": user.has_role(Role.ADMINISTRATOR),
        "views": views,
        "view": view,
        "query": form.data.urlencode() if form.is_bound else "",
        "case_query": neighbours.query_of(form.data) if form.is_bound else "",
        "save_form": SaveViewForm(
            initial={"query": form.data.urlencode() if form.is_bound else ""}
        ),
        "may_bulk": is_officer,
        "names_deputies": is_officer,
        "briefs": user.has_role(Role.OFFICER, Role.DECISION_MAKER),
        "sees_exports": user.has_role(Role.OFFICER, Role.AUDITOR),
        "all_columns": COLUMNS,
    }
    if not request.GET:
        context |= _home(user, today=today)
    return "desk/worklist/_page.html", context, bool(form.errors)


@lru_cache(maxsize=64)
def _kept_filters(
    language: str, names: tuple[str, ...], officers: tuple[tuple[str, str], ...]
) -> _Kept:
    return _Kept()


@dataclass
class _Kept:
    html: str = ""


def _filters(form: WorklistFilter, officers: list[tuple[str, str]]) -> str:
    """Return the filters as HTML where nothing is set: they are the same for everybody of a role,
    and their lists of countries and chapters cost more than the list of cases. "" otherwise."""
    if form.is_bound:
        return ""
    kept = _kept_filters(get_language() or "", tuple(form.fields), tuple(officers))
    kept.html = kept.html or render_to_string("desk/worklist/_filters.html", {"form": form})
    return kept.html


def _home(user: User, *, today: Any) -> dict[str, Any]:
    """What stands above the list where somebody comes in: the day's work."""
    visible = Case.objects.visible_to(user)
    shows_risk = user.has_role(Role.OFFICER)
    deputies = standing_today(user) if user.has_role(Role.OFFICER) else []
    waiting = [
        lists.row_of(
            case,
            today=today,
            shows_risk=shows_risk,
            reason=str(querysets.REASONS[why]),
            reason_url=links.of_reason(case.pk, why),
        )
        for case, why in querysets.waiting_for(user, visible)
    ]
    late_cases, week_cases = querysets.due_soon(user, visible, today=today)
    late = lists.rows_of(late_cases, user=user, today=today)
    week = lists.rows_of(week_cases, user=user, today=today)
    owes_tasks = user.has_role(Role.OFFICER, Role.DECISION_MAKER)
    if owes_tasks:
        lists.add_next_acts([*waiting, *late, *week], user)
        for row in waiting:
            declares = links.of_action(row.case.pk, "declare")
            if row.next and row.next.url == declares:
                row.reason_url = declares  # before it, the other pages are closed
    return {
        "is_home": True,
        "waiting": waiting,
        "late": late,
        "week": week,
        "owes_tasks": owes_tasks,
        "mails_wait": incoming.mails_wait() if user.has_role(Role.OFFICER) else 0,
        "deputies": [{"row": row, "is_mine": row.absent_id == user.pk} for row in deputies],
        "usual": dict.fromkeys(("title", "state", "deadline"), True)
        | {"officer": any(row.deputy_id == user.pk for row in deputies)},
    }


def saved_views(user: User) -> list[SavedView]:
    """Return the views that somebody may use, by name; `is_default` says with which the list
    opens."""
    rows = SavedView.objects.visible_to(user).select_related("owner").with_default(user)
    return sorted(rows, key=lambda row: (row.owner_id != user.pk, row.name.casefold()))


def _chosen(request: HttpRequest, views: list[SavedView]) -> SavedView | None:
    """Return the view that the address names, or with an address that asks for nothing the one
    with which the list opens."""
    if key := request.GET.get("view"):
        for view in views:
            if str(view.pk) == key:
                return view
        raise Http404
    if request.GET:
        return None
    return next((view for view in views if view.is_default), None)


def _address(request: HttpRequest, **where: str) -> str:
    query = request.GET.copy()
    for name in WHERE:
        query.pop(name, None)
    for name, value in where.items():
        query[name] = value
    return f"?{query.urlencode()}"


def back_to(query: str) -> str:
    """Return the address of the list with these filters."""
    return reverse("desk:worklist") + (f"?{query}" if query else "")
