"""Interests that people declare every year, and doubts of a party about somebody's
impartiality."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.party import Side
from cases.querysets import ChallengeQuerySet
from sealing.fields import EncryptedTextField, SealedTextField


class AnnualDeclaration(models.Model):
    """What somebody who decides or runs the procedure declared for a year."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="annual_declarations"
    )
    year = models.PositiveSmallIntegerField()
    declared_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    row_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["user", "year"], name="one_declaration_a_year")
        ]


class InterestKind(models.TextChoices):
    EMPLOYER = "employer", _("Employer or business")
    HOLDING = "holding", _("Shares or other holding")
    ORGANISATION = "organisation", _("Organisation (member, board, donor)")
    FAMILY = "family", _("Family tie")
    OTHER = "other", _("Other")


class Interest(models.Model):
    """One interest: with whom, and what it is. What was entered by mistake is taken back: the row
    stays, its words go."""

    declaration = models.ForeignKey(
        AnnualDeclaration, on_delete=models.CASCADE, related_name="interests"
    )
    kind = models.CharField(max_length=12, choices=InterestKind.choices)
    name = EncryptedTextField(blank=True)
    detail = EncryptedTextField(blank=True)
    added_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]


class PrefilledLine(models.Model):
    """A line that an interest put into the explanation of a declaration for a case, as it stood
    there when it was declared."""

    declaration = models.ForeignKey(
        "cases.ConflictDeclaration", on_delete=models.CASCADE, related_name="prefilled"
    )
    interest = models.ForeignKey(Interest, on_delete=models.CASCADE, related_name="lines")
    text = SealedTextField()

    class Meta:
        ordering = ["id"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.declaration.case.data_key_id


class InterestReminder(models.Model):
    """Who was reminded of the yearly declaration, so that nobody is reminded twice of a rung."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    rung = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "year", "rung"], name="one_reminder_per_rung")
        ]


class Challenge(models.Model):
    """A party doubts that somebody who decides is impartial. That person may reply; others
    decide."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="challenges")
    side = models.CharField(max_length=12, choices=Side.choices)
    challenged = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reasons = SealedTextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    reply_until = models.DateField(null=True, blank=True)
    """The last day for which the others wait for a reply; a later one is read all the same."""
    reply = SealedTextField(blank=True)
    """Empty where the person said that they give none."""
    replied_at = models.DateTimeField(null=True, blank=True)
    is_upheld = models.BooleanField(null=True)
    answer = SealedTextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "side", "challenged"],
                condition=Q(decided_at=None),
                name="one_open_challenge_of_a_person",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, is_upheld=None)
                | Q(decided_at__isnull=False, is_upheld__isnull=False),
                name="a_decided_challenge_has_its_result",
            ),
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id
