"""One search over all that somebody of the NCP may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.guards import role_required
from cases.models.search import Place
from cases.querysets import NCP_ROLES
from cases.search.asking import MOST_HITS
from desk import search

MOST_PAGES = MOST_HITS // search.CASES_ON_A_PAGE


@role_required(*NCP_ROLES)
@require_safe
def search_all(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")
    place = request.GET.get("place", "")
    if place not in Place.values:
        place = ""
    number = _number(request.GET.get("page", ""))
    results = search.search(text, user=request.user, place=place, number=number)
    query = request.GET.copy()
    query.pop("page", None)
    where = query.copy()
    where.pop("place", None)
    context = {
        "results": results,
        "text": results.query.text,
        "place": place,
        "asked": bool(text.strip()),
        "address": f"?{query.urlencode()}",
        "everywhere": f"?{where.urlencode()}",
        "before": number - 1,
        "after": number + 1,
    }
    return render(request, "desk/search.html", context)


def _number(text: str) -> int:
    return min(max(int(text), 1), MOST_PAGES) if text.isascii() and text.isdigit() else 1
