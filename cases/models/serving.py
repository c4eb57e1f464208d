import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.correspondence import CaseDocument, DocumentAudience
from sealing.fields import SealedTextField


class Redaction(models.Model):
    """A copy of a document with parts blacked out, to be shown in place of it. The original stays
    sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case_document = models.ForeignKey(
        CaseDocument, on_delete=models.PROTECT, related_name="redactions"
    )
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=12, blank=True)  # who made it; "" for the NCP
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["case_document", "number"], name="one_redaction_per_number"
            )
        ]


class ServingState(models.TextChoices):
    WAITING = "waiting", _("Its provider looks at the copy")
    REDACTION_ASKED = "redaction_asked", _("Its provider asks that parts be blacked out")
    SERVED = "served", _("Shown")
    TAKEN_BACK = "taken_back", _("Shown, then taken back")
    DROPPED = "dropped", _("Not shown")


OPEN = (ServingState.WAITING, ServingState.REDACTION_ASKED)


class Serving(models.Model):
    """One exact copy of a document, shown or to be shown to an audience.

    It is served once its provider agreed or `serves_at` passed without an answer, at one moment
    for everybody in the audience.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case_document = models.ForeignKey(
        CaseDocument, on_delete=models.PROTECT, related_name="servings"
    )
    audience = models.CharField(max_length=16, choices=DocumentAudience.choices)
    copy = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=16, choices=ServingState.choices, default=ServingState.WAITING
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=timezone.now)
    serves_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)  # its provider opened the exact copy
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = SealedTextField(blank=True)  # what must be blacked out, or how the provider agreed
    served_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["proposed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case_document"],
                condition=Q(state__in=["waiting", "redaction_asked"]),
                name="one_copy_at_a_time_is_looked_at",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["served", "taken_back"]) ^ Q(served_at=None),
                name="a_served_copy_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["serves_at"], condition=Q(state="waiting"), name="serving_due")
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case_document.case.data_key_id

    @property
    def is_redacted(self) -> bool:
        return self.copy_id != self.case_document.document_id

    @property
    def is_waiting(self) -> bool:
        return self.state == ServingState.WAITING
