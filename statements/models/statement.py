import json
import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sealing.fields import SealedTextField
from statements.querysets import StatementQuerySet


class StatementKind(models.TextChoices):
    INITIAL_ASSESSMENT = "initial_assessment", _("Initial assessment")
    FINAL = "final", _("Final statement")
    FOLLOW_UP = "follow_up", _("Follow-up statement")
    PROGRESS = "progress", _("Progress update")


ENDS_THE_CASE = frozenset({StatementKind.FINAL, StatementKind.FOLLOW_UP})
"""Publishing one of these closes the case; the others report on a case that goes on."""


class Statement(models.Model):
    """A text that a case is to end or to be reported with, from its first draft to the register."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="statements")
    kind = models.CharField(max_length=20, choices=StatementKind.choices)
    number = models.PositiveSmallIntegerField(default=1)  # the second follow-up is number 2
    language = models.CharField(max_length=8)
    follow_up_on = models.DateField(null=True, blank=True)
    lessons = SealedTextField(blank=True)  # what the office learnt; it is never published
    correction_note = SealedTextField(blank=True)
    """Of a correction under way, as JSON by language; published with it."""
    row_version = models.PositiveIntegerField(default=1)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    begun_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    correcting_since = models.DateTimeField(null=True, blank=True)
    unpublished_at = models.DateTimeField(null=True, blank=True)
    unpublished_reason = SealedTextField(blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["begun_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(published_at=None, set_aside_at=None),
                name="one_statement_of_a_kind_at_work",
            ),
            models.UniqueConstraint(
                fields=["case", "kind", "number"],
                condition=Q(set_aside_at=None),
                name="one_statement_per_number",
            ),
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id

    @property
    def ends_the_case(self) -> bool:
        return self.kind in ENDS_THE_CASE

    @property
    def correction_notes(self) -> dict[str, str]:
        """Return by language what is corrected and why, "" for one that stands for every
        language: corrections that began earlier have one alone."""
        if not self.correction_note:
            return {}
        try:
            return dict(json.loads(self.correction_note))
        except (TypeError, ValueError):
            return {"": self.correction_note}

    def correction_note_in(self, language: str) -> str:
        """Return what readers of a language are told, "" where they never had an older text."""
        notes = self.correction_notes
        return notes.get(language, notes.get("", ""))

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_at_work(self) -> bool:
        """Tell whether its text may change: not published yet, or a correction is under way."""
        return self.set_aside_at is None and (
            self.published_at is None or self.correcting_since is not None
        )


class Version(models.Model):
    """One saved text in one language. It is never changed: saving makes the next one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="versions")
    language = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    title = SealedTextField()
    summary = SealedTextField(blank=True)
    text = SealedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["language", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "language", "number"], name="one_version_per_number"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="text_is_never_changed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.text IS DISTINCT FROM NEW.text OR OLD.title IS DISTINCT FROM NEW.title"
                    " OR OLD.summary IS DISTINCT FROM NEW.summary OR OLD.by_id <> NEW.by_id"
                ),
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.statement.case.data_key_id


class SignOff(models.Model):
    """A member of the NCP answers for exactly this version; a changed text needs a new sign-off."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="sign_offs")
    follow_up_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
