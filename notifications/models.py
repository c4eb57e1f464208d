import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.querysets import DeliveryQuerySet, OutboxMessageQuerySet


class OutboxMessage(models.Model):
    """Something that somebody is to be told of, written in the transaction in which it happened.

    It names an event of a case, or a rung of a deadline or of a task, never a text and never an
    address: who is told, and whether they may still see it, is asked when the message goes out.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    event = models.OneToOneField(
        "cases.CaseEvent", null=True, on_delete=models.CASCADE, related_name="+"
    )
    deadline = models.ForeignKey(
        "cases.Deadline", null=True, on_delete=models.CASCADE, related_name="+"
    )
    task = models.ForeignKey("cases.Task", null=True, on_delete=models.CASCADE, related_name="+")
    due_on = models.DateField(null=True)
    rung = models.SmallIntegerField(null=True)  # days from the due date: before it, negative
    created_at = models.DateTimeField(default=timezone.now)
    spread_at = models.DateTimeField(null=True)  # when its deliveries were written
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)

    objects = OutboxMessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(event__isnull=False, deadline=None, task=None, due_on=None, rung=None)
                | Q(
                    Q(deadline__isnull=False, task=None) | Q(deadline=None, task__isnull=False),
                    event=None,
                    due_on__isnull=False,
                    rung__isnull=False,
                ),
                name="a_message_is_an_event_or_a_rung",
            ),
            # A due date that moved (an extension, a pause) is announced anew.
            models.UniqueConstraint(
                fields=["deadline", "due_on", "rung"], name="one_message_per_rung"
            ),
            models.UniqueConstraint(
                fields=["task", "due_on", "rung"], name="one_message_per_rung_of_a_task"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "created_at"],
                condition=Q(spread_at=None),
                name="outbox_waiting",
            )
        ]


class Channel(models.TextChoices):
    INBOX = "inbox", _("Notices on this site")
    MAIL = "mail", _("E-mail")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Delivered")
    DROPPED = "dropped", _("Not delivered: the person may not see it any more")
    FAILED = "failed", _("Not delivered: given up")


class Delivery(models.Model):
    """One message on its way to one person by one channel."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(OutboxMessage, on_delete=models.CASCADE, related_name="deliveries")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deliveries"
    )
    channel = models.CharField(max_length=5, choices=Channel.choices)
    room = models.CharField(max_length=9)  # desk, portal or mediation: where the person reads it
    state = models.CharField(
        max_length=7, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["message", "user", "channel"], name="one_delivery_per_person_and_channel"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "created_at"],
                condition=Q(channel="mail", state="waiting"),
                name="delivery_waiting",
            ),
            models.Index(
                fields=["user", "-created_at", "-id"],
                condition=Q(channel="inbox"),
                name="inbox_newest_first",
            ),
        ]


class Heartbeat(models.Model):
    """When a worker last did something. `/healthz` reads it."""

    worker = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()


class CalendarAddress(models.Model):
    """Where somebody's calendar is fetched. The secret is shown once; its keyed digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_addresses"
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "calendar addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="one_calendar_address"
            )
        ]
