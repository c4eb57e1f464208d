import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intake.querysets import DraftQuerySet
from sealing.fields import SealedTextField


def expiry() -> datetime:
    """Return when a draft that is saved now is deleted (settings: DRAFT_DAYS)."""
    return timezone.now() + timedelta(days=settings.DRAFT_DAYS)


class DraftState(models.TextChoices):
    OPEN = "open", _("Being written")
    SENT = "sent", _("Sent")
    EXPIRED = "expired", _("Expired")
    DISCARDED = "discarded", _("Deleted")


class Draft(models.Model):
    """A submission that is being written. Everything in it is sealed, also half an answer.

    When it is sent, its key passes to the case and `payload` is emptied; when it expires, the key
    is destroyed. The row stays for a while, so that its code can be answered truthfully.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    data_key = models.ForeignKey("sealing.DataKey", on_delete=models.PROTECT, related_name="+")
    payload = SealedTextField(blank=True)
    code_digest = models.CharField(max_length=64, unique=True)
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=DraftState.choices, default=DraftState.OPEN)
    privacy_notice_version = models.CharField(max_length=20, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=expiry)

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["expires_at"], condition=models.Q(state="open"), name="draft_expiring"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.data_key_id

    @property
    def is_open(self) -> bool:
        return self.state == DraftState.OPEN and self.expires_at > timezone.now()

    @property
    def is_sent(self) -> bool:
        return self.state == DraftState.SENT
