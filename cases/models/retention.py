import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sealing.fields import EncryptedTextField, SealedTextField


class LegalHold(models.Model):
    """Nothing of a case is erased while a hold stands: who ordered it, why, until when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="holds")
    reason = SealedTextField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    placed_at = models.DateTimeField(default=timezone.now)
    until = models.DateField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = SealedTextField(blank=True)

    class Meta:
        ordering = ["placed_at"]
        indexes = [models.Index(fields=["case"], condition=Q(lifted_at=None), name="hold_standing")]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class ErasureBasis(models.TextChoices):
    RETENTION = "retention", _("The time of keeping is over")
    REQUEST = "request", _("The person asked for it")
    ORDER = "order", _("A court or an authority ordered it")
    MISTAKE = "mistake", _("It should never have been kept")


class Erasure(models.Model):
    """Two persons erase a case, or what is kept of one represented person; this row stays.

    Of an erased case it is the tombstone: reference, dates, outcome and the head of the chain.
    Once it is complete it never changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="erasures")
    principal = models.PositiveBigIntegerField(null=True, blank=True)  # None: the whole case
    basis = models.CharField(max_length=10, choices=ErasureBasis.choices)
    rule = models.CharField(max_length=40, blank=True)  # of cases/retention.toml
    legal_basis = models.CharField(max_length=300, blank=True)
    note = EncryptedTextField(blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    declined_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    # The tombstone, written when it is confirmed.
    reference = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=24, blank=True)
    outcome = models.CharField(max_length=24, blank=True)
    not_registered_reason = models.CharField(max_length=20, blank=True)
    rule_set = models.CharField(max_length=40, blank=True)
    received_on = models.DateField(null=True, blank=True)
    registered_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    history_length = models.PositiveIntegerField(default=0)
    history_head = models.CharField(max_length=64, blank=True)
    documents = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(principal=None, declined_at=None),
                name="one_erasure_of_a_case",
            ),
            models.UniqueConstraint(
                fields=["case", "principal"],
                condition=Q(declined_at=None),
                name="one_erasure_of_a_person",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")),
                name="erasure_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None) | Q(confirmed_at__isnull=False),
                name="only_a_confirmed_erasure_is_done",
            ),
        ]
        indexes = [
            models.Index(
                fields=["confirmed_at"],
                condition=Q(completed_at=None, confirmed_at__isnull=False),
                name="erasure_under_way",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="tombstones_never_change",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.completed_at IS NOT NULL"),
            )
        ]

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for the second person."""
        return self.confirmed_at is None and self.declined_at is None

    @property
    def is_of_a_person(self) -> bool:
        return self.principal is not None
