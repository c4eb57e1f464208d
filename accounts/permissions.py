"""Who may do what with people. One predicate serves the check, the button and the page."""

from django.conf import settings

from accounts.models import Proposal, RoleChange, RoleChangeKind, User
from accounts.roles import SECOND_FACTOR_ROLES, Role

CONFIRMING_ROLES = (Role.ADMINISTRATOR, Role.DECISION_MAKER)


def may_manage_people(user: User) -> bool:
    """Administrators invite, propose and deactivate."""
    return user.has_role(Role.ADMINISTRATOR)


def may_confirm_proposals(user: User) -> bool:
    """Another administrator or a member of the NCP: so one administrator is enough."""
    return user.has_role(*CONFIRMING_ROLES)


def may_propose_role_change(user: User, *, person: User, kind: str) -> bool:
    """Nobody proposes a role for themselves; giving one up may be proposed."""
    return may_manage_people(user) and not (kind == RoleChangeKind.GRANT and person.pk == user.pk)


def may_propose_factor_reset(user: User, *, person: User) -> bool:
    return may_manage_people(user) and person.pk != user.pk


def may_decide(user: User, *, proposal: Proposal) -> bool:
    """A second person decides: not who proposed it, and not who gains by it."""
    if not may_confirm_proposals(user) or user.pk == proposal.proposed_by_id:
        return False
    gives_up = isinstance(proposal, RoleChange) and proposal.kind == RoleChangeKind.END
    return gives_up or user.pk != proposal.person_id


def may_withdraw(user: User, *, proposal: Proposal) -> bool:
    return user.pk == proposal.proposed_by_id


def may_deactivate(user: User, *, person: User) -> bool:
    """One administrator is enough to cut somebody off, at once; nobody cuts off themselves."""
    return may_manage_people(user) and person.pk != user.pk and person.is_active


def may_reactivate(user: User, *, person: User) -> bool:
    """It brings no right back: every role was ended and takes two people again."""
    return may_manage_people(user) and not person.is_active


def may_hold_tokens(user: User) -> bool:
    """Tokens are for people who have work to do here, not for parties."""
    return bool(user.email and user.roles)


def is_second_factor_required(user: User) -> bool:
    """Whoever works for the NCP or a mediation body, wherever the demonstration is off."""
    return bool(settings.REQUIRE_SECOND_FACTOR) and user.has_role(*SECOND_FACTOR_ROLES)
