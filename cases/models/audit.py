import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sealing.fields import SealedTextField

_ONLY_AFTER_ERASURE = (
    "IF EXISTS (SELECT 1 FROM cases_erasure e WHERE e.case_id = OLD.case_id"
    " AND e.confirmed_at IS NOT NULL) THEN RETURN OLD; END IF; "
    "RAISE EXCEPTION 'what changed is kept until the case is erased';"
)


class StagedChange(models.Model):
    """What a trigger saw in a tracked table, until the event of the same transaction takes it.

    It is written by the database alone, so that no service, bulk statement or hand can forget it
    (`cases.tracking`); between transactions the table is empty but for what had no event.
    """

    case_id = models.UUIDField(db_index=True)
    model = models.CharField(max_length=60)
    row = models.CharField(max_length=64)
    before = models.JSONField()
    after = models.JSONField(null=True)  # None: the row was removed
    at = models.DateTimeField(db_default=Now())


class Change(models.Model):
    """One value that an event changed: before and after, sealed under the case's key.

    The chain holds only the keyed digest of all changes of an event (`cases.changes`), so that
    these rows can be erased and the history still holds.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="changes")
    event = models.ForeignKey("cases.CaseEvent", on_delete=models.PROTECT, related_name="changes")
    place = models.PositiveIntegerField()
    model = models.CharField(max_length=60)
    row = models.CharField(max_length=64)
    field = models.CharField(max_length=60)
    before = SealedTextField(blank=True)
    after = SealedTextField(blank=True)

    class Meta:
        ordering = ["event", "place"]
        constraints = [
            models.UniqueConstraint(fields=["event", "place"], name="one_change_per_place")
        ]
        triggers = [
            pgtrigger.Protect(name="changes_never_change", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="changes_stay_until_erasure",
                operation=pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_ONLY_AFTER_ERASURE,
            ),
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class ReadKind(models.TextChoices):
    IDENTITIES = "identities", _("Case with withheld names")
    CASE = "case", _("Case")
    SUBMISSION = "submission", _("Submission as it was sent")
    DOCUMENT = "document", _("Document")
    ORIGINAL = "original", _("Sealed original")
    MESSAGES = "messages", _("Messages")
    REPRISAL = "reprisal", _("Reports of pressure")
    HISTORY = "history", _("History with its values")
    REPLAY = "replay", _("File as it stood on a day")
    AUDIT = "audit", _("Masked record")
    AUDIT_TEXTS = "audit_texts", _("Masked record with its texts")


class Reading(models.Model):
    """Somebody read something confidential: one row per person, object and hour, no content.

    Rows are removed only when the log's own time is over (`cases/retention.toml`); the trigger
    keeps every row for a year whatever the rule says.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ReadKind.choices)
    item = models.CharField(max_length=40, blank=True)
    hour = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user", "kind", "item", "hour"], name="one_reading_an_hour"
            )
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="reading_newest"),
            models.Index(fields=["user", "-at", "-id"], name="reading_of_a_person"),
        ]
        triggers = [
            pgtrigger.Protect(name="readings_never_change", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="readings_stay_a_year",
                operation=pgtrigger.Delete,
                when=pgtrigger.Before,
                func=(
                    "IF OLD.at < now() - interval '365 days' THEN RETURN OLD; END IF; "
                    "RAISE EXCEPTION 'who read what is kept';"
                ),
            ),
        ]


class AuditPermission(models.Model):
    """An auditor asks to read the texts of a case, names masked; somebody of the NCP allows it
    for a time or refuses."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="audit_permissions"
    )
    auditor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = SealedTextField()
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    is_granted = models.BooleanField(null=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "auditor"],
                condition=Q(decided_at=None),
                name="one_open_audit_request",
            ),
            models.CheckConstraint(
                condition=~Q(is_granted=True) | Q(until__isnull=False),
                name="audit_permission_has_an_end",
            ),
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class HistoryCheck(models.Model):
    """One run through all histories: how far it is and what does not hold. Ids and numbers only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    total = models.PositiveIntegerField(default=0)
    checked = models.PositiveIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0)
    last_case = models.UUIDField(null=True)
    faults = models.JSONField(default=list)
    claimed_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            # A second click joins the run that is under way.
            models.UniqueConstraint(
                models.ExpressionWrapper(Q(finished_at=None), models.BooleanField()),
                condition=Q(finished_at=None),
                name="one_history_check_at_a_time",
            )
        ]
