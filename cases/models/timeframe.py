import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.kinds import EventKind
from cases.models.party import Side
from cases.querysets import DeadlineQuerySet
from cases.ruleset import Length
from cases.timeframes import length_text
from sealing.fields import SealedTextField


class Deadline(models.Model):
    """One time frame of a case: opened by an event, due by the rule set, met by another event.

    `due_on` is computed from the rule, the pauses and the extensions; it is stored so that lists
    and sweeps can use an index. Passing it asks for a reason and never moves the case.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="deadlines")
    kind = models.CharField(max_length=40)
    owed_by = models.CharField(max_length=16)
    opened_on = models.DateField()
    opened_by_event = models.PositiveIntegerField()
    target_on = models.DateField()
    due_on = models.DateField()
    met_on = models.DateField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    overdue_reason = SealedTextField(blank=True)
    side = models.CharField(max_length=12, choices=Side.choices, blank=True)
    """The only side that learns of it; empty: both do."""

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "opened_by_event"], name="a_deadline_is_opened_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=Q(met_on=None, cancelled_on=None),
                name="deadline_open_due",
            ),
            models.Index(
                fields=["case"],
                condition=Q(met_on=None, kind="reprisal_answer"),
                name="deadline_pressure_open",
            ),
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id

    @property
    def is_open(self) -> bool:
        return self.met_on is None and self.cancelled_on is None


class PauseReason(models.TextChoices):
    TRANSLATION = "translation", _("Translation")
    PARALLEL_PROCEEDINGS = "parallel_proceedings", _("Another proceeding")
    PARTIES_TALK = "parties_talk", _("The parties talk with each other")
    SAFETY = "safety", _("Somebody's safety")
    INFORMATION = "information", _("Waiting for information")
    OTHER = "other", _("Another reason")


class Pause(models.Model):
    """The clock of a case stands still, visibly, with a reason and who was told."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="pauses")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=24, choices=PauseReason.choices)
    note = SealedTextField(blank=True)
    proceeding = models.ForeignKey(
        "cases.ParallelProceeding",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="pauses",
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(until=None), name="one_open_pause_per_case"
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class ExtensionUnit(models.TextChoices):
    MONTHS = "months", _("months")
    DAYS = "days", _("days")
    WORKING_DAYS = "working_days", _("working days")


class Extension(models.Model):
    """More time for one deadline, with a reason and a person. Where the rule set lengthened it,
    the reason is the kind of the event that did."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="extensions")
    length = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=12, choices=ExtensionUnit.choices)
    reason = SealedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "id"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.deadline.case.data_key_id

    @property
    def length_text(self) -> str:
        """How much more, as it is counted in the reader's language."""
        return length_text(Length(self.length, self.unit))

    @property
    def why(self) -> str:
        """The reason; what the rule set gave by itself is said in the reader's language."""
        is_event = self.reason in EventKind.values
        return str(EventKind(self.reason).label) if is_event else self.reason


class TimeRequest(models.Model):
    """A side asks for more time; an officer grants it, or refuses with a reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="time_requests")
    side = models.CharField(max_length=12, choices=Side.choices)
    wanted_on = models.DateField()
    reason = SealedTextField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    is_granted = models.BooleanField(null=True)
    answer = SealedTextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["deadline", "side"],
                condition=Q(decided_at=None),
                name="one_open_time_request_of_a_side",
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.deadline.case.data_key_id


class DeclaredDay(models.Model):
    """A day that the government declared working or free; it overrides the holidays package."""

    day = models.DateField(unique=True)
    is_working = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)


class ReferenceCounter(models.Model):
    """The last reference number given in a year; locked last, so that numbers have no gaps."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()
