"""Invitations, passwords and addresses: what links in mails do."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import links
from accounts.errors import (
    AddressTaken,
    LinkUsedUp,
    NothingToChange,
)
from accounts.models import (
    LinkKind,
    MailKind,
    OneTimeLink,
    RoleChangeKind,
    User,
    UserManager,
)
from accounts.security_mail import queue
from accounts.services.proposals import propose_role_change


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
