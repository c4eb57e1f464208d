"""Two persons decide that a case is erased; its tombstone stays, and the list of all that were."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cases import permissions, retention
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, CaseEvent, Erasure, Principal
from cases.models.retention import ErasureBasis
from cases.services.acting import locked, require
from cases.services.retention import is_held
from cases.workflow import OPEN_STATES
from documents.models import Document


def may_erase(case: Case, user: User) -> bool:
    """Officers and members of the NCP propose and confirm, never the same person both."""
    return permissions.may_run_procedure(case, user) or permissions.may_decide(case, user)


def may_confirm(erasure: Erasure, user: User) -> bool:
    """Tell whether this person may be the second one."""
    return erasure.is_open and erasure.proposed_by_id != user.pk and may_erase(erasure.case, user)


def is_erased(case: Case) -> bool:
    """Tell whether the content of a case was erased, or is being."""
    return Erasure.objects.filter(case=case, principal=None, confirmed_at__isnull=False).exists()


def propose(
    case: Case,
    *,
    basis: str,
    by: User,
    legal_basis: str = "",
    note: str = "",
    principal: Principal | None = None,
    version: int | None = None,
) -> Erasure:
    """Propose to erase a case that is over, or what is kept of one represented person.

    Args:
        legal_basis: stays on the tombstone for good: no name and nothing of the case belongs there.
        note: for the second person; it is removed when the erasure is done.

    Raises:
        ValidationError: the legal basis is missing.
        Incomplete: the case is not over, or the rules keep it longer and no other basis is given.
        Conflict: a hold stands, or the same was proposed already.
    """
    with locked(case, version=version, by=by) as row:
        require(may_erase(row, by))
        rule = None
        if principal is None:
            rule = _require_over(row, basis)
            legal_basis = legal_basis.strip() or (str(rule.legal_basis) if rule else "")
        if not legal_basis.strip():
            raise ValidationError({"legal_basis": _("Name the law or the rule.")})
        _require_no_hold(row)
        standing = row.erasures.filter(
            principal=principal.pk if principal else None, declined_at=None
        )
        if standing.exists():
            raise Conflict(_("This was proposed already."))
        erasure = Erasure.objects.create(
            case=row,
            principal=principal.pk if principal else None,
            basis=ErasureBasis(basis),
            rule=rule.code if rule else "",
            legal_basis=legal_basis.strip(),
            note=note.strip(),
            proposed_by=by,
        )
        record_event(row, EventKind.ERASURE_PROPOSED, by=by, erasure=erasure.pk)
    return erasure


def _require_over(case: Case, basis: str) -> retention.Rule | None:
    if case.state in OPEN_STATES:
        raise Incomplete(_("A case that is not over cannot be erased."))
    rule = retention.load().rule_for(case)
    if basis == ErasureBasis.RETENTION and (
        rule is None or rule.ends_on(case) > timezone.localdate()
    ):
        raise Incomplete(_("The rules keep this case longer. Give another basis, if there is one."))
    return rule


def _require_no_hold(case: Case) -> None:
    if is_held(case):
        raise Conflict(_("A legal hold stands: nothing of this case may be erased."))


def decline(erasure: Erasure, *, by: User) -> Erasure:
    """Refuse what somebody proposed, or take one's own proposal back.

    Raises:
        Conflict: it was decided already.
    """
    with locked(erasure.case, by=by) as row:
        require(may_erase(row, by))
        erasure = _open(erasure)
        erasure.declined_by, erasure.declined_at = by, timezone.now()
        erasure.note = ""
        erasure.save()
        record_event(row, EventKind.ERASURE_DECLINED, by=by, erasure=erasure.pk)
    return erasure


def confirm(erasure: Erasure, *, by: User, version: int | None = None) -> Erasure:
    """Confirm as the second person. From this moment it cannot be taken back; the worker does the
    rest (`destruction.carry_out_all`), and goes on after a stop.

    Raises:
        Conflict: it was decided already, a hold stands, or the case is no longer over.
        PermissionDenied: the person proposed it, or may not.
    """
    with locked(erasure.case, version=version, by=by) as row:
        erasure = _open(erasure)
        erasure.case = row
        if not may_confirm(erasure, by):
            raise PermissionDenied(_("Somebody else than the one who proposed it confirms."))
        _require_no_hold(row)
        if not erasure.is_of_a_person and row.state in OPEN_STATES:
            raise Incomplete(_("A case that is not over cannot be erased."))
        erasure.confirmed_by, erasure.confirmed_at = by, timezone.now()
        kind = EventKind.PERSON_ERASED if erasure.is_of_a_person else EventKind.ERASED
        # The last entry of the history, and so the head that the tombstone keeps.
        record_event(row, kind, by=by, erasure=erasure.pk, basis=erasure.basis)
        _write_tombstone(erasure, row)
        erasure.save()
    return erasure


def _open(erasure: Erasure) -> Erasure:
    row = Erasure.objects.select_for_update().select_related("case").get(pk=erasure.pk)
    if not row.is_open:
        raise Conflict(_("This was decided already."))
    return row


def _write_tombstone(erasure: Erasure, case: Case) -> None:
    def day(moment: Any) -> Any:
        return timezone.localtime(moment).date() if moment else None

    erasure.reference = case.reference or ""
    erasure.state, erasure.outcome = case.state, case.outcome
    erasure.not_registered_reason = case.not_registered_reason
    erasure.rule_set = case.rule_set
    erasure.received_on, erasure.registered_on = day(case.received_at), day(case.registered_at)
    erasure.ended_on, erasure.closed_on = day(case.ended_at), day(case.closed_at)
    erasure.history_length, erasure.history_head = case.history_length, case.history_head
    erasure.documents = Document.objects.filter(data_key=case.data_key_id).count()


def tombstone(case: Case) -> Erasure | None:
    """Return what stays of an erased case."""
    return (
        Erasure.objects.filter(case=case, principal=None, confirmed_at__isnull=False)
        .select_related("proposed_by", "confirmed_by")
        .first()
    )


def holds(erasure: Erasure) -> bool:
    """Tell whether the history of an erased case still ends as its tombstone says."""
    last = CaseEvent.objects.filter(case=erasure.case_id, sequence=erasure.history_length).first()
    return last is not None and last.mac == erasure.history_head


def knows_principals(case: Case, user: User) -> bool:
    """Represented people are named to the officers of the case alone."""
    return permissions.may_see_identity(case, user)


def principals_of(case: Case) -> list[Principal]:
    """Return the represented people of a case."""
    rows = list(
        Principal.objects.filter(representation__case=case).select_related("representation__case")
    )
    return rows[:500]


def confirmed() -> list[dict[str, Any]]:
    """Return the confirmed erasures as ids, codes and moments, for a list kept apart."""
    rows = Erasure.objects.filter(confirmed_at__isnull=False).order_by("confirmed_at")
    return [
        {
            "id": str(row.pk),
            "case": str(row.case_id),
            "principal": row.principal,
            "basis": row.basis,
            "rule": row.rule,
            "legal_basis": row.legal_basis,
            "proposed_by": str(row.proposed_by_id),
            "confirmed_by": str(row.confirmed_by_id),
            "confirmed_at": row.confirmed_at.isoformat() if row.confirmed_at else "",
        }
        for row in rows
    ]


def repeat(rows: list[dict[str, Any]]) -> int:
    """Confirm anew what two persons had confirmed before a backup was restored; return how many.

    The history of the restored case has no entry of it: it gets one that says so.
    """
    again = 0
    for row in rows:
        cases = Case.objects.filter(pk=row["case"], data_key__destroyed_at=None)
        case = cases.first()  # one that is erased here too needs nothing
        people_known = User.objects.filter(pk__in=[row["proposed_by"], row["confirmed_by"]]).count()
        if case is None or people_known < 2:
            continue
        with locked(case) as held:
            same = Erasure.objects.filter(
                case=held, principal=row["principal"], confirmed_at__isnull=False
            )
            if same.exists():
                continue
            held.erasures.filter(principal=row["principal"], declined_at=None).update(
                declined_at=timezone.now()
            )
            erasure = Erasure(
                case=held,
                principal=row["principal"],
                basis=row["basis"],
                rule=row["rule"],
                legal_basis=row["legal_basis"],
                proposed_by_id=row["proposed_by"],
                confirmed_by_id=row["confirmed_by"],
                confirmed_at=row["confirmed_at"],
            )
            kind = EventKind.PERSON_ERASED if erasure.is_of_a_person else EventKind.ERASED
            record_event(held, kind, by=None, erasure=erasure.pk, basis=erasure.basis, again=True)
            _write_tombstone(erasure, held)
            erasure.save(force_insert=True)
        again += 1
    return again
