"""From message to mail: one row per transaction, so that a killed worker loses nothing.

Killed after the mail server took a mail and before the row was marked, the worker sends that one
again, under the same Message-ID.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from cases.kinds import EventKind
from notifications import audience
from notifications.kinds import WITHOUT_MAIL
from notifications.letters import letter_for
from notifications.models import Channel, Delivery, DeliveryState, OutboxMessage
from notifications.querysets import DeliveryQuerySet

logger = logging.getLogger(__name__)

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=3)


def drain() -> int:
    """Write the deliveries of all waiting messages and send all waiting mails; return how many."""
    while spread_one():
        pass
    sent = 0
    while (is_sent := send_one()) is not None:
        sent += is_sent
    return sent


def wait_after(tries: int) -> timedelta:
    """Return how long to wait after so many failed tries: 1, 2, 4 … minutes, six hours at most."""
    return min(FIRST_WAIT * 2 ** min(tries - 1, 12), LONGEST_WAIT)


@transaction.atomic
def spread_one() -> bool:
    """Write the deliveries of the oldest waiting message. Returns False when none waits."""
    message = (
        OutboxMessage.objects.waiting(at=timezone.now())
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("case", "event", "deadline", "task")
        .first()
    )
    if message is None:
        return False
    try:
        with transaction.atomic():
            _spread(message)
    except Exception as error:
        # One message that cannot be understood must not stop those behind it.
        message.tries += 1
        message.next_try_at = timezone.now() + wait_after(message.tries)
        message.save(update_fields=["tries", "next_try_at"])
        logger.error("Message %s could not be spread: %s", message.pk, type(error).__name__)
    return True


def _spread(message: OutboxMessage) -> None:
    now = timezone.now()
    event = message.event
    # A letter that went out with an act: the act's own mail says all that a mail may say.
    with_mail = not event or (event.kind not in WITHOUT_MAIL and not event.data.get("without_mail"))
    told = audience.recipients(message)
    has_mail = _mailed_already(message, told) if with_mail else set()
    rows = []
    for person, room in told.values():
        rows.append(
            Delivery(
                message=message,
                user=person,
                channel=Channel.INBOX,
                room=room,
                state=DeliveryState.DONE,
                done_at=now,
                created_at=message.created_at,
            )
        )
        if person.pk in has_mail:
            continue
        if with_mail and any(audience.addresses(message, person)):
            rows.append(Delivery(message=message, user=person, channel=Channel.MAIL, room=room))
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    message.spread_at = now
    message.save(update_fields=["spread_at"])


def _call_of(message: OutboxMessage) -> str:
    """Return what the messages of one call to a meeting have in common, or ""."""
    return message.event.data.get("call", "") if message.event else ""


def _of_call(call: str) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(
        event__kind=EventKind.MEETING_CALLED, event__data__call=call
    )


def _mailed_already(message: OutboxMessage, people: Iterable[UUID]) -> set[UUID]:
    """Return who of these has a mail about the same call to a meeting, for another case of its
    agenda. Two workers on one call wait for each other."""
    call = _call_of(message)
    if not call:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [call])
    rows = Delivery.objects.filter(channel=Channel.MAIL, user__in=people)
    rows = rows.filter(message__in=_of_call(call)).exclude(state=DeliveryState.DROPPED)
    return set(rows.values_list("user_id", flat=True))


def _mail_for_another_case(delivery: Delivery) -> None:
    """Where somebody may not see a case any more for which the one mail about a meeting waited,
    let it go out for another one of the agenda that they see."""
    call = _call_of(delivery.message)
    if not call:
        return
    others = _of_call(call).exclude(pk=delivery.message_id).filter(spread_at__isnull=False)
    tried = Delivery.objects.filter(user=delivery.user_id, channel=Channel.MAIL)
    for other in others.exclude(pk__in=tried.values("message")).order_by("created_at"):
        told = audience.recipients(other, only=delivery.user_id)
        for person, room in told.values():
            Delivery.objects.create(message=other, user=person, channel=Channel.MAIL, room=room)
            return


@transaction.atomic
def send_one() -> bool | None:
    """Send the oldest waiting mail: True when it is sent, False when not, None when none waits.

    The row stays locked while the mail server answers: another worker takes the next one.
    """
    delivery = (
        Delivery.objects.mails_waiting(at=timezone.now())
        .select_for_update(skip_locked=True, of=("self",))
        .select_related(
            "user", "message__case", "message__event", "message__deadline", "message__task"
        )
        .first()
    )
    if delivery is None:
        return None
    message = delivery.message
    told = audience.recipients(message, only=delivery.user_id)
    address = next(audience.addresses(message, delivery.user), "") if told else ""
    if not address:
        _mail_for_another_case(delivery)
        return _settle(delivery, DeliveryState.DROPPED)
    try:
        letter_for(delivery, address).send()
    except Exception as error:
        return _try_later(delivery, error)
    return _settle(delivery, DeliveryState.DONE)


def retry(failed: DeliveryQuerySet) -> int:
    """Let mails that were given up wait again; returns how many."""
    return failed.filter(state=DeliveryState.FAILED).update(
        state=DeliveryState.WAITING, done_at=None, next_try_at=timezone.now()
    )


def _settle(delivery: Delivery, state: str) -> bool:
    delivery.state, delivery.done_at = state, timezone.now()
    delivery.save(update_fields=["state", "done_at"])
    return state == DeliveryState.DONE


def _try_later(delivery: Delivery, error: Exception) -> bool:
    now = timezone.now()
    # The class says enough: the text of an SMTP error may hold the address.
    logger.warning("Mail %s could not be sent: %s", delivery.pk, type(error).__name__)
    if now - delivery.created_at > GIVE_UP_AFTER:
        logger.error("Mail %s is given up; the notice on the site stays.", delivery.pk)
        return _settle(delivery, DeliveryState.FAILED)
    delivery.tries += 1
    delivery.next_try_at = now + wait_after(delivery.tries)
    delivery.save(update_fields=["tries", "next_try_at"])
    return False
