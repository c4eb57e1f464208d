import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sealing.fields import SealedTextField


class Stage(models.TextChoices):
    UNKNOWN = "", _("Not known yet")
    ANNOUNCED = "announced", _("Announced, not begun")
    PENDING = "pending", _("Pending")
    APPEAL = "appeal", _("In appeal or review")
    DECIDED = "decided", pgettext_lazy("stage of a proceeding", "Decided")
    SETTLED = "settled", _("Settled")
    ENDED = "ended", _("Ended without a decision")


ENDED = frozenset({Stage.DECIDED, Stage.SETTLED, Stage.ENDED})


class Prejudice(models.TextChoices):
    OPEN = "", _("Not assessed yet")
    NONE = "none", _("Examining would not prejudice it")
    PARTLY = "partly", _("Examining some issues would prejudice it")
    SERIOUS = "serious", _("Examining would seriously prejudice it")


class Overlap(models.TextChoices):
    NONE = "none", _("No overlap")
    PART = "part", _("Partly the same")
    WHOLE = "whole", _("The same matter")


class ProceedingOverlap(models.Model):
    """How far another proceeding is about the same matter as one issue."""

    proceeding = models.ForeignKey(
        "cases.ParallelProceeding", on_delete=models.PROTECT, related_name="overlaps"
    )
    issue = models.ForeignKey("cases.Issue", on_delete=models.PROTECT, related_name="overlaps")
    extent = models.CharField(max_length=5, choices=Overlap.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proceeding", "issue"], name="one_overlap_of_an_issue_with_a_proceeding"
            )
        ]


class ProceedingCheck(models.Model):
    """That somebody looked how another proceeding stands, and what they found."""

    proceeding = models.ForeignKey(
        "cases.ParallelProceeding", on_delete=models.PROTECT, related_name="checks"
    )
    checked_on = models.DateField()
    stage = models.CharField(max_length=12, choices=Stage.choices, blank=True)
    finding = SealedTextField()
    next_check_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.proceeding.case.data_key_id
