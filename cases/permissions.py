"""Who may act on a case. Plain predicates: the check, the button and the API use the same one.

They answer for a person who sees the case; `Case.objects.visible_to` comes first everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.roles import Role

if TYPE_CHECKING:
    from accounts.models import User
    from cases.models import Case


def has_conflict(case: Case, user: User) -> bool:
    """Tell whether the person stands under a declared conflict of interest in this case."""
    return case.conflicts.filter(user=user, has_conflict=True, superseded_at=None).exists()


def has_declared_no_conflict(case: Case, user: User) -> bool:
    """Tell whether the person declared, for this case, that there is no conflict of interest."""
    return case.conflicts.filter(user=user, has_conflict=False, superseded_at=None).exists()


def is_party_member(case: Case, user: User, *, side: str | None = None) -> bool:
    """Tell whether the person is on one side of the case (on `side`, where it is given)."""
    rows = case.participations.of_party(user)
    return (rows.filter(side=side) if side else rows).exists()


def has_mediated(case: Case, user: User) -> bool:
    """Tell whether the person ever mediated this case."""
    return case.participations.filter(user=user, role="mediator").exists()


def may_run_procedure(case: Case, user: User) -> bool:
    """Officers run the procedure, unless they have a conflict or mediated the case."""
    return (
        user.has_role(Role.OFFICER)
        and not has_conflict(case, user)
        and not has_mediated(case, user)
    )


may_register = may_run_procedure


def may_withdraw(case: Case, user: User) -> bool:
    """The complainant withdraws; an officer records a withdrawal that came another way."""
    return is_party_member(case, user, side="complainant") or may_run_procedure(case, user)


def may_end_early(case: Case, user: User) -> bool:
    return may_withdraw(case, user)


def may_decide(case: Case, user: User) -> bool:
    """Members of the NCP decide once they declared that they have no conflict of interest."""
    return (
        user.has_role(Role.DECISION_MAKER)
        and has_declared_no_conflict(case, user)
        and not has_mediated(case, user)
    )


def may_conclude_assessment(case: Case, user: User) -> bool:
    """Whoever casts the deciding vote, or the officer where the rule set lets one officer decide."""
    return may_decide(case, user) or may_run_procedure(case, user)


def may_publish(case: Case, user: User) -> bool:
    return may_run_procedure(case, user)


def may_see_identity(case: Case, user: User) -> bool:
    """Withheld identities are known to the officers named on the case."""
    return user.has_role(Role.OFFICER) and (
        case.officer_id == user.pk
        or case.participations.current().filter(user=user, role="officer").exists()
    )
