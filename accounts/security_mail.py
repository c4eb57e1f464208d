"""Mails about accounts: a link or a warning, never anything of a case.

They wait in PostgreSQL for the worker. The browser's answer therefore takes the same time whether
an address is known or not, and a mail server that is down loses nothing.
"""

from django.db import transaction

from accounts.models import MailKind, SecurityMail, User
from accounts.waking import wake


def queue(
    kind: MailKind, *, user: User | None = None, address: str = "", token: str = ""
) -> SecurityMail:
    """Write down a mail to send, and wake the worker once this transaction is committed."""
    mail = SecurityMail.objects.create(kind=kind, user=user, address=address, token=token)
    transaction.on_commit(_wake)
    return mail


def _wake() -> None:
    from accounts.tasks import send_security_mails

    wake(send_security_mails)
