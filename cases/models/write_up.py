import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from sealing.fields import SealedTextField


class WriteUp(models.Model):
    """What an officer wrote down of a recording, until whoever sent it confirms it.

    A newer one takes the place of one that was not confirmed; a confirmed one stays as it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    content = SealedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id
