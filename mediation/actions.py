"""What a coordinator or a mediator may do with a referral now: the predicates of the services."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from cases.actions import Action
from cases.services.deadlines import today
from cases.services.good_offices import both_sides_agree
from cases.workflow import State
from mediation.models import Appointment
from mediation.workflow import STAFFED_STATES, ReferralState

if TYPE_CHECKING:
    from mediation.models import Referral


def for_coordinator(referral: Referral, appointed: Collection[Appointment]) -> list[Action]:
    """Return what the coordinators of the body may do; the caller knows that the person is one.

    Args:
        appointed: the appointments that stand.
    """
    if referral.case.state != State.MEDIATION:
        return []
    if referral.state == ReferralState.PROPOSED:
        accept = Action("accept", _("Accept the case"), is_next=True)
        decline = Action("decline", _("Decline the case"), is_grave=True)
        return [decline] if referral.is_expired(on=today()) else [accept, decline]
    if referral.state in STAFFED_STATES:
        label = _("Appoint one more mediator") if appointed else _("Appoint a mediator")
        return [Action("appoint", label, is_next=not appointed)]
    return []


def for_mediator(
    referral: Referral, appointment: Appointment, appointed: Collection[Appointment]
) -> list[Action]:
    """Return what a mediator may do whose appointment stands; `appointed` as above."""
    if referral.case.state != State.MEDIATION or referral.state not in STAFFED_STATES:
        return []
    if not appointment.is_declared:
        return [
            Action("declare", _("Declare on conflicts of interest"), is_next=True),
            Action("step-down", _("Step down"), is_grave=True),
        ]
    actions = []
    if referral.state == ReferralState.CONSENTED and both_sides_agree(referral.case):
        actions.append(Action("start", _("Start the mediation"), is_next=True))
    if referral.state == ReferralState.ACTIVE:
        actions.append(Action("session", _("Record a session"), is_next=True))
    if all(item.is_declared for item in appointed):
        waits = referral.state == ReferralState.ACCEPTED
        actions.append(Action("consent", _("Record what a side says"), is_next=waits))
    actions += [
        Action("note", _("Write a note")),
        Action("file", _("Add a file")),
        Action("outcome", _("Report the outcome"), _("The mediation ends with it.")),
        Action("declare", _("Declare a conflict of interest"), is_grave=True),
        Action("step-down", _("Step down"), is_grave=True),
    ]
    return actions
