"""Who stands in for whom, from when until when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guards import role_required
from accounts.models import User
from accounts.roles import Role
from cases.errors import Conflict
from cases.models import Deputy
from cases.services import deadlines
from cases.services import deputies as services
from desk.forms.worklist import DeputyForm, officers_by_name

SHOWN = 100


@role_required(Role.OFFICER, Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def deputies(request: HttpRequest) -> HttpResponse:
    """Officers see and name their own deputy, an administrator everybody's."""
    user = request.user
    people = {str(row.pk): row for row in User.objects.holding(Role.OFFICER)}
    names_all = user.has_role(Role.ADMINISTRATOR)
    form = DeputyForm(
        request.POST if request.method == "POST" else None,
        people=officers_by_name(people.values()),
        own=None if names_all else user,
    )
    if request.method == "POST" and form.is_valid():
        held = form.cleaned_data
        absent = people[held["absent"]] if names_all else user
        try:
            services.name(
                absent,
                deputy=people[held["deputy"]],
                since=held["since"],
                until=held["until"],
                by=user,
            )
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("The deputy is named."))
            return redirect("desk:deputies")
    rows = Deputy.objects.filter(services.concerning(user))
    rows = rows.select_related("absent", "deputy", "named_by", "ended_by")[:SHOWN]
    today = deadlines.today()
    shown: list[dict[str, Any]] = [
        {
            "row": row,
            "stands": row.ended_at is None and row.until >= today,
            "has_begun": row.since <= today,
            "may_end": services.may_end(row, user),
        }
        for row in rows
    ]
    return render(request, "desk/deputies.html", {"form": form, "rows": shown})


@role_required(Role.OFFICER, Role.ADMINISTRATOR)
@require_POST
def end_deputy(request: HttpRequest, deputy: int) -> HttpResponse:
    rows = Deputy.objects.filter(services.concerning(request.user))
    row = get_object_or_404(rows.select_related("deputy"), pk=deputy)
    services.end(row, by=request.user)
    messages.success(request, _("It has ended."))
    return redirect("desk:deputies")
