"""Ways in for parties: access codes and sign-in links."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import codes, links
from accounts.models import (
    AccessCode,
    LinkKind,
    User,
)
from accounts.services.sessions import end_sessions


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
