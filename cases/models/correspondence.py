import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.party import Side
from cases.querysets import CaseDocumentQuerySet, MessageQuerySet, RequestQuerySet
from documents.models import Document
from sealing.fields import SealedTextField


class DocumentAudience(models.TextChoices):
    NCP = "ncp", _("Only the NCP")
    PARTY_AND_NCP = "party_and_ncp", _("The party that gave it, and the NCP")
    COUNSEL = "counsel", _("Counsel only")
    PARTIES = "parties", _("Both parties")
    MEDIATION = "mediation", _("Mediator and parties")
    PUBLIC = "public", _("Everybody")


OTHERS = (
    DocumentAudience.COUNSEL,
    DocumentAudience.PARTIES,
    DocumentAudience.MEDIATION,
    DocumentAudience.PUBLIC,
)
"""Audiences beyond the provider and the NCP: they read the served copy and nothing else."""

LONG = 400
"""Letters of a message that is not shown whole in a list."""


class KeptFrom(models.TextChoices):
    """From whom a provider asks that a document be kept."""

    RESPONDENT = "respondent", _("The enterprise")
    MEDIATOR = "mediator", _("The mediator")
    PUBLIC = "public", _("The public")


class WithholdingGround(models.TextChoices):
    """Why something is withheld, in words that tell nothing of what it is."""

    SAFETY = "safety", _("The safety of a person")
    PRIVACY = "privacy", _("Personal data of other people")
    BUSINESS = "business", _("Confidential business information")
    LAW = "law", _("The law forbids it")
    OTHER = "other", _("Another reason, which the office examined")


class CaseDocument(models.Model):
    """A document of a case, with its audience, who asked for it, the reason and the decision.

    Others than its provider and the NCP only ever get `served_copy`, from `served_at` on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="documents")
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    title = SealedTextField()
    side = models.CharField(max_length=12, choices=Side.choices, blank=True)
    audience = models.CharField(
        max_length=16, choices=DocumentAudience.choices, default=DocumentAudience.PARTY_AND_NCP
    )
    asked_to_withhold = models.BooleanField(default=False)
    asked_from = models.JSONField(default=list, blank=True)  # values of KeptFrom; [] says no whom
    withholding_reason = SealedTextField(blank=True)
    provided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    provided_at = models.DateTimeField(default=timezone.now)
    audience_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    audience_decided_at = models.DateTimeField(null=True, blank=True)
    withholding_granted = models.BooleanField(null=True, blank=True)  # None: not decided yet
    withholding_ground = models.CharField(
        max_length=12, choices=WithholdingGround.choices, blank=True
    )
    withholding_decision = SealedTextField(blank=True)
    withholding_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withholding_decided_at = models.DateTimeField(null=True, blank=True)
    served_copy = models.ForeignKey(
        "documents.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    served_at = models.DateTimeField(null=True, blank=True)
    pulled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    pulled_at = models.DateTimeField(null=True, blank=True)

    objects = CaseDocumentQuerySet.as_manager()

    class Meta:
        ordering = ["provided_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=["ncp", "party_and_ncp"])
                | Q(served_copy__isnull=False, served_at__isnull=False, pulled_at=None),
                name="others_read_a_served_copy",
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id

    @property
    def is_shown_to_others(self) -> bool:
        return self.audience in OTHERS

    @property
    def asked_from_whom(self) -> list[str]:
        """From whom its provider asked to keep it, in the reader's language."""
        return [str(item.label) for item in KeptFrom if item.value in self.asked_from]

    @property
    def waits_for_withholding(self) -> bool:
        """Tell whether somebody asked that it be withheld and nobody decided yet."""
        return self.asked_to_withhold and self.withholding_granted is None and not self.pulled_at

    @property
    def is_redacted_for_others(self) -> bool:
        return self.is_shown_to_others and self.served_copy_id != self.document_id

    def copy_for(self, side: str) -> Document | None:
        """Return the copy that people of a side (or "", of the mediation) read: their own
        document, else what was served; None for nothing."""
        if side and side == self.side:
            return self.document
        return self.served_copy if self.is_shown_to_others else None


class Correspondent(models.TextChoices):
    NCP = "ncp", _("NCP")
    COMPLAINANT = "complainant", _("Complainant")
    RESPONDENT = "respondent", _("Enterprise")


class Message(models.Model):
    """A message between one party and the NCP. The other side never sees it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="messages")
    side = models.CharField(max_length=12, choices=Side.choices)
    sender = models.CharField(max_length=12, choices=Correspondent.choices)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    subject = SealedTextField(blank=True)
    text = SealedTextField()
    sent_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    is_response = models.BooleanField(default=False)  # the enterprise's answer: both sides read it
    is_reprisal_report = models.BooleanField(default=False)  # named officers alone read it
    recalled_at = models.DateTimeField(null=True, blank=True)
    """It reached the wrong side: no party reads it any more."""
    deadline = models.OneToOneField(
        "cases.Deadline", null=True, blank=True, on_delete=models.PROTECT, related_name="report"
    )
    """By when a report of reprisals must be answered."""

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["sent_at", "id"]
        indexes = [
            models.Index(
                # All that the list of what waits asks of a message: no row is read for it.
                fields=["sent_at"],
                include=["case", "is_reprisal_report"],
                condition=Q(read_at=None) & ~Q(sender="ncp"),
                name="message_unread_by_ncp",
            )
        ]

    @property
    def is_unread(self) -> bool:
        """Whether a side wrote it and nobody at the NCP marked it as read."""
        return self.sender != Correspondent.NCP and not self.read_at

    @property
    def is_long(self) -> bool:
        """Whether lists show its beginning, and all of it on demand."""
        return len(self.text) > LONG

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class MessageReading(models.Model):
    """Somebody of a side was shown a message: first, last and how often. Where it reached the wrong
    side, this says who read it."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    first_read_at = models.DateTimeField()
    last_read_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "user"], name="one_reading_of_a_message_by_a_person"
            )
        ]


class Request(models.Model):
    """Something that the NCP asks of one side by a day. Rows of the same `batch` were asked of
    both sides in the same second and are due on the same day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="requests")
    batch = models.UUIDField(db_index=True)
    side = models.CharField(max_length=12, choices=Side.choices)
    text = SealedTextField()
    deadline = models.OneToOneField(
        "cases.Deadline", on_delete=models.PROTECT, related_name="request"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    answer = models.OneToOneField(
        Message, null=True, blank=True, on_delete=models.PROTECT, related_name="answers"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "side"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "side"], name="one_request_of_a_batch")
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.closed_at is None


class MessageDocument(models.Model):
    """A file that came with a message."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    case_document = models.ForeignKey(CaseDocument, on_delete=models.PROTECT, related_name="+")
