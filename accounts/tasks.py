"""Sending of security mails, one row at a time, and throwing away of what is of no more use."""

import logging
from datetime import timedelta

from axes.models import AccessAttempt
from celery import shared_task
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.utils import timezone, translation

from accounts import services, throttle
from accounts.leases import lease_oldest
from accounts.letters import compose
from accounts.models import KeptAnswer, OneTimeLink, SecurityMail

logger = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(days=1)
LEASE = timedelta(minutes=2)
KEEP_DEAD_LINKS = timedelta(days=30)


@shared_task
def send_security_mails() -> int:
    """Send what waits and return how many; a mail that fails is tried again, ever more rarely."""
    sent = 0
    waiting = SecurityMail.objects.select_related("user")
    while (mail := lease_oldest(waiting, lease=LEASE)) is not None:
        sent += _send(mail)
    return sent


@shared_task
def forget_what_is_over() -> None:
    """Delete what nobody needs any more: ended sessions, old tallies, tries and links."""
    call_command("clearsessions")
    throttle.forget_old()
    AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - GIVE_UP_AFTER).delete()
    OneTimeLink.objects.filter(expires_at__lt=timezone.now() - KEEP_DEAD_LINKS).delete()


@shared_task
def forget_answers() -> int:
    """Delete the answers of the API whose time is over; return how many. They hold what a program
    was told of cases, so that they are not kept until the night."""
    old = KeptAnswer.objects.filter(created_at__lt=services.answers_kept_since())
    return old.delete()[0]


def _send(mail: SecurityMail) -> int:
    letter = compose(mail)
    if letter is None or timezone.now() - mail.created_at > GIVE_UP_AFTER:
        mail.delete()
        return 0
    with translation.override(letter.language):
        message = EmailMessage(
            subject=letter.subject,
            body=letter.body,
            to=[letter.address],
            headers={"Message-ID": f"<{mail.pk}@good-offices>", "Auto-Submitted": "auto-generated"},
        )
        try:
            message.send()
        except Exception as error:
            # The class says enough: the text of an SMTP error may hold the address.
            logger.warning("A security mail could not be sent: %s", type(error).__name__)
            return 0
    mail.delete()
    return 1
