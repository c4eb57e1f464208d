import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.party import Side
from sealing.fields import SealedTextField


class Origin(models.TextChoices):
    AGREEMENT = "agreement", _("From the agreement, as far as the parties released it")
    RECOMMENDATION = "recommendation", _("A recommendation of the statement")


class Owner(models.TextChoices):
    RESPONDENT = "respondent", _("The enterprise")
    COMPLAINANT = "complainant", _("The complainant")
    BOTH = "both", _("Both sides")
    OTHERS = "others", _("Somebody else")


class CommitmentStatus(models.TextChoices):
    OPEN = "open", _("Not assessed yet")
    DONE = "done", _("Carried out")
    PARTLY = "partly", _("Partly carried out")
    NOT_DONE = "not_done", _("Not carried out")
    OVERTAKEN = "overtaken", _("Overtaken by events")


class FollowUpRound(models.Model):
    """One time that the NCP asked what came of a case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="follow_up_rounds"
    )
    number = models.PositiveSmallIntegerField()
    begun_at = models.DateTimeField(default=timezone.now)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField(null=True, blank=True)
    """By when both sides give their evidence."""
    concluded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_follow_up_per_number"),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(concluded_at=None),
                name="one_follow_up_round_at_a_time",
            ),
        ]


class Commitment(models.Model):
    """Something that was agreed or recommended, and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="commitments")
    number = models.PositiveSmallIntegerField()
    origin = models.CharField(max_length=14, choices=Origin.choices)
    owner = models.CharField(max_length=12, choices=Owner.choices)
    text = SealedTextField()
    due_on = models.DateField(null=True, blank=True)
    status = models.CharField(
        max_length=10, choices=CommitmentStatus.choices, default=CommitmentStatus.OPEN
    )
    assessment = SealedTextField(blank=True)
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assessed_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_commitment_per_number")
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class CommitmentReport(models.Model):
    """What one side says came of a commitment. The other side reads it, unless it is for the
    office alone; files go through the same decision on their audience as all documents."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="reports")
    round = models.ForeignKey(
        FollowUpRound, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    side = models.CharField(max_length=12, choices=Side.choices)
    text = SealedTextField()
    is_for_office = models.BooleanField(default=False)
    documents = models.ManyToManyField("cases.CaseDocument", related_name="+", blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["given_at"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.commitment.case.data_key_id
