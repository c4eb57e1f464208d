"""Mails about accounts: a link or a warning, never anything of a case.

They wait in PostgreSQL for the worker. The browser's answer therefore takes the same time whether
an address is known or not, and a mail server that is down loses nothing.
"""

import logging

from django.db import transaction

from accounts.models import MailKind, SecurityMail, User

logger = logging.getLogger(__name__)


def queue(
    kind: MailKind, *, user: User | None = None, address: str = "", token: str = ""
) -> SecurityMail:
    """Write down a mail to send, and wake the worker once this transaction is committed."""
    mail = SecurityMail.objects.create(kind=kind, user=user, address=address, token=token)
    transaction.on_commit(_wake)
    return mail


def _wake() -> None:
    from accounts.tasks import send_security_mails

    try:
        send_security_mails.delay()
    except Exception as error:
        # The broker only wakes: the row is safe and the sweep finds it. The class says enough: the
        # text may hold the address and password of the broker.
        logger.warning(
            "The worker could not be woken (%s); the sweep will find the mail.",
            type(error).__name__,
        )
