"""What takes two people: roles and the taking away of a second factor."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from accounts import links
from accounts.errors import (
    AlreadyDecided,
    AlreadyWaiting,
    EndDateNeeded,
    LastAdministrator,
    NeedsSecondPerson,
    NothingToChange,
)
from accounts.models import (
    AccessCode,
    LinkKind,
    MailKind,
    OneTimeLink,
    PersonalToken,
    Proposal,
    ProposalState,
    RoleAssignment,
    RoleChange,
    RoleChangeKind,
    SecondFactorReset,
    User,
)
from accounts.permissions import (
    may_deactivate,
    may_decide,
    may_propose_factor_reset,
    may_propose_role_change,
    may_reactivate,
    may_withdraw,
)
from accounts.roles import Role
from accounts.security_mail import queue
from accounts.services.sessions import end_sessions


@transaction.atomic
def propose_role_change(
    person: User, *, kind: str, role: str, by: User, reason: str, until: datetime | None = None
) -> RoleChange:
    """Propose to give a role or to take it away; nothing happens before a second person confirms.

    Raises:
        NeedsSecondPerson: `by` may not propose this.
        EndDateNeeded: an auditor without a last day in the future.
        NothingToChange: the role is held already, or is not held.
        AlreadyWaiting: the same is proposed already.
    """
    if not may_propose_role_change(by, person=person, kind=kind):
        raise NeedsSecondPerson
    person = _locked(person)
    if kind == RoleChangeKind.GRANT:
        _check_end(role, until)
    else:
        until = None
    holds = RoleAssignment.objects.current().filter(user=person, role=role).exists()
    if holds == (kind == RoleChangeKind.GRANT) or not person.is_active:
        raise NothingToChange
    RoleChange.objects.stale().filter(person=person, role=role).update(
        state=ProposalState.WITHDRAWN, decided_at=timezone.now()
    )
    if RoleChange.objects.waiting().filter(person=person, role=role).exists():
        raise AlreadyWaiting
    return RoleChange.objects.create(
        person=person, kind=kind, role=role, until=until, reason=reason, proposed_by=by
    )


@transaction.atomic
def confirm_role_change(change: RoleChange, *, by: User) -> RoleChange:
    """Do what was proposed, cut the person's sessions and tell them.

    Raises:
        NeedsSecondPerson, AlreadyDecided, EndDateNeeded, LastAdministrator.
    """
    change, person = _take(change, by=by)
    if change.kind == RoleChangeKind.GRANT:
        _check_end(change.role, change.until)
        grant_role(
            person, change.role, until=change.until, granted_by=change.proposed_by, confirmed_by=by
        )
    else:
        if change.role == Role.ADMINISTRATOR:
            _keep_an_administrator(besides=person)
        RoleAssignment.objects.current().filter(user=person, role=change.role).update(
            until=timezone.now()
        )
    _decide(change, ProposalState.CONFIRMED, by=by)
    end_sessions(person)
    if person.email:
        queue(MailKind.ROLE_CHANGED, user=person)
    return change


def grant_role(
    person: User,
    role: str,
    *,
    until: datetime | None = None,
    granted_by: User | None = None,
    confirmed_by: User | None = None,
) -> RoleAssignment:
    """Write down a role. Pages go through proposals; this is for them and for the command line."""
    _check_end(role, until)
    # An old grant whose end is still open is closed, so that there is one of a kind.
    RoleAssignment.objects.current().filter(user=person, role=role).update(until=timezone.now())
    person.__dict__.pop("roles", None)
    return RoleAssignment.objects.create(
        user=person, role=role, until=until, granted_by=granted_by, confirmed_by=confirmed_by
    )


@transaction.atomic
def propose_factor_reset(person: User, *, by: User, reason: str) -> SecondFactorReset:
    """Propose to take away a lost second factor.

    Raises:
        NeedsSecondPerson, AlreadyWaiting, NothingToChange.
    """
    if not may_propose_factor_reset(by, person=person):
        raise NeedsSecondPerson
    person = _locked(person)
    if not person.is_active or not person.email:
        raise NothingToChange
    SecondFactorReset.objects.stale().filter(person=person).update(
        state=ProposalState.WITHDRAWN, decided_at=timezone.now()
    )
    if SecondFactorReset.objects.waiting().filter(person=person).exists():
        raise AlreadyWaiting
    return SecondFactorReset.objects.create(person=person, reason=reason, proposed_by=by)


@transaction.atomic
def confirm_factor_reset(reset: SecondFactorReset, *, by: User) -> SecondFactorReset:
    """Take every factor and the password away and mail a link to set both anew.

    The password goes too: otherwise whoever stole it could set up a factor of their own.

    Raises:
        NeedsSecondPerson, AlreadyDecided.
    """
    reset, person = _take(reset, by=by)
    Authenticator.objects.filter(user=person).delete()
    person.set_unusable_password()
    person.save(update_fields=["password"])
    PersonalToken.objects.valid().filter(user=person).update(revoked_at=timezone.now())
    _decide(reset, ProposalState.CONFIRMED, by=by)
    end_sessions(person)
    token = links.issue(person, LinkKind.FACTOR_RESET, by=by)
    queue(MailKind.FACTOR_RESET, user=person, token=token)
    return reset


@transaction.atomic
def decline(proposal: Proposal, *, by: User) -> None:
    """Refuse what somebody else proposed.

    Raises:
        NeedsSecondPerson, AlreadyDecided.
    """
    proposal, _person = _take(proposal, by=by)
    _decide(proposal, ProposalState.DECLINED, by=by)


@transaction.atomic
def withdraw(proposal: Proposal, *, by: User) -> None:
    """Take one's own proposal back.

    Raises:
        NeedsSecondPerson: it is somebody else's.
        AlreadyDecided.
    """
    if not may_withdraw(by, proposal=proposal):
        raise NeedsSecondPerson
    row = type(proposal).objects.select_for_update(no_key=True).get(pk=proposal.pk)
    if row.state != ProposalState.PROPOSED:
        raise AlreadyDecided
    _decide(row, ProposalState.WITHDRAWN, by=by)


@transaction.atomic
def deactivate(person: User, *, by: User) -> None:
    """Cut somebody off at once: sessions, roles, tokens, codes and links end.

    Raises:
        NeedsSecondPerson: `by` may not do this.
        LastAdministrator.
    """
    person = _locked(person)
    if not may_deactivate(by, person=person):
        raise NeedsSecondPerson
    if person.has_role(Role.ADMINISTRATOR):
        _keep_an_administrator(besides=person)
    now = timezone.now()
    RoleAssignment.objects.current().filter(user=person).update(until=now)
    PersonalToken.objects.valid().filter(user=person).update(revoked_at=now)
    OneTimeLink.objects.valid().filter(user=person).update(revoked_at=now)
    AccessCode.objects.valid().filter(user=person).update(revoked_at=now)
    for model in (RoleChange, SecondFactorReset):
        model.objects.filter(person=person, state=ProposalState.PROPOSED).update(
            state=ProposalState.WITHDRAWN, decided_by=by, decided_at=now
        )
    person.is_active = False
    person.session_epoch += 1
    person.save(update_fields=["is_active", "session_epoch"])


@transaction.atomic
def reactivate(person: User, *, by: User) -> None:
    """Open an account again, without any of its roles.

    Raises:
        NeedsSecondPerson: `by` may not do this.
    """
    person = _locked(person)
    if not may_reactivate(by, person=person):
        raise NeedsSecondPerson
    person.is_active = True
    person.session_epoch += 1
    person.save(update_fields=["is_active", "session_epoch"])


def _locked(person: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _take(proposal: Any, *, by: User) -> tuple[Any, User]:
    """Lock a proposal and its person, and check that a second person decides it in time."""
    if not may_decide(by, proposal=proposal):
        raise NeedsSecondPerson
    person = _locked(proposal.person)
    row = (
        type(proposal)
        .objects.select_for_update(no_key=True, of=("self",))
        .select_related("proposed_by")
        .filter(pk=proposal.pk)
        .waiting()
        .first()
    )
    if row is None or not person.is_active:
        raise AlreadyDecided
    return row, person


def _decide(proposal: Proposal, state: str, *, by: User) -> None:
    proposal.state = state
    proposal.decided_by = by
    proposal.decided_at = timezone.now()
    proposal.save(update_fields=["state", "decided_by", "decided_at"])


def _check_end(role: str, until: datetime | None) -> None:
    if (role == Role.AUDITOR and until is None) or (until is not None and until <= timezone.now()):
        raise EndDateNeeded


def _keep_an_administrator(*, besides: User) -> None:
    # Rows of all administrators are locked, so that two cannot take each other away at once.
    others = (
        User.objects.select_for_update(no_key=True)
        .filter(
            pk__in=RoleAssignment.objects.current()
            .filter(role=Role.ADMINISTRATOR)
            .values("user_id"),
            is_active=True,
        )
        .order_by("pk")
    )
    if all(other.pk == besides.pk for other in others):
        raise LastAdministrator
