"""What changes people, their roles and their ways in."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import codes, links
from accounts.errors import (
    AddressTaken,
    AlreadyDecided,
    AlreadyWaiting,
    EndDateNeeded,
    LastAdministrator,
    LinkUsedUp,
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
    UserManager,
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
from sealing.keys import keyed_digest

# Parties


def party_user(*, language: str = "en") -> User:
    """Make a person who holds nothing yet: no e-mail, no password, no name; a code comes next."""
    return User.objects.create_user(language=language)


def issue_access_code(user: User, *, label: str, expires_at: datetime | None = None) -> str:
    """Make a code, store its HMAC and return it: the only moment that it exists in the clear."""
    code = codes.new_code()
    store_access_code(user, code, label=label, expires_at=expires_at)
    return code


def store_access_code(
    user: User, code: str, *, label: str, expires_at: datetime | None = None
) -> AccessCode:
    """Store the HMAC of a code that was made and shown before its user existed.

    Raises:
        ValueError: the code is not one of `codes.new_code()`; weak codes are never stored.
    """
    if not codes.is_well_formed(code):
        raise ValueError("This is no access code made by accounts.codes.new_code().")
    return AccessCode.objects.create(
        user=user, digest=codes.digest(code), label=label, expires_at=expires_at
    )


@transaction.atomic
def change_access_code(old: AccessCode, *, label: str | None = None) -> str:
    """Replace a code by a new one, which is returned; the old one and its sessions end at once."""
    revoke_access_code(old)
    return issue_access_code(old.user, label=label or old.label, expires_at=old.expires_at)


@transaction.atomic
def revoke_access_code(code: AccessCode) -> None:
    """End a code and every session of its holder: whoever stole it is out at the next request."""
    AccessCode.objects.filter(pk=code.pk, revoked_at=None).update(revoked_at=timezone.now())
    end_sessions(code.user)


@transaction.atomic
def revoke_access_codes(user: User) -> None:
    """End all codes and sessions of a person."""
    AccessCode.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())
    end_sessions(user)


def issue_login_link(user: User) -> str:
    """Return the secret of a link that signs a party in once within fifteen minutes.

    The caller puts it into an address and a mail that says nothing else.
    """
    return links.issue(user, LinkKind.SIGN_IN)


def redeem_login_link(token: str) -> User | None:
    """Use up a sign-in link and return its person, or None for one that is wrong, used or too old.

    Somebody who works here signs in with password and second factor, never with a link.
    """
    user = links.use(token, LinkKind.SIGN_IN)
    return user if user is not None and not user.roles else None


# Sessions


def end_sessions(user: User) -> None:
    """End every session of a person at their next request."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


# Invitations


@transaction.atomic
def invite(
    email: str,
    *,
    name: str,
    role: str,
    by: User,
    reason: str,
    until: datetime | None = None,
    language: str = "en",
) -> User:
    """Make a person, mail the invitation, and propose their role for a second person to confirm.

    Raises:
        AddressTaken: somebody has this address.
    """
    if User.objects.filter(email=UserManager.normalize_email(email)).exists():
        raise AddressTaken
    try:
        with transaction.atomic():
            person = User.objects.create_user(email, name=name, language=language)
    except IntegrityError as error:
        raise AddressTaken from error
    propose_role_change(
        person, kind=RoleChangeKind.GRANT, role=role, until=until, reason=reason, by=by
    )
    send_invitation(person, by=by)
    return person


def send_invitation(person: User, *, by: User | None) -> None:
    """Mail a new invitation; the one before stops working.

    Raises:
        NothingToChange: the person has set a password: they have arrived.
    """
    if person.has_usable_password() or not person.is_active:
        raise NothingToChange
    token = links.issue(person, LinkKind.INVITATION, by=by)
    queue(MailKind.INVITATION, user=person, token=token)


@transaction.atomic
def accept_link(token: str, kind: LinkKind, *, password: str, name: str | None = None) -> User:
    """Use up an invitation or a reset link and set the password (and the name, if given).

    Raises:
        LinkUsedUp: wrong, used, revoked or too old.
    """
    user = links.use(token, kind)
    if user is None:
        raise LinkUsedUp
    if name is not None:
        user.name = name
    user.set_password(password)
    user.session_epoch += 1
    user.save(update_fields=["name", "password", "session_epoch"])
    # Whoever holds another link of this person's mailbox holds it no longer.
    OneTimeLink.objects.valid().filter(user=user).exclude(kind=LinkKind.SIGN_IN).update(
        revoked_at=timezone.now()
    )
    if kind == LinkKind.PASSWORD_RESET:
        queue(MailKind.PASSWORD_CHANGED, user=user)
    return user


@transaction.atomic
def ask_for_address(user: User, address: str) -> None:
    """Mail a link to a new address; the old one stays until the link proves the new one."""
    address = UserManager.normalize_email(address)
    token = links.issue(user, LinkKind.ADDRESS, address=address)
    queue(MailKind.ADDRESS, user=user, address=address, token=token)


@transaction.atomic
def change_address(token: str) -> User:
    """Use up a link that proves a new address, take it over, end all sessions and warn the old one.

    Raises:
        LinkUsedUp: wrong, used or too old, or somebody else has the address by now.
    """
    link = links.find(token, LinkKind.ADDRESS)
    user = links.use(token, LinkKind.ADDRESS)
    if link is None or user is None:
        raise LinkUsedUp
    before = user.email or ""
    user.email = link.address
    user.session_epoch += 1
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "session_epoch"])
    except IntegrityError as error:
        raise LinkUsedUp from error
    OneTimeLink.objects.valid().filter(user=user).update(revoked_at=timezone.now())
    queue(MailKind.ADDRESS_CHANGED, user=user, address=before)
    return user


# Two people


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


# Personal tokens


@transaction.atomic
def create_token(
    user: User, *, name: str, scopes: list[str], expires_at: datetime
) -> tuple[PersonalToken, str]:
    """Make a token and return it with its secret, which exists in the clear only now."""
    secret = f"go_{links.new_secret()}"
    token = PersonalToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:8],
        digest=token_digest(secret),
        scopes=scopes,
        expires_at=expires_at,
    )
    if user.email:
        queue(MailKind.TOKEN_CREATED, user=user)
    return token, secret


def revoke_token(token: PersonalToken) -> None:
    PersonalToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def token_digest(secret: str) -> str:
    """Return the keyed digest by which a personal token is found."""
    return keyed_digest(settings.CODE_PEPPER, "personal-token", secret.encode()).hex()


# Within


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
