"""Sign-in links by e-mail: asked for on a page, found and sent by the worker."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import services as people
from accounts import throttle
from accounts.leases import lease_oldest
from accounts.models import UserManager
from accounts.waking import wake
from cases.models import Participation, Party, Representation
from cases.models.party import Side
from office.current import current
from portal.models import LinkRequest, OwnAddress
from sealing.index import blind_index

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

STRETCH = timedelta(hours=1)
OF_A_NETWORK = 30
OF_AN_ADDRESS = 3
MOST_PEOPLE = 10
GIVE_UP_AFTER = timedelta(hours=1)
LEASE = timedelta(minutes=2)


def ask(address: str, *, network: str) -> None:
    """Write down that somebody wants a link; the same work for every address."""
    address = UserManager.normalize_email(address)
    of_network = throttle.add("sign-in-link", network, every=STRETCH)
    of_address = throttle.add("sign-in-link", address, every=STRETCH)
    if of_network <= OF_A_NETWORK and of_address <= OF_AN_ADDRESS:
        LinkRequest.objects.create(address=address)
        transaction.on_commit(_wake)


def _wake() -> None:
    from portal.tasks import send_sign_in_links

    wake(send_sign_in_links)


def people_at(address: str) -> list[User]:
    """Return the people who may sign in by a link to this address.

    A complainant's or representative's address counts as they filed it; an enterprise's only once
    somebody who had its access code entered it.
    """
    index = blind_index(address, "party.email")
    if not index:
        return []
    found: dict[object, User] = {
        row.user_id: row.user
        for row in Representation.objects.filter(email_index=index, user__isnull=False)
        .exclude(until__lt=timezone.now())
        .select_related("user")
    }
    parties = Party.objects.standing().filter(email_index=index, side=Side.COMPLAINANT)
    for party in parties.select_related("case"):
        for person in _of_complainant(party):
            found[person.pk] = person
    for own in OwnAddress.objects.filter(email_index=index).select_related("user"):
        found[own.user_id] = own.user
    taking_part = set(
        Participation.objects.current()
        .filter(user__in=found, role__in=["party_member", "representative"])
        .values_list("user_id", flat=True)
    )
    return [
        person
        for pk, person in found.items()
        if pk in taking_part and person.is_active and not person.roles
    ][:MOST_PEOPLE]


def _of_complainant(party: Party) -> list[User]:
    rows = party.case.participations.current().filter(
        side=Side.COMPLAINANT, role="party_member", added_by=None
    )
    own = [row.user for row in rows.select_related("user") if row.party_id == party.pk]
    if own or party.position != 1:
        return own
    # Several people filed without a representative: the first of them holds the code for all.
    return [row.user for row in rows.select_related("user") if row.party_id is None]


def take_one() -> LinkRequest | None:
    """Lease the request that has waited longest."""
    return lease_oldest(LinkRequest.objects.all(), lease=LEASE)


def answer(request: LinkRequest) -> int:
    """Send a link to everybody behind the address, and forget the request; return how many went."""
    if timezone.now() - request.created_at > GIVE_UP_AFTER:
        request.delete()
        return 0
    sent = 0
    for person in people_at(request.address):
        if not _send(request, person):
            return sent
        sent += 1
    request.delete()
    return sent


def _send(request: LinkRequest, person: User) -> bool:
    token = people.issue_login_link(person)
    with translation.override(person.language):
        message = EmailMessage(
            subject=_("Your link to sign in"),
            body=render_to_string(
                "portal/mail/sign_in.txt",
                {
                    "link": settings.SITE_URL + reverse("portal:open_link", args=[token]),
                    "ncp_name": current().name(person.language),
                    "ncp_email": current().email,
                },
            ),
            to=[request.address],
            headers={"Auto-Submitted": "auto-generated"},
        )
        try:
            message.send()
        except Exception as error:
            # The class says enough: the text of an SMTP error may hold the address.
            logger.warning("A sign-in link could not be sent: %s", type(error).__name__)
            return False
    return True
