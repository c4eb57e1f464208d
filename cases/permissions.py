"""Who may act on a case. Plain predicates: the check, the button and the API use the same one.

They answer for a person who sees the case; `Case.objects.visible_to` comes first everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.roles import Role
from cases.deputies import stood_in_for
from cases.held import has, held
from cases.querysets import PARTY_ROLES

if TYPE_CHECKING:
    from accounts.models import User
    from cases.models import Case


def has_conflict(case: Case, user: User) -> bool:
    """Tell whether the person stands under a declared conflict of interest in this case."""
    return has(case, "conflicts", user_id=user.pk, has_conflict=True, superseded_at=None)


def has_declared_no_conflict(case: Case, user: User) -> bool:
    """Tell whether the person declared, for this case, that there is no conflict of interest."""
    return has(case, "conflicts", user_id=user.pk, has_conflict=False, superseded_at=None)


def capacities(case: Case, user: User) -> frozenset[tuple[str, str]]:
    """Return in which roles and on which sides the person takes part in the case now."""
    rows = held(case, "participations")
    if rows is None:
        rows = list(case.participations.current().filter(user=user))
    now = timezone.now()
    return frozenset(
        (row.role, row.side)
        for row in rows
        if row.user_id == user.pk
        and row.since <= now
        and (row.until is None or row.until > now)
        and not row.awaits_authority
    )


def is_party_member(case: Case, user: User, *, side: str | None = None) -> bool:
    """Tell whether the person is on one side of the case (on `side`, where it is given)."""
    return any(role in PARTY_ROLES and side in (None, own) for role, own in capacities(case, user))


def has_mediated(case: Case, user: User) -> bool:
    """Tell whether the person ever mediated this case."""
    return has(case, "participations", user_id=user.pk, role="mediator")


def may_run_procedure(case: Case, user: User) -> bool:
    """Officers run the procedure, unless they have a conflict, mediated the case or stand on a
    side of it."""
    return (
        user.has_role(Role.OFFICER)
        and not has_conflict(case, user)
        and not has_mediated(case, user)
        and not is_party_member(case, user)
    )


may_register = may_run_procedure


def may_withdraw(case: Case, user: User) -> bool:
    """The complainant withdraws; an officer records a withdrawal that came another way."""
    return is_party_member(case, user, side="complainant") or may_run_procedure(case, user)


def may_end_early(case: Case, user: User) -> bool:
    return may_withdraw(case, user)


def may_decide(case: Case, user: User) -> bool:
    """Members of the NCP decide once they declared that they have no conflict of interest, unless
    they mediated the case or stand on a side of it."""
    return (
        user.has_role(Role.DECISION_MAKER)
        and has_declared_no_conflict(case, user)
        and not has_mediated(case, user)
        and not is_party_member(case, user)
    )


def may_conclude_assessment(case: Case, user: User) -> bool:
    """Whoever casts the deciding vote, or the officer where the rule set lets one officer
    decide."""
    return may_decide(case, user) or may_run_procedure(case, user)


def may_publish(case: Case, user: User) -> bool:
    return may_run_procedure(case, user)


def may_see_identity(case: Case, user: User) -> bool:
    """Withheld identities are known to the officers named on the case, and to the deputy of its
    officer for the days for which they were named."""
    if not user.has_role(Role.OFFICER):
        return False
    if case.officer_id == user.pk or any(
        role == "officer" for role, _side in capacities(case, user)
    ):
        return True
    return is_deputy(case, user)


def is_deputy(case: Case, user: User) -> bool:
    """Tell whether an officer is today the deputy of the officer of the case; a conflict of
    interest and what they did in the case go before."""
    return (
        case.officer_id is not None
        and case.officer_id in stood_in_for(user)
        and may_run_procedure(case, user)
    )


def may_see_risk(case: Case, user: User) -> bool:
    """Tell whether somebody is told that people of a case may be put under pressure: who runs the
    procedure, because they write and call. Members, auditors and everybody else need not know."""
    return may_run_procedure(case, user)
