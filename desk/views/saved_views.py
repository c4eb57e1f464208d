"""Filters of the list of cases under a name."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import role_required
from cases.querysets import NCP_ROLES
from desk.forms.worklist import TYPED, SaveViewForm, ViewForm
from desk.models import DefaultView, SavedView
from desk.views.worklist import WHERE, back_to, filter_of, saved_views

MOST = 50


@role_required(*NCP_ROLES)
@require_safe
def views(request: HttpRequest) -> HttpResponse:
    rows = saved_views(request.user)
    context = {
        "own": [row for row in rows if row.owner_id == request.user.pk],
        "shared": [row for row in rows if row.owner_id != request.user.pk],
    }
    return render(request, "desk/views.html", context)


@role_required(*NCP_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep what is filtered under a name. Opened by itself: the page of the list."""
    if request.method != "POST":
        return redirect("desk:worklist")
    form = SaveViewForm(request.POST)
    query = _kept(request, request.POST.get("query", ""))
    if form.is_valid():
        _check_sharing(form, query)
        if SavedView.objects.of(request.user).count() >= MOST:
            form.add_error(None, _("You have as many views as one can have. Delete one first."))
    if not form.is_valid():
        return render(request, "desk/save_view.html", {"form": form})
    view = SavedView.objects.create(
        owner=request.user,
        name=form.cleaned_data["name"],
        is_shared=form.cleaned_data["is_shared"],
        query=query,
    )
    messages.success(request, _("The view is saved."))
    return redirect(back_to(f"view={view.pk}"))


def _kept(request: HttpRequest, query: str) -> str:
    """Return the part of a query that the filter knows and finds right."""
    form = filter_of(QueryDict(query), request.user)
    kept = QueryDict(mutable=True)
    if form.is_bound and form.is_valid():
        for name in form.fields:
            values = [value for value in form.data.getlist(name) if value]
            if values and name not in WHERE:
                kept.setlist(name, values)
    return kept.urlencode()


def _check_sharing(form: SaveViewForm | ViewForm, query: str) -> None:
    """What somebody typed may name a person whom a colleague is not to know of."""
    if form.cleaned_data["is_shared"] and set(QueryDict(query)) & set(TYPED):
        form.add_error(
            "is_shared",
            _("This view looks for a typed name or text: it can only be your own."),
        )


@role_required(*NCP_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def change_view(request: HttpRequest, view: UUID) -> HttpResponse:
    """Another name; shared or not. One's own views alone."""
    row = get_object_or_404(SavedView.objects.of(request.user), pk=view)
    held = {"name": row.name, "is_shared": row.is_shared}
    form = ViewForm(request.POST if request.method == "POST" else None, initial=held)
    if request.method == "POST" and form.is_valid():
        _check_sharing(form, row.query)
        if form.is_valid():
            row.name, row.is_shared = form.cleaned_data["name"], form.cleaned_data["is_shared"]
            row.save(update_fields=["name", "is_shared"])
            if not row.is_shared:
                DefaultView.objects.filter(view=row).exclude(user=request.user).delete()
            messages.success(request, _("Saved."))
            return redirect("desk:views")
    return render(request, "desk/change_view.html", {"form": form, "row": row})


@role_required(*NCP_ROLES)
@require_POST
def delete_view(request: HttpRequest, view: UUID) -> HttpResponse:
    get_object_or_404(SavedView.objects.of(request.user), pk=view).delete()
    messages.success(request, _("The view is deleted."))
    return redirect("desk:views")


@role_required(*NCP_ROLES)
@require_POST
def default_view(request: HttpRequest, view: UUID) -> HttpResponse:
    """Open the list with this view from now on; a second time: with no view again."""
    row = get_object_or_404(SavedView.objects.visible_to(request.user), pk=view)
    held = DefaultView.objects.filter(user=request.user, view=row)
    if held.exists():
        held.delete()
        messages.success(request, _("The list opens without a view."))
    else:
        DefaultView.objects.update_or_create(user=request.user, defaults={"view": row})
        messages.success(request, _("The list opens with this view."))
    return redirect("desk:views")
