"""What the NCP's people write to each other about a case: notes, and tasks with a day."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.querysets import NoteQuerySet, TaskQuerySet
from sealing.fields import SealedTextField

EDITABLE_FOR = timedelta(hours=24)
"""How long its author may change a note. Every earlier wording is kept."""


class Note(models.Model):
    """An internal note: never shown to parties, mediators or other NCPs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = SealedTextField()
    for_named_officers = models.BooleanField(default=False)
    """Only the officers named on the case read it: the place for withheld names."""
    written_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True, blank=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "id"]
        indexes = [models.Index(fields=["case", "-written_at", "-id"], name="note_newest_first")]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class NoteVersion(models.Model):
    """An earlier wording of a note, with the moment at which it was replaced."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="versions")
    text = SealedTextField()
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["replaced_at", "id"]
        triggers = [
            pgtrigger.Protect(name="wording_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.note.case.data_key_id


class NoteMention(models.Model):
    """Somebody whom a note names, and who was told of it."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "person"], name="a_person_is_mentioned_once")
        ]


class Task(models.Model):
    """Something that a person of the NCP is to do for a case by a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="tasks")
    text = SealedTextField(_("what is to be done"))
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField()
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "given_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="a_task_done_says_by_whom",
            )
        ]
        indexes = [
            models.Index(
                fields=["assignee", "due_on", "id"], condition=Q(done_at=None), name="task_open"
            ),
            models.Index(fields=["due_on", "id"], condition=Q(done_at=None), name="task_due"),
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id

    @property
    def is_done(self) -> bool:
        return self.done_at is not None
