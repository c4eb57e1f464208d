"""Something to see on the pages of the record: a hold, an auditor's request, an erased case."""

from __future__ import annotations

from datetime import datetime, timedelta

import time_machine

from accounts.models import User
from cases.models import Case
from cases.services import auditing, erasure, retention
from cases.workflow import State
from config.demonstration.words import ASKED_TO_ERASE, AUDITED, HELD


def add(people: dict[str, User], *, now: datetime) -> None:
    """Place a hold, let the auditor ask, and propose an erasure that waits for a second person."""
    officer, auditor = people["officer"], people["auditor"]
    running = Case.objects.filter(officer=officer).order_by("-history_length").first()
    over = Case.objects.filter(state__in=[State.NOT_REGISTERED, State.WITHDRAWN]).first()
    with time_machine.travel(now - timedelta(days=2), tick=True):
        if running is not None:
            retention.place_hold(running, reason=HELD[running.language], until=None, by=officer)
            auditing.ask(running, reason=AUDITED[running.language], by=auditor)
        if over is not None:
            law, note = ASKED_TO_ERASE[over.language]
            erasure.propose(
                over,
                basis="request",
                legal_basis=law,
                note=note,
                by=officer,
            )
