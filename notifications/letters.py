"""The mail: one text for each room and language, whatever happened in whatever case."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.models import Delivery
from office.current import current

ENTRANCE = {
    "portal": "/portal/",
    "desk": "/desk/",
    "mediation": "/mediation/",
    "partner": "/desk/shared/",
    "expert": "/desk/asked/",
}


def letter_for(delivery: Delivery, address: str) -> EmailMessage:
    """Write the mail of a delivery.

    It says that there is something to read and where: no name, number, fact or kind of event. The
    Message-ID is the delivery's own, so that a mail sent twice is known as one.
    """
    language = delivery.user.language
    with translation.override(language):
        body = render_to_string(
            f"notifications/mail/{delivery.room}.txt",
            {
                "link": settings.SITE_URL + ENTRANCE[delivery.room],
                "ncp_name": current().name(language),
                "ncp_email": current().email,
            },
        )
        return EmailMessage(
            subject=_("There is something to read for you"),
            body=body,
            to=[address],
            headers={
                "Message-ID": f"<{delivery.pk}@{urlsplit(settings.SITE_URL).hostname}>",
                "Auto-Submitted": "auto-generated",
            },
        )
