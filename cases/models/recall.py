import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.party import Side
from sealing.fields import SealedTextField


class RecallWhat(models.TextChoices):
    DOCUMENT = "document", _("A document")
    MESSAGE = "message", _("A message")
    LETTER = "letter", _("A letter on paper")


class Recall(models.Model):
    """Something reached the wrong side. Access ends when one person reports it; a second person
    confirms it, and then both sides are told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="recalls")
    what = models.CharField(max_length=8, choices=RecallWhat.choices)
    document = models.ForeignKey(
        "cases.CaseDocument", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    message = models.ForeignKey(
        "cases.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    letter = models.ForeignKey(
        "cases.SentLetter", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    wrong_side = models.CharField(max_length=12, choices=Side.choices)
    owner = models.CharField(max_length=12, choices=Side.choices, blank=True)
    """Whose material it is; "" for the NCP's own."""
    before = models.JSONField(default=dict)
    """Codes and ids of what was taken away, to give it back where the report was wrong."""
    reason = SealedTextField()
    holds = SealedTextField(blank=True)
    """Which personal data stand in it, for the authority."""
    found_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=timezone.now)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    is_confirmed = models.BooleanField(null=True)
    deadline = models.OneToOneField(
        "cases.Deadline", null=True, blank=True, on_delete=models.PROTECT, related_name="recall"
    )
    """By when the authority for data protection is told."""
    authority_told_on = models.DateField(null=True, blank=True)
    authority_note = SealedTextField(blank=True)
    """The number of the notice, or why the authority need not be told."""

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(what="document", document__isnull=False)
                | Q(what="message", message__isnull=False)
                | Q(what="letter", letter__isnull=False),
                name="a_recall_names_what_it_recalls",
            ),
            models.UniqueConstraint(
                fields=["document"], condition=Q(is_confirmed=None), name="one_recall_of_a_document"
            ),
            models.UniqueConstraint(
                fields=["message"], condition=Q(is_confirmed=None), name="one_recall_of_a_message"
            ),
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id

    @property
    def is_open(self) -> bool:
        return self.settled_at is None


class RecallReader(models.Model):
    """Somebody of the wrong side who had access: when they read it, and the promise to delete
    what they kept."""

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="readers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    first_read_at = models.DateTimeField(null=True, blank=True)
    last_read_at = models.DateTimeField(null=True, blank=True)
    times = models.PositiveIntegerField(default=0)
    promised_at = models.DateTimeField(null=True, blank=True)
    promise = SealedTextField(blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.recall.case.data_key_id
