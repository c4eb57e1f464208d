"""An auditor asks to read the texts of a case; somebody of the NCP allows it for a time or not."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import RoleAssignment
from accounts.roles import Role
from cases import permissions
from cases.errors import Conflict
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import AuditPermission, Case
from cases.services.acting import locked, require

if TYPE_CHECKING:
    from accounts.models import User


def ask(case: Case, *, reason: str, by: User) -> AuditPermission:
    """Ask to read the texts of a case, names blotted out.

    Raises:
        ValidationError: no reason is given.
        Conflict: the auditor has asked already and waits.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say what you need to check.")})
    with locked(case, by=by) as row:
        require(Case.objects.open_to_audit(by).filter(pk=row.pk).exists())
        if row.audit_permissions.filter(auditor=by, decided_at=None).exists():
            raise Conflict(_("You have asked already; the answer is still to come."))
        asked = AuditPermission.objects.create(case=row, auditor=by, reason=reason.strip())
        record_event(row, EventKind.AUDIT_ASKED, by=by, permission=asked.pk)
    return asked


def may_decide(case: Case, user: User) -> bool:
    """Officers and members of the NCP decide, never the auditor."""
    return not user.has_role(Role.AUDITOR) and (
        permissions.may_run_procedure(case, user) or permissions.may_decide(case, user)
    )


def decide(asked: AuditPermission, *, grant: bool, until: date | None, by: User) -> AuditPermission:
    """Allow it to the end of a day, or refuse.

    Raises:
        ValidationError: the last day is missing, over, or later than the auditor's own.
        Conflict: it was decided already.
    """
    end = _end(asked, until) if grant else None
    with locked(asked.case, by=by) as row:
        require(may_decide(row, by))
        asked = AuditPermission.objects.select_for_update().get(pk=asked.pk)
        if asked.decided_at:
            raise Conflict(_("This was decided already."))
        asked.case = row
        asked.is_granted, asked.until = grant, end
        asked.decided_by, asked.decided_at = by, timezone.now()
        asked.save()
        record_event(row, EventKind.AUDIT_DECIDED, by=by, permission=asked.pk, granted=grant)
    return asked


def _end(asked: AuditPermission, until: date | None) -> datetime:
    if until is None or until < timezone.localdate():
        raise ValidationError({"until": _("Choose a last day that is not over.")})
    role = (
        RoleAssignment.objects.current()
        .filter(user=asked.auditor_id, role=Role.AUDITOR)
        .order_by("-until")
        .first()
    )
    end = datetime.combine(until, time.max, tzinfo=timezone.get_current_timezone())
    if role is None or (role.until and role.until < end):
        raise ValidationError({"until": _("The auditor's own access ends before that day.")})
    return end
