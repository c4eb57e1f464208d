import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.party import Side
from sealing.fields import SealedTextField


class Freely(models.TextChoices):
    """Whether somebody withdrew of their own free will."""

    YES = "yes", _("Yes, of their own free will")
    PRESSED = "pressed", _("No, they were put under pressure")
    NOT_ASKED = "not_asked", _("It could not be asked")


class CameBy(models.TextChoices):
    PORTAL = "portal", _("In the case, with the access code")
    LETTER = "letter", _("By letter or e-mail")
    TELEPHONE = "telephone", _("By telephone")
    IN_PERSON = "in_person", _("In person")


class Withdrawal(models.Model):
    """How a complaint was withdrawn, and whether that was free. The officers named on the case
    alone read it; the other side learns that it was withdrawn and nothing else."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="withdrawals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    came_by = models.CharField(max_length=10, choices=CameBy.choices)
    freely = models.CharField(max_length=10, choices=Freely.choices)
    check_note = SealedTextField(blank=True)
    """How it was made sure that the decision was free, by a way that is safe for the person."""

    class Meta:
        ordering = ["at"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class LapseNotice(models.Model):
    """The last word to a complainant who no longer answers: by this day, or the case ends."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="lapse_notices")
    text = SealedTextField()
    deadline = models.OneToOneField(
        "cases.Deadline", on_delete=models.PROTECT, related_name="lapse_notice"
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(default=timezone.now)
    tried = SealedTextField()
    """Which ways were tried to reach the complainant before."""
    answer = SealedTextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(answered_at=None, lapsed_at=None),
                name="one_lapse_notice_at_a_time",
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.lapsed_at is None


class Settlement(models.Model):
    """One side, or an officer for it, says that the parties settled without the NCP. Both
    confirm; the terms stay with them unless they give them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="settlements")
    settled_on = models.DateField()
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reported_side = models.CharField(max_length=12, choices=Side.choices)
    reported_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["reported_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(withdrawn_at=None),
                name="one_settlement_at_a_time",
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class SettlementAnswer(models.Model):
    """What one side says: settled, and on this day; or not so. The latest of a side counts."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="answers")
    side = models.CharField(max_length=12, choices=Side.choices)
    confirms = models.BooleanField()
    note = SealedTextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.settlement.case.data_key_id


class Ceasing(models.Model):
    """An enterprise that ceased to exist: since when, how that is known, who came after it."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="ceasings")
    party = models.ForeignKey("cases.Party", on_delete=models.PROTECT, related_name="+")
    ceased_on = models.DateField()
    proof = SealedTextField()
    successor = SealedTextField(blank=True)
    heard = SealedTextField()
    """What the complainant and, where there is one, the successor said to it."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class ReviewWindow(models.Model):
    """Until when a side may ask for a review of the procedure, where the rule set has it."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="review_windows")
    statement = models.UUIDField()
    opened_at = models.DateTimeField(default=timezone.now)
    last_on = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(closed_at=None), name="one_review_window_at_a_time"
            )
        ]


class ReviewResult(models.TextChoices):
    REJECTED = "rejected", _("The procedure was followed: on to publication")
    MINOR = "minor", _("A minor fault that changed nothing: on to publication, with a note")
    EXAMINATION = "examination", _("Back to the examination")
    ASSESSMENT = "assessment", _("Back to the initial assessment")


class ReviewRequest(models.Model):
    """A side asks, before publication, whether the rules of procedure were kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="reviews")
    side = models.CharField(max_length=12, choices=Side.choices)
    grounds = SealedTextField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    held_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=12, choices=ReviewResult.choices, blank=True)
    reasons = SealedTextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "side"],
                condition=Q(decided_at=None),
                name="one_open_review_request_of_a_side",
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id
