"""Several cases at once: every row goes through its service and says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.guards import role_required
from accounts.models import User
from accounts.roles import Role
from cases.errors import Conflict
from cases.models import Case
from cases.services import registration, reminders
from desk.forms.worklist import BulkForm, officers_by_name
from desk.views.worklist import back_to

LONGEST_QUERY = 4000
MOST = 100
ACTS = {"assign": gettext_lazy("Name an officer"), "remind": gettext_lazy("Send a reminder")}


@dataclass(frozen=True)
class Outcome:
    """What came of one row."""

    case: Case
    is_done: bool
    why: str = ""


@role_required(Role.OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """Show what was ticked and ask; then do it and say for each case what happened.

    Cases that the person does not see are as if they had not been ticked.
    """
    if request.method != "POST":
        return redirect("desk:worklist")
    user, act = request.user, request.POST.get("act", "")
    query = request.POST.get("query", "")[:LONGEST_QUERY]
    versions = ticked(request.POST.getlist("rows"))
    visible = Case.objects.visible_to(user).filter(pk__in=versions).select_related("officer")
    cases = list(visible.order_by("-received_at", "-id"))
    if act not in ACTS or not cases:
        messages.error(request, _("Choose at least one case in the list, then what to do."))
        return redirect(back_to(query))
    people = {str(row.pk): row for row in User.objects.holding(Role.OFFICER).only("id", "name")}
    is_confirmed = "confirmed" in request.POST
    form = BulkForm(
        request.POST if is_confirmed else None,
        officers=officers_by_name(people.values()) if act == "assign" else None,
    )
    context: dict[str, Any] = {
        "title": ACTS[act],
        "act": act,
        "query": query,
        "back": back_to(query),
        "form": form,
    }
    if not is_confirmed or not form.is_valid():
        context["cases"] = [(case, versions[case.pk]) for case in cases]
        context["is_assign"] = act == "assign"
        return render(request, "desk/bulk.html", context)
    service = _service(act, people.get(form.cleaned_data.get("officer", "")), user)
    context["outcomes"] = [_outcome(case, versions, service) for case in cases]
    return render(request, "desk/bulk_done.html", context)


def ticked(values: list[str]) -> dict[UUID, int | None]:
    """Return the ids that were ticked, each with the version of the row that the person was
    looking at; what is no id is left out."""
    found: dict[UUID, int | None] = {}
    for value in values[:MOST]:
        key, _colon, version = value.partition(":")
        try:
            found[UUID(key)] = int(version) if version else None
        except ValueError:
            continue
    return found


def _service(act: str, officer: User | None, by: User) -> Callable[[Case, int | None], Any]:
    if act == "assign":
        assert officer is not None
        return lambda case, version: registration.assign_officer(
            case, officer=officer, by=by, version=version
        )
    return lambda case, version: reminders.remind(case, by=by, version=version)


def _outcome(
    case: Case, versions: dict[UUID, int | None], service: Callable[[Case, int | None], Any]
) -> Outcome:
    try:
        service(case, versions[case.pk])
    except PermissionDenied as error:
        return Outcome(case, False, str(error) or _("This may not be done here by these people."))
    except ValidationError as error:
        return Outcome(case, False, " ".join(error.messages))
    except Conflict as error:
        return Outcome(case, False, str(error.message))
    return Outcome(case, True)
