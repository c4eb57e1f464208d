import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.party import Side
from sealing.fields import SealedTextField
from statements.models.statement import Statement, Version


class CommentRound(models.Model):
    """Both sides read the same draft from the same second and have the same time to comment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    versions = models.ManyToManyField(Version, related_name="+")
    deadline = models.ForeignKey(
        "cases.Deadline", null=True, on_delete=models.PROTECT, related_name="+"
    )
    first_due_on = models.DateField()
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    early_reason = SealedTextField(blank=True)

    class Meta:
        ordering = ["statement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="one_round_per_number"),
            models.UniqueConstraint(
                fields=["statement"], condition=Q(closed_at=None), name="one_open_round"
            ),
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.statement.case.data_key_id

    @property
    def due_on(self) -> date:
        """Return the last day for comments, with what was added to it since."""
        return self.deadline.due_on if self.deadline else self.first_due_on

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class Comment(models.Model):
    """What one side says of the draft; it may be replaced until the round closes."""

    round = models.ForeignKey(CommentRound, on_delete=models.PROTECT, related_name="comments")
    side = models.CharField(max_length=12, choices=Side.choices)
    has_none = models.BooleanField(default=False)  # the side said expressly that it has none
    text = SealedTextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    row_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["side"]
        constraints = [
            models.UniqueConstraint(fields=["round", "side"], name="one_comment_per_side")
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.round.statement.case.data_key_id
