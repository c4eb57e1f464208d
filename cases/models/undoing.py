import uuid

from django.db import models
from django.utils import timezone

from sealing.fields import SealedTextField


class Undone(models.Model):
    """One thing that a confirmed correction undid, with a copy of what stood there before."""

    correction = models.ForeignKey(
        "cases.Correction", on_delete=models.PROTECT, related_name="undone"
    )
    kind = models.CharField(max_length=24)
    number = models.PositiveIntegerField(default=1)
    copy = SealedTextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.correction.case.data_key_id
