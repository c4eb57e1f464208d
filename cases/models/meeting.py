"""The NCP as a body that decides: who has a seat, its meetings, their protocols."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.querysets import MeetingQuerySet, TermQuerySet
from sealing.fields import SealedTextField


class SeatFunction(models.TextChoices):
    CHAIR = "chair", _("Chair")
    ALTERNATE = "alternate", _("Alternate")


class Seat(models.Model):
    """What somebody is among the members, beside being one: the chair, or somebody's alternate."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats"
    )
    function = models.CharField(max_length=10, choices=SeatFunction.choices)
    stands_in_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="alternates",
    )
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["function"], condition=Q(function="chair", until=None), name="one_chair"
            ),
            models.UniqueConstraint(
                fields=["stands_in_for"],
                condition=Q(function="alternate", until=None),
                name="one_alternate_of_a_member",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(function="alternate", until=None),
                name="alternate_of_one_member",
            ),
            models.CheckConstraint(
                condition=Q(function="chair") ^ Q(stands_in_for__isnull=False),
                name="an_alternate_stands_in_for_somebody",
            ),
        ]


class Absence(models.Model):
    """A member who cannot vote on one proposal; the alternate may, where there is one."""

    decision = models.ForeignKey(
        "cases.Decision", on_delete=models.PROTECT, related_name="absences"
    )
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "member"],
                condition=Q(ended_at=None),
                name="one_standing_absence",
            )
        ]


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    SIGNED = "signed", _("Protocol signed")
    CALLED_OFF = "called_off", _("Called off")


class Meeting(models.Model):
    """A meeting of the members: its agenda, who was there, its protocol."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    data_key = models.ForeignKey("sealing.DataKey", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED
    )
    begins_at = models.DateTimeField()
    place = SealedTextField(blank=True)
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    secretary = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    called_at = models.DateTimeField(null=True, blank=True)
    protocol = SealedTextField(blank=True)
    row_version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-begins_at", "-id"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.data_key_id


class Presence(models.TextChoices):
    PRESENT = "present", _("Present")
    EXCUSED = "excused", _("Excused")
    ABSENT = "absent", _("Absent")


class Attendance(models.Model):
    """Whether a member (or an alternate) was at a meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    presence = models.CharField(max_length=8, choices=Presence.choices)
    in_place_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="one_attendance_of_a_person")
        ]


class AgendaItem(models.Model):
    """A point of the agenda: a case, a proposal on a case, or anything else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    case = models.ForeignKey(
        "cases.Case", null=True, blank=True, on_delete=models.PROTECT, related_name="agenda_items"
    )
    decision = models.ForeignKey(
        "cases.Decision",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agenda_items",
    )
    title = SealedTextField(blank=True)
    protocol = SealedTextField(blank=True)
    """What was said and decided. Of a case: under the case's key, so that it goes with it."""

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision=None) | Q(case__isnull=False), name="a_decision_has_its_case"
            ),
            models.UniqueConstraint(
                fields=["meeting", "case"],
                condition=Q(case__isnull=False),
                name="a_case_stands_once_on_an_agenda",
            ),
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id if self.case else self.meeting.data_key_id


class Capacity(models.TextChoices):
    CHAIR = "chair", _("Chair")
    SECRETARY = "secretary", _("Secretary")


class ProtocolSignature(models.Model):
    """One of the two confirms the protocol as it stands; the system signs its digest."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="signatures")
    capacity = models.CharField(max_length=10, choices=Capacity.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    digest = models.CharField(max_length=64)
    signature = models.TextField()
    public_key = models.CharField(max_length=60)

    class Meta:
        ordering = ["at", "id"]
        triggers = [
            pgtrigger.Protect(name="signed_once", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
