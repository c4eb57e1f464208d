"""How every use case of the mediation begins, and what several of them need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django_fsm import can_proceed, has_transition_perm

from cases.errors import Stale, WrongState
from cases.kinds import EventKind
from cases.models import Case, Participation
from cases.models.party import ParticipationRole
from cases.services.acting import record_what_is_left, require_state, what_happened
from cases.services.good_offices import record_mediation
from cases.workflow import State
from mediation.models import BodyMember, Referral
from mediation.workflow import ReferralState

if TYPE_CHECKING:
    from accounts.models import User


@contextmanager
def locked(referral: Referral, *, version: int | None = None) -> Iterator[Referral]:
    """Yield the referral's row; it and its case are locked until the transaction ends.

    Args:
        version: the row version that the form was opened with; None where no form was open.

    Raises:
        WrongState: the case is not in good offices (any more).
        Stale: somebody changed the referral since; says who did what.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).get(pk=referral.case_id)
        row = Referral.objects.select_for_update(no_key=True).get(pk=referral.pk)
        row.case = case
        require_state(case, State.MEDIATION)
        if version is not None and row.row_version != version:
            raise Stale(what_happened(case))
        yield row
        record_what_is_left(case, by=None)


def perform(move: Callable[..., None], *, by: User, **arguments: Any) -> None:
    """Call a transition of a referral: first the state, then the person, then the move.

    Raises:
        WrongState: the referral is not in a state from which this leads on.
        PermissionDenied: the person may not do this.
    """
    referral = move.__self__  # type: ignore[attr-defined]
    if not can_proceed(move):
        raise WrongState(what_happened(referral.case))
    if not has_transition_perm(move, by):  # type: ignore[arg-type]
        raise PermissionDenied
    move(**arguments)


def require_referral_state(referral: Referral, *states: str) -> None:
    """Refuse (409) what does not fit the state of the referral."""
    if referral.state not in states:
        raise WrongState(what_happened(referral.case))


def record(referral: Referral, kind: EventKind, *, by: User, **ids: object) -> None:
    """Save a changed referral and record what was done in the history of its case."""
    referral.row_version += 1
    referral.save()
    record_mediation(referral.case, kind, by=by, referral=referral.pk, **ids)


def set_consents_aside(referral: Referral) -> None:
    """The mediators changed: each side says anew whether it agrees."""
    referral.consents.filter(superseded_at=None).update(superseded_at=timezone.now())
    if referral.state in (ReferralState.CONSENTED, ReferralState.ACTIVE):
        referral.reopen()


def let_coordinators_in(referral: Referral) -> None:
    """Let the coordinators of a body see what is disclosed to them of a case."""
    away = set(
        referral.case.conflicts.filter(has_conflict=True, superseded_at=None).values_list(
            "user_id", flat=True
        )
    )
    for member in BodyMember.objects.coordinators().filter(body=referral.body_id):
        if member.user_id not in away:
            _let_in(referral.case, member.user_id, ParticipationRole.COORDINATOR)


def let_mediator_in(referral: Referral, mediator: User) -> None:
    """Let a mediator who declared no conflict see what is disclosed to them of a case."""
    _let_in(referral.case, mediator.pk, ParticipationRole.MEDIATOR)


def _let_in(case: Case, user_id: Any, role: str) -> None:
    Participation.objects.get_or_create(case=case, user_id=user_id, role=role, until=None)


def let_out(referral: Referral, *users: User) -> None:
    """End what the people of a mediation see of the case: all of them, or those given."""
    rows = referral.case.participations.filter(
        role__in=(ParticipationRole.MEDIATOR, ParticipationRole.COORDINATOR), until=None
    )
    if users:
        rows = rows.filter(user__in=users, role=ParticipationRole.MEDIATOR)
    rows.update(until=timezone.now())
