import uuid
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from cases.models.party import Side
from cases.workflow import Outcome
from mediation import permissions
from mediation.querysets import (
    BodyMemberQuerySet,
    BodyQuerySet,
    ReferralQuerySet,
    RoomQuerySet,
    SessionQuerySet,
)
from mediation.workflow import LIVE_STATES, ReferralState
from sealing.fields import SealedTextField

S = ReferralState


class MediationBody(models.Model):
    """An organisation outside the NCP that appoints mediators."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    about = models.TextField(_("about the body"), blank=True)
    is_active = models.BooleanField(_("cases may be referred to it"), default=True)
    row_version = models.PositiveIntegerField(default=1)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "mediation bodies"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BodyRole(models.TextChoices):
    COORDINATOR = "coordinator", _("Coordinator")
    MEDIATOR = "mediator", _("Mediator")


class BodyMember(models.Model):
    """Somebody who coordinates for a body, or mediates for it, from when until when."""

    body = models.ForeignKey(MediationBody, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="body_memberships"
    )
    role = models.CharField(max_length=11, choices=BodyRole.choices)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = BodyMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "user", "role"],
                condition=Q(until=None),
                name="one_open_membership_of_a_kind",
            )
        ]


class Mediator(models.Model):
    """What a coordinator should know of a mediator before appointing them."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.PROTECT,
        related_name="mediator_profile",
    )
    languages = models.CharField(_("languages"), max_length=200, blank=True)
    expertise = models.TextField(_("expertise"), blank=True)
    countries = models.CharField(_("countries"), max_length=200, blank=True)


class Referral(FSMModelMixin, models.Model):
    """A case in good offices, handed to a mediation body or, inside, to somebody of the NCP."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="referrals")
    body = models.ForeignKey(
        MediationBody, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals"
    )
    state = FSMField(max_length=9, default=S.PROPOSED, choices=S.choices, protected=True)
    issues = models.ManyToManyField("cases.Issue", related_name="referrals")
    note = SealedTextField(blank=True)  # to the body, from the officer
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=timezone.now)
    expires_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = SealedTextField(blank=True)  # why it was declined or taken back
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    row_version = models.PositiveIntegerField(default=1)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state__in=LIVE_STATES),
                name="one_live_referral_per_case",
            )
        ]
        indexes = [models.Index(fields=["body", "-proposed_at", "-id"], name="referral_newest")]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def awaits_answer(self) -> bool:
        """Tell whether the body has not said yet whether it takes the case."""
        return self.state == S.PROPOSED

    @property
    def tag(self) -> str:
        """Return how the state is shown: ok, soon or neutral."""
        if self.state == S.CONCLUDED:
            return "ok"
        return "soon" if self.is_live else "neutral"

    def is_expired(self, *, on: date) -> bool:
        """Tell whether the body let the time for its answer pass."""
        return self.state == S.PROPOSED and self.expires_on is not None and self.expires_on < on

    @transition(state, source=S.PROPOSED, target=S.ACCEPTED, permission=permissions.may_answer)
    def accept(self, *, at: datetime) -> None:
        self.answered_at = at

    @transition(state, source=S.PROPOSED, target=S.DECLINED, permission=permissions.may_answer)
    def decline(self, *, at: datetime, reason: str) -> None:
        self.answered_at = self.ended_at = at
        self.reason = reason

    @transition(state, source=S.ACCEPTED, target=S.CONSENTED)
    def consents_complete(self) -> None:
        """Both sides agree to the mediators as they are appointed now."""

    @transition(state, source=[S.CONSENTED, S.ACTIVE], target=S.ACCEPTED)
    def reopen(self) -> None:
        """The mediators changed or a side took its consent back: consents are needed anew."""

    @transition(state, source=S.CONSENTED, target=S.ACTIVE, permission=permissions.mediates)
    def start(self, *, at: datetime) -> None:
        self.started_at = self.started_at or at

    @transition(
        state,
        source=[S.ACCEPTED, S.CONSENTED, S.ACTIVE],
        target=S.CONCLUDED,
        permission=permissions.mediates,
    )
    def conclude(self, *, at: datetime) -> None:
        self.ended_at = at

    @transition(
        state,
        source=[S.PROPOSED, S.ACCEPTED, S.CONSENTED, S.ACTIVE],
        target=S.REVOKED,
        permission=permissions.runs_it,
    )
    def revoke(self, *, at: datetime, reason: str) -> None:
        self.ended_at = at
        self.reason = reason


class Appointment(models.Model):
    """A mediator of a referral, who declares on conflicts of interest before anything else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="appointments")
    mediator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments"
    )
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    appointed_at = models.DateTimeField(default=timezone.now)
    declared_at = models.DateTimeField(null=True, blank=True)
    has_conflict = models.BooleanField(null=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "mediator"],
                condition=Q(released_at=None),
                name="a_mediator_is_appointed_once",
            )
        ]

    @property
    def is_declared(self) -> bool:
        """Tell whether the mediator declared that there is no conflict of interest."""
        return self.declared_at is not None and self.has_conflict is False


