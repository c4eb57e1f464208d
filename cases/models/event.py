import uuid
from datetime import UTC
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.kinds import EventKind, label_of
from sealing.fields import SealedTextField


class CaseEvent(models.Model):
    """One entry of a case's history: ids, kinds and keyed digests, never personal text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=40, choices=EventKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    data = models.JSONField(default=dict)
    mac = models.CharField(max_length=64)

    class Meta:
        ordering = ["case", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["case", "sequence"], name="history_has_no_gaps")
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    @property
    def label(self) -> str:
        """What happened, in the reader's language."""
        return label_of(self.kind, self.data)

    def row(self) -> dict[str, Any]:
        """Return what the MAC covers."""
        return {
            "id": str(self.id),
            "case": str(self.case_id),
            "sequence": self.sequence,
            "kind": str(self.kind),
            "at": self.at.astimezone(UTC).isoformat(),
            "by": str(self.by_id) if self.by_id else None,
            "data": self.data,
        }


class ChainHead(models.Model):
    """A signed digest of the heads of all chains on a day; published, so that no chain can be
    cut unseen."""

    day = models.DateField(unique=True)
    events = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    signature = models.TextField()
    public_key = models.CharField(max_length=60)
    snapshot = models.JSONField()  # [case id, length, head] of every case, as signed
    created_at = models.DateTimeField(default=timezone.now)


class Correction(models.Model):
    """A wrong step is taken back: one person proposes, another confirms; nothing is deleted."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="corrections")
    from_state = models.CharField(max_length=24)
    to_state = models.CharField(max_length=24)
    reason = SealedTextField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(settled_at=None), name="one_open_correction_per_case"
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id
