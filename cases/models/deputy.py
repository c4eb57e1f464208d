from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.querysets import DeputyQuerySet


class Deputy(models.Model):
    """From one day to another an officer has the tasks and alerts of another who is away.

    The days are days of the NCP's calendar, both included. Rows are ended, never deleted.
    """

    absent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deputies"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deputised"
    )
    since = models.DateField()
    until = models.DateField()
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    named_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="a_deputy_has_a_first_and_a_last_day"
            ),
            models.CheckConstraint(
                condition=~Q(absent=F("deputy")), name="nobody_is_their_own_deputy"
            ),
        ]
        indexes = [
            models.Index(
                fields=["deputy", "until"], condition=Q(ended_at=None), name="deputy_standing"
            )
        ]