class Consent(models.Model):
    """What one side says to the mediators; a change of mediators sets it aside."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="consents")
    side = models.CharField(max_length=12, choices=Side.choices)
    agrees = models.BooleanField()
    given_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "side"],
                condition=Q(superseded_at=None),
                name="one_standing_consent_per_side",
            )
        ]


class SessionKind(models.TextChoices):
    JOINT = "joint", _("Joint: both sides together")
    CAUCUS = "caucus", _("Separate: with one side")


class Session(models.Model):
    """A meeting. Its day and kind are process facts; who came and what was said stay inside."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="sessions")
    kind = models.CharField(max_length=6, choices=SessionKind.choices)
    side = models.CharField(max_length=12, choices=Side.choices, blank=True)
    held_on = models.DateField()
    for_complainant = SealedTextField(blank=True)
    complainant_had_authority = models.BooleanField(default=False)
    for_respondent = SealedTextField(blank=True)
    respondent_had_authority = models.BooleanField(default=False)
    others = SealedTextField(blank=True)
    agenda_agreed = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["held_on", "recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="joint", side="") | Q(kind="caucus") & ~Q(side=""),
                name="a_separate_session_names_its_side",
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.referral.case.data_key_id


class RoomAudience(models.TextChoices):
    JOINT = "joint", _("Both sides and the mediator")
    CAUCUS = "caucus", _("One side and the mediator")
    MEDIATOR = "mediator", _("The mediator alone")


class _InRoom(models.Model):
    """A row of the room: who reads it is said by `audience`, and `side` for what is of one side."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    audience = models.CharField(max_length=8, choices=RoomAudience.choices)
    side = models.CharField(max_length=12, choices=Side.choices, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    said_as = models.CharField(max_length=12)  # mediator, complainant or respondent
    at = models.DateTimeField(default=timezone.now)

    objects = RoomQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience="caucus") & ~Q(side="") | ~Q(audience="caucus") & Q(side=""),
                name="%(class)s_of_one_side_names_it",
            )
        ]


class RoomNote(_InRoom):
    """Something said in the room."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="notes")
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.PROTECT, related_name="notes"
    )
    text = SealedTextField()

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.referral.case.data_key_id


class RoomDocument(_InRoom):
    """A file of the room. It is no document of the case: the NCP does not have it."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="room_documents")
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    title = SealedTextField()

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.referral.case.data_key_id


class MediationOutcome(models.Model):
    """What came of it: besides process facts the one thing that leaves the room."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="result")
    outcome = models.CharField(max_length=24, choices=Outcome.choices)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reported_at = models.DateTimeField(default=timezone.now)


class IssueOutcome(models.Model):
    """What came of one issue."""

    result = models.ForeignKey(MediationOutcome, on_delete=models.PROTECT, related_name="on_issues")
    issue = models.ForeignKey("cases.Issue", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=24, choices=Outcome.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result", "issue"], name="one_outcome_per_issue")
        ]
