"""Pages for administrators: health, rules, declared days, proof of the histories. No case."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import role_required
from accounts.roles import Role
from cases import heads, rules
from cases.events import Fault, verify
from cases.models import Case, ChainHead, DeclaredDay
from cases.services import days as declared
from cases.timeframes import length_text
from desk.forms.administration import DayForm
from documents.models import Document
from notifications.models import Delivery, DeliveryState, Heartbeat, OutboxMessage

SILENT_SECONDS = 90
COUNTED = 1000
"""Queues are counted up to here: more is not well either, and costs no more to find out."""

VERIFY_SECONDS = 5
HEADS_CASES = 2000


@dataclass(frozen=True)
class Check:
    """One thing that must be well, with what was found."""

    label: Any
    is_well: bool
    found: Any


@role_required(Role.ADMINISTRATOR)
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/administration/health.html", {"checks": _checks()})


def _checks() -> list[Check]:
    now = timezone.now()
    beats = list(Heartbeat.objects.order_by("-at")[:10])
    silent = int((now - beats[0].at).total_seconds()) if beats else None
    waiting = OutboxMessage.objects.filter(spread_at=None)[:COUNTED].count()
    mails = Delivery.objects.mails_waiting(at=now)[:COUNTED].count()
    failed = Delivery.objects.filter(channel="mail", state=DeliveryState.FAILED)[:COUNTED].count()
    pending = Document.objects.filter(state="pending")
    oldest = pending.order_by("created_at").values_list("created_at", flat=True).first()
    late = oldest is not None and (now - oldest).total_seconds() > 900
    return [
        Check(
            _("Worker"),
            silent is not None and silent <= SILENT_SECONDS,
            _("last heard of %(number)s seconds ago") % {"number": silent}
            if silent is not None
            else _("never heard of"),
        ),
        Check(
            _("Outbox"),
            waiting < COUNTED,
            _("%(number)s messages wait") % {"number": _up_to(waiting)},
        ),
        Check(
            _("Mails"),
            not failed,
            _("%(waiting)s wait, %(failed)s were given up")
            % {"waiting": _up_to(mails), "failed": _up_to(failed)},
        ),
        Check(
            _("Documents being checked"),
            not late,
            _("%(number)s, the oldest since %(at)s")
            % {
                "number": _up_to(pending[:COUNTED].count()),
                "at": timezone.localtime(oldest).strftime("%Y-%m-%d %H:%M"),
            }
            if oldest
            else _("none"),
        ),
        _storage(),
    ]


def _up_to(number: int) -> str:
    return f"{number}+" if number >= COUNTED else str(number)


def _storage() -> Check:
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    free = usage.free / usage.total
    return Check(
        _("Storage"),
        free > 0.1,
        _("%(free)s %% free (%(gigabytes)s GB)")
        % {"free": round(free * 100), "gigabytes": round(usage.free / 1e9)},
    )


@role_required(Role.ADMINISTRATOR)
@require_safe
def rule_set(request: HttpRequest) -> HttpResponse:
    rule = rules.load(settings.RULE_SET)
    context = {
        "rules": rule,
        "deadlines": [(item, length_text(item)) for item in rule.deadlines],
        "to_confirm": rule.to_confirm,
        "available": rules.available(),
    }
    return render(request, "desk/administration/rules.html", context)


@role_required(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def days(request: HttpRequest) -> HttpResponse:
    form = DayForm(request.POST or None)
    if form.is_bound and form.is_valid():
        declared.declare(
            form.cleaned_data["day"],
            is_working=form.cleaned_data["is_working"] == "yes",
            note=form.cleaned_data["note"],
        )
        messages.success(request, _("The day is declared. Open deadlines were computed anew."))
        return redirect("desk:days")
    rows = DeclaredDay.objects.order_by("-day")[:200]
    return render(request, "desk/administration/days.html", {"form": form, "days": rows})


@role_required(Role.ADMINISTRATOR)
@require_POST
def remove_day(request: HttpRequest, pk: int) -> HttpResponse:
    declared.remove(get_object_or_404(DeclaredDay, pk=pk))
    messages.success(request, _("Removed. Open deadlines were computed anew."))
    return redirect("desk:days")


@role_required(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def verify_history(request: HttpRequest) -> HttpResponse:
    """Recompute the chains, some seconds at a time; what is shown are ids and numbers only."""
    context: dict[str, Any] = {"head": ChainHead.objects.defer("snapshot").order_by("-day").first()}
    if request.method == "POST":
        context |= _verify(request.POST.get("after", ""), request.POST.get("checked", ""))
    return render(request, "desk/administration/history.html", context)


def _verify(after: str, checked: str) -> dict[str, Any]:
    number = int(checked) if checked.isdecimal() and len(checked) < 10 else 0
    rows = Case.objects.order_by("pk")
    try:
        rows = rows.filter(pk__gt=UUID(after))
    except ValueError:
        number = 0  # from the beginning
    faults: list[Fault] = []
    until = time.monotonic() + VERIFY_SECONDS
    for case in rows.iterator(chunk_size=200):
        faults += verify(case)
        number += 1
        if time.monotonic() > until:
            return {"ran": True, "checked": number, "faults": faults, "after": str(case.pk)}
    few = Case.objects.order_by("pk")[: HEADS_CASES + 1].count() <= HEADS_CASES
    return {
        "ran": True,
        "checked": number,
        "faults": faults,
        "is_done": True,
        "heads_checked": few,
        "head_faults": list(heads.faults()) if few else [],
    }
