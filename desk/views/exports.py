"""Lists that leave the system as files, and the record of who took which."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import role_required
from accounts.roles import Role
from cases.querysets import NCP_ROLES
from cases.services import deadlines
from desk import exports
from desk.forms.worklist import COLUMNS, ORDERS, TYPED, USUAL
from desk.models import Export, ExportFormat
from desk.paging import Order, page_of
from desk.views.worklist import back_to, filter_of, listed

NEWEST = Order("at", is_descending=True)
LONGEST_QUERY = 4000


@role_required(*NCP_ROLES)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Send the list that the filter finds, and put the act on record before the first line."""
    user = request.user
    kind = request.POST.get("format", "")
    if kind not in ExportFormat.values:
        raise Http404
    query = request.POST.get("query", "")[:LONGEST_QUERY]
    form = filter_of(QueryDict(query), user)
    found, wanted = listed(form, user)
    if form.is_bound and not form.is_valid():
        return redirect(back_to(query))
    columns = [name for name in wanted.get("columns") or USUAL if name != "next"]
    order = ORDERS[wanted.get("order", "")]
    Export.objects.create(
        user=user,
        format=kind,
        filters=_kept(wanted),
        columns=columns,
        cases=min(found.count(), exports.MOST_ROWS),
    )
    rows = exports.lines(
        found.order_by(*order.columns()), columns, user=user, today=deadlines.today()
    )
    write = {"csv": exports.as_csv, "xlsx": exports.as_xlsx}[kind]
    response = StreamingHttpResponse(
        write(exports.headings(columns), rows), content_type=exports.TYPES[kind]
    )
    response["Content-Disposition"] = f'attachment; filename="cases.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _kept(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return a filter as it is kept: of what was typed only that something was."""
    return {
        name: True if name in TYPED else value
        for name, value in wanted.items()
        if value and name not in ("columns", "size")
    }


LABELS = {
    "q": _("by title or reference"),
    "party": _("by the name of a party"),
    "state": _("by state"),
    "officer": _("by officer"),
    "late": _("by time"),
    "chapter": _("by chapter"),
    "country": _("by country"),
    "sector": _("by sector"),
    "mine": _("own cases"),
    "risk": _("with a risk of reprisals"),
}


@role_required(*NCP_ROLES, Role.ADMINISTRATOR, Role.AUDITOR)
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Who took which list: auditors and administrators read all, others their own."""
    user = request.user
    reads_all = user.has_role(Role.AUDITOR, Role.ADMINISTRATOR)
    rows = Export.objects.all() if reads_all else Export.objects.filter(user=user)
    page = page_of(
        rows.select_related("user"),
        NEWEST,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    for row in page.rows:
        row.filter_labels = [LABELS[name] for name in row.filters if name in LABELS]
        row.column_labels = [COLUMNS[name] for name in row.columns if name in COLUMNS]
    context = {"rows": page.rows, "page": page, "reads_all": reads_all}
    return render(request, "desk/exports.html", context)
