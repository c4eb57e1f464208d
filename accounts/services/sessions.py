"""Ending of sessions."""

from django.db.models import F

from accounts.models import (
    User,
)


def end_sessions(user: User) -> None:
    """End every session of a person at their next request."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
