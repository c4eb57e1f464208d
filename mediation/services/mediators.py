"""Who mediates: appointed by the body or the office, let in after declaring no conflict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Role
from cases import permissions as on_case
from cases.errors import Conflict, Incomplete
from cases.kinds import EventKind
from cases.models import Case, Issue
from cases.services import conflicts
from cases.services.acting import locked as locked_case
from cases.services.acting import require, require_state
from cases.workflow import State
from mediation import permissions
from mediation.models import Appointment, BodyMember, Referral
from mediation.services.acting import (
    let_mediator_in,
    let_out,
    locked,
    record,
    require_referral_state,
    set_consents_aside,
)
from mediation.services.referrals import check_free, scope
from mediation.workflow import STAFFED_STATES, ReferralState

if TYPE_CHECKING:
    from accounts.models import User


def appoint_mediator(
    referral: Referral, mediator: User, *, by: User, version: int | None = None
) -> Appointment:
    """Appoint one of the body's own mediators; several may mediate together.

    The mediator knows only the disclosed names before declaring no conflict of interest. What the
    sides said to other mediators is set aside: they are asked anew.

    Raises:
        Incomplete: the person is no mediator of this body, or stands on a side, or has a conflict.
        Conflict: the person is appointed already.
    """
    with locked(referral, version=version) as row:
        require_referral_state(row, *STAFFED_STATES)
        require(permissions.may_appoint(row, by))
        if row.body_id:
            members = BodyMember.objects.mediators().filter(body=row.body_id, user=mediator)
            if not members.exists() or not mediator.has_role(Role.MEDIATOR):
                raise Incomplete(_("Choose one of the mediators of your body."))
        else:
            _check_internal(row.case, mediator, by=by)
        return _appoint(row, mediator, by=by)


def appoint_internal(
    case: Case,
    mediator: User,
    *,
    by: User,
    issues: Iterable[Issue | UUID],
    version: int | None = None,
) -> Referral:
    """Let somebody of the NCP mediate, without a body. They neither vote nor examine any more.

    Args:
        issues: as for `propose_referral`.
        version: row version of the case.

    Raises:
        Incomplete: the person is the officer of the case, has a conflict or stands on a side.
        Conflict: the case is with a mediator or a body already.
    """
    with locked_case(case, version=version) as row:
        require_state(row, State.MEDIATION)
        require(on_case.may_run_procedure(row, by))
        check_free(row)
        _check_internal(row, mediator, by=by)
        referral = Referral.objects.create(
            case=row,
            body=None,
            state=ReferralState.ACCEPTED,
            proposed_by=by,
            answered_by=by,
            answered_at=timezone.now(),
        )
        referral.issues.set(scope(row, issues))
        _appoint(referral, mediator, by=by)
    return referral


def _check_internal(case: Case, mediator: User, *, by: User) -> None:
    if not mediator.has_role(*permissions.INTERNAL_ROLES) or mediator.pk == by.pk:
        raise Incomplete(_("Choose another person of the NCP."))
    if case.officer_id == mediator.pk:
        raise Incomplete(
            _("The officer of the case cannot mediate it. Name another officer first.")
        )


def _appoint(referral: Referral, mediator: User, *, by: User) -> Appointment:
    case = referral.case
    if referral.appointments.filter(mediator=mediator, released_at=None).exists():
        raise Conflict(_("This person is appointed already."))
    if on_case.has_conflict(case, mediator):
        raise Incomplete(_("This person declared a conflict of interest in this case."))
    if on_case.is_party_member(case, mediator):
        raise Incomplete(_("This person stands on one side of the case."))
    appointment = Appointment.objects.create(referral=referral, mediator=mediator, appointed_by=by)
    set_consents_aside(referral)
    record(
        referral,
        EventKind.MEDIATOR_APPOINTED,
        by=by,
        mediator=mediator.pk,
        appointment=appointment.pk,
    )
    return appointment


def declare(
    appointment: Appointment,
    *,
    by: User,
    has_conflict: bool,
    explanation: str = "",
    version: int | None = None,
) -> Appointment:
    """The mediator declares on conflicts of interest; the duty goes on while the mediation does.

    Without a conflict they come in; with one they are out at once and another must be appointed.

    Raises:
        Conflict: the same was declared before.
        PermissionDenied: it is somebody else's appointment.
    """
    with locked(appointment.referral, version=version) as row:
        appointment = Appointment.objects.select_related("mediator").get(pk=appointment.pk)
        appointment.referral = row
        require_referral_state(row, *STAFFED_STATES)
        require(permissions.is_appointed(appointment, by))
        if appointment.is_declared and not has_conflict:
            raise Conflict(_("You declared this already."))
        conflicts.declare(row.case, by=by, has_conflict=has_conflict, explanation=explanation)
        appointment.declared_at, appointment.has_conflict = timezone.now(), has_conflict
        if has_conflict:
            _release(row, appointment, by=by)
        else:
            appointment.save()
            let_mediator_in(row, by)
            row.row_version += 1
            row.save()
    return appointment


def release_mediator(
    appointment: Appointment, *, by: User, version: int | None = None
) -> Appointment:
    """A mediator steps down, or whoever appointed them takes the appointment back.

    Raises:
        Conflict: the mediator is out already.
    """
    with locked(appointment.referral, version=version) as row:
        appointment = Appointment.objects.select_related("mediator").get(pk=appointment.pk)
        appointment.referral = row
        require_referral_state(row, *STAFFED_STATES)
        if appointment.released_at:
            raise Conflict(_("This mediator is out already."))
        require(permissions.is_appointed(appointment, by) or permissions.may_appoint(row, by))
        _release(row, appointment, by=by)
    return appointment


def _release(referral: Referral, appointment: Appointment, *, by: User) -> None:
    appointment.released_at = timezone.now()
    appointment.save()
    let_out(referral, appointment.mediator)
    set_consents_aside(referral)
    record(referral, EventKind.MEDIATOR_RELEASED, by=by, appointment=appointment.pk)
