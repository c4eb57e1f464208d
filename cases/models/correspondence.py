import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.party import Side
from cases.querysets import CaseDocumentQuerySet, MessageQuerySet
from sealing.fields import SealedTextField


class DocumentAudience(models.TextChoices):
    NCP = "ncp", _("Only the NCP")
    PARTY_AND_NCP = "party_and_ncp", _("The party that gave it, and the NCP")
    COUNSEL = "counsel", _("Counsel only")
    PARTIES = "parties", _("Both parties")
    MEDIATION = "mediation", _("Mediator and parties")
    PUBLIC = "public", _("Everybody")


class CaseDocument(models.Model):
    """A document of a case, with its audience, who asked for it, the reason and the decision."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="documents")
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    title = SealedTextField()
    side = models.CharField(max_length=12, choices=Side.choices, blank=True)
    audience = models.CharField(
        max_length=16, choices=DocumentAudience.choices, default=DocumentAudience.PARTY_AND_NCP
    )
    asked_to_withhold = models.BooleanField(default=False)
    withholding_reason = SealedTextField(blank=True)
    provided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    provided_at = models.DateTimeField(default=timezone.now)
    audience_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    audience_decided_at = models.DateTimeField(null=True, blank=True)

    objects = CaseDocumentQuerySet.as_manager()

    class Meta:
        ordering = ["provided_at", "id"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


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

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["sent_at", "id"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class MessageDocument(models.Model):
    """A file that came with a message."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    case_document = models.ForeignKey(CaseDocument, on_delete=models.PROTECT, related_name="+")
