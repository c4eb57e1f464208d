"""A run through all histories, in pieces: it survives a stop and says how far it is."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from cases import heads
from cases.events import verify
from cases.models import Case, HistoryCheck

if TYPE_CHECKING:
    from accounts.models import User

CLAIM = timedelta(minutes=2)
PIECE_SECONDS = 20.0
BATCH = 200
MOST_FAULTS = 1000
"""More are not kept: the histories are broken either way."""


def ask(*, by: User | None) -> HistoryCheck:
    """Begin a run, or return the one that is under way."""
    try:
        with transaction.atomic():
            return HistoryCheck.objects.create(asked_by=by, total=Case.objects.count())
    except IntegrityError:
        return HistoryCheck.objects.get(finished_at=None)


def newest() -> HistoryCheck | None:
    return HistoryCheck.objects.select_related("asked_by").order_by("-asked_at").first()


def go_on(*, seconds: float = PIECE_SECONDS) -> int:
    """Check further histories of the run that is under way; return how many.

    A worker that was killed loses its claim after two minutes, and the next goes on after the last
    history that was written down.
    """
    until = time.monotonic() + seconds
    done = 0
    while time.monotonic() < until:
        checked = _piece(until)
        if checked is None:
            break
        done += checked
    return done


def _piece(until: float) -> int | None:
    """Check one batch; None where nothing is to do."""
    now = timezone.now()
    with transaction.atomic():
        run = (
            HistoryCheck.objects.select_for_update(skip_locked=True)
            .filter(Q(claimed_until=None) | Q(claimed_until__lt=now), finished_at=None)
            .first()
        )
        if run is None:
            return None
        run.claimed_until = now + CLAIM
        run.save(update_fields=["claimed_until"])
    cases = Case.objects.order_by("pk")
    if run.last_case:
        cases = cases.filter(pk__gt=run.last_case)
    checked = 0
    for case in cases[:BATCH]:
        run.faults += [
            {"case": fault.case_id, "sequence": fault.sequence, "why": fault.why}
            for fault in verify(case)
        ]
        run.last_case, run.events = case.pk, run.events + case.history_length
        checked += 1
        if time.monotonic() > until:
            break
    run.checked += checked
    run.claimed_until = None
    if not checked:
        run.faults += [{"case": "", "sequence": 0, "why": sentence} for sentence in heads.faults()]
        run.finished_at = timezone.now()
    run.faults = run.faults[:MOST_FAULTS]
    run.save()
    return checked if checked else None
