"""Personal tokens."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import links
from accounts.models import (
    MailKind,
    PersonalToken,
    User,
)
from accounts.security_mail import queue
from sealing.keys import keyed_digest


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


def answers_kept_since() -> datetime:
    """Return the moment before which answers to programs are kept no more."""
    return timezone.now() - timedelta(hours=settings.API_ANSWER_HOURS)


def token_digest(secret: str) -> str:
    """Return the keyed digest by which a personal token is found."""
    return keyed_digest(settings.CODE_PEPPER, "personal-token", secret.encode()).hex()
