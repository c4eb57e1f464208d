import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.querysets import DocumentQuerySet
from documents.refusals import Refusal
from sealing.fields import SealedTextField


class DocumentState(models.TextChoices):
    PENDING = "pending", _("Being checked")
    CLEAN = "clean", _("Checked")
    REFUSED = "refused", _("Refused")


class Document(models.Model):
    """A file: the sealed original as it came, and a clean copy once it has been checked.

    Both lie in the file store, encrypted under the data key; the row knows no case. `sha256` is
    the digest of the original, sealed because it would tell whether somebody sent a known file.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    data_key = models.ForeignKey("sealing.DataKey", on_delete=models.PROTECT, related_name="+")
    original_name = SealedTextField()
    sha256 = SealedTextField()
    size = models.PositiveBigIntegerField()
    detected_type = models.CharField(max_length=100, blank=True)
    clean_size = models.PositiveBigIntegerField(null=True, blank=True)
    text_size = models.PositiveIntegerField(null=True, blank=True, editable=False)
    """How many letters of text lie beside the clean copy; None: they were not read yet."""
    state = models.CharField(
        max_length=8, choices=DocumentState.choices, default=DocumentState.PENDING
    )
    refusal_code = models.CharField(max_length=12, blank=True)
    is_virus_scanned = models.BooleanField(default=False)
    scanned_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    not_before = models.DateTimeField(default=timezone.now, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="refused") ^ Q(refusal_code=""),
                name="a_refused_document_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="clean") | Q(clean_size__isnull=False, scanned_at__isnull=False),
                name="a_clean_document_was_checked",
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id"], condition=Q(state="pending"), name="document_pending"
            ),
            models.Index(
                fields=["scanned_at", "id"],
                condition=Q(state="clean", text_size=None),
                name="document_without_text",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.data_key_id

    @property
    def is_pending(self) -> bool:
        return self.state == DocumentState.PENDING

    @property
    def is_clean(self) -> bool:
        return self.state == DocumentState.CLEAN

    @property
    def is_refused(self) -> bool:
        return self.state == DocumentState.REFUSED

    @property
    def refusal(self) -> str:
        """The sentence for the person who sent it; empty unless refused."""
        return str(Refusal(self.refusal_code).label) if self.refusal_code else ""
