"""Something between this office and another NCP: a lead that was agreed, and a shared case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import time_machine

from accounts.models import RoleAssignment, User
from accounts.roles import Role
from cases.models import Case
from cases.services import coordination, relations, sharing
from config.demonstration.people import PASSWORD
from config.demonstration.words import BETWEEN, SAID_BETWEEN

GUEST = {
    "email": "guest@demo.example",
    "name": "Klara Brandt",
    "says": "Supporting NCP: sees the case that is shared with the NCP of Germany, and comments",
}


def add(people: dict[str, User], *, now: datetime) -> None:
    """Let the NCP of Germany support the case with a German buyer."""
    case = Case.objects.filter(title__contains="Nordsee Logistik").first()
    if case is None or case.officer is None:
        return
    officer = case.officer
    reasons, preference, arrangement, earlier, why = BETWEEN[case.language]
    replied, purpose, comment = SAID_BETWEEN[case.language]
    with time_machine.travel(now - timedelta(days=1), tick=True):
        guest = _guest(people["administrator"])
        begun = coordination.begin(
            case,
            proposed_lead="KZ",
            reasons=reasons,
            preference=preference,
            by=officer,
        )
        asked = coordination.invite(begun, country="DE", asked_to="support", by=officer)
        coordination.record_reply(asked, reply="supports", text=replied, by=officer)
        coordination.conclude(
            begun,
            lead="KZ",
            arrangement=arrangement,
            by=officer,
        )
        share = sharing.share(case, country="DE", purpose=purpose, by=officer)
        sharing.comment(share, text=comment, by=guest)
        relations.add_foreign_case(
            case,
            country="DE",
            title=earlier,
            by=officer,
            why=why,
        )


def _guest(administrator: User) -> User:
    values: dict[str, Any] = {
        "name": GUEST["name"],
        "language": "en",
        "demonstration": GUEST["says"],
        "demonstration_order": 30,
    }
    guest = User.objects.create_user(GUEST["email"], PASSWORD, **values)
    RoleAssignment.objects.create(user=guest, role=Role.PARTNER_NCP)
    sharing.add_guest("DE", guest, by=administrator)
    return guest
