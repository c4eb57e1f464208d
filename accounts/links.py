"""Links and tokens that are secrets: made at random, kept as keyed digests, used once."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import LinkKind, OneTimeLink, User
from sealing.keys import keyed_digest

LIFETIMES = {
    LinkKind.INVITATION: timedelta(days=7),
    LinkKind.PASSWORD_RESET: timedelta(hours=1),
    LinkKind.FACTOR_RESET: timedelta(days=7),
    LinkKind.ADDRESS: timedelta(hours=1),
    LinkKind.SIGN_IN: timedelta(minutes=15),
}


def new_secret() -> str:
    """Return 256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def digest(secret: str, purpose: str) -> str:
    """Return the keyed digest by which a secret is found; it opens nothing by itself."""
    return keyed_digest(settings.CODE_PEPPER, f"link-{purpose}", secret.encode()).hex()


def issue(user: User, kind: LinkKind, *, by: User | None = None, address: str = "") -> str:
    """Make a link for somebody and return its secret; older ones of the kind stop working."""
    OneTimeLink.objects.valid().filter(user=user, kind=kind).update(revoked_at=timezone.now())
    secret = new_secret()
    OneTimeLink.objects.create(
        user=user,
        kind=kind,
        digest=digest(secret, kind),
        created_by=by,
        address=address,
        expires_at=timezone.now() + LIFETIMES[kind],
    )
    return secret


def find(secret: str, kind: LinkKind) -> OneTimeLink | None:
    """Return the link while it can still be used, without using it up."""
    return (
        OneTimeLink.objects.valid()
        .select_related("user")
        .filter(kind=kind, digest=digest(secret, kind))
        .first()
    )


def use(secret: str, kind: LinkKind) -> User | None:
    """Use a link up and return whose it was, or None; of two at once one wins."""
    used = (
        OneTimeLink.objects.valid()
        .filter(kind=kind, digest=digest(secret, kind))
        .update(used_at=timezone.now())
    )
    if not used:
        return None
    return User.objects.get(one_time_links__kind=kind, one_time_links__digest=digest(secret, kind))
