"""The yearly declaration of interests: who has not made it is reminded, a few times a year."""

from __future__ import annotations

import logging
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.models import InterestReminder
from cases.services import interests
from cases.services.deadlines import today
from office.current import current

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

RUNGS = (0, 30, 90)
"""Days from the beginning of the year."""


def sweep(*, on: date | None = None) -> int:
    """Remind whoever has not declared for the year; return how many mails went out.

    Only the last rung that was reached is sent, once; one that fails is tried again next time.
    """
    day = on or today()
    reached = [rung for rung in RUNGS if (day - date(day.year, 1, 1)).days >= rung]
    owing = interests.owing(year=day.year)
    InterestReminder.objects.bulk_create(
        (InterestReminder(user=person, year=day.year, rung=reached[-1]) for person in owing),
        ignore_conflicts=True,
    )
    ids = [person.pk for person in owing]
    rows = InterestReminder.objects.filter(user__in=ids, year=day.year, rung=reached[-1])
    sent = 0
    for row in rows.filter(sent_at=None).select_related("user"):
        if row.user.email and _send(row.user):
            row.sent_at = timezone.now()
            row.save(update_fields=["sent_at"])
            sent += 1
    return sent


def _send(person: User) -> bool:
    with translation.override(person.language):
        message = EmailMessage(
            subject=_("Your yearly declaration of interests"),
            body=render_to_string(
                "notifications/mail/interests.txt",
                {
                    "link": settings.SITE_URL + reverse("desk:interests"),
                    "ncp_name": current().name(person.language),
                },
            ),
            to=[person.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
        try:
            message.send()
        except Exception as error:
            # The class says enough: the text of an SMTP error may hold the address.
            logger.warning("A reminder could not be sent: %s", type(error).__name__)
            return False
    return True
