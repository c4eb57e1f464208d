import uuid
from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField, FSMModelMixin, transition

from cases import permissions
from cases.querysets import CaseQuerySet
from cases.workflow import (
    EARLY_OUTCOMES,
    NEXT_STEP,
    NOTHING_FOLLOWS,
    OPEN_STATES,
    NotRegisteredReason,
    Outcome,
    State,
    allowed_pairs,
)
from sealing.fields import SealedTextField


def new_receipt_id() -> str:
    """Return a random receipt id: neither order, date nor volume can be read from it."""
    import secrets

    alphabet = "ABCDEFGHJKLMNPQRSTVWXYZ23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


class Channel(models.TextChoices):
    WEB = "web", _("Web form")
    POST = "post", _("Post")
    EMAIL = "email", _("E-mail")
    TELEPHONE = "telephone", _("Telephone")
    IN_PERSON = "in_person", _("In person")
    IMPORTED = "imported", _("Imported record")


class Case(FSMModelMixin, models.Model):
    """A specific instance, from the moment that a submission is received."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    receipt_id = models.CharField(max_length=24, unique=True, default=new_receipt_id)
    reference = models.CharField(max_length=24, unique=True, null=True, blank=True)
    source_key = models.CharField(max_length=200, unique=True, null=True, blank=True)
    title = models.CharField(_("title"), max_length=300)
    state = FSMField(
        _("state"), max_length=24, default=State.RECEIVED, choices=State.choices, protected=True
    )
    outcome = models.CharField(max_length=24, choices=Outcome.choices, blank=True)
    not_registered_reason = models.CharField(
        max_length=20, choices=NotRegisteredReason.choices, blank=True
    )
    rule_set = models.CharField(max_length=40)
    language = models.CharField(max_length=8, default="en")
    channel = models.CharField(max_length=12, choices=Channel.choices, default=Channel.WEB)
    is_archived = models.BooleanField(default=False)
    reprisal_risk = models.BooleanField(default=False)
    sector = models.CharField(_("sector"), max_length=1, blank=True)  # a section of ISIC Rev. 4
    data_key = models.ForeignKey("sealing.DataKey", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    received_at = models.DateTimeField(default=timezone.now)
    registered_at = models.DateTimeField(null=True, blank=True)
    served_at = models.DateTimeField(null=True, blank=True)
    assessment_concluded_at = models.DateTimeField(null=True, blank=True)
    good_offices_concluded_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    follow_up_on = models.DateField(null=True, blank=True)

    next_due_on = models.DateField(null=True, blank=True)
    next_due_kind = models.CharField(max_length=40, blank=True)
    row_version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)
    history_length = models.PositiveIntegerField(default=0)
    history_head = models.CharField(max_length=64, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="case_newest_first"),
            models.Index(fields=["state", "-received_at", "-id"], name="case_state_newest"),
            models.Index(fields=["officer", "-received_at", "-id"], name="case_officer_newest"),
            models.Index(
                fields=["next_due_on", "id"],
                condition=Q(next_due_on__isnull=False),
                name="case_next_due",
            ),
            models.Index(
                # Cases that are over keep their last deadline, and there are more of them every
                # year: what is late and what comes this week is looked for among the open ones.
                fields=["officer", "next_due_on", "id"],
                condition=Q(next_due_on__isnull=False, state__in=sorted(OPEN_STATES)),
                name="open_case_officer_next_due",
            ),
            models.Index(
                fields=["sector", "-received_at", "-id"],
                condition=~Q(sector=""),
                name="case_sector_newest",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="state_follows_the_table",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("OLD.state IS DISTINCT FROM NEW.state"),
                declare=[],
                func=(
                    "IF (OLD.state, NEW.state) IN ("
                    + ", ".join(f"('{a}', '{b}')" for a, b in allowed_pairs())
                    + ") OR current_setting('good_offices.correction', true) = NEW.id::text"
                    " THEN RETURN NEW; END IF; "
                    "RAISE EXCEPTION 'a case cannot go from % to %', OLD.state, NEW.state;"
                ),
            )
        ]

    def __str__(self) -> str:
        return self.reference or self.receipt_id

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.data_key_id

    @property
    def is_served(self) -> bool:
        """Tell whether the enterprise was told: from then on the case ends with a statement."""
        return self.served_at is not None

    @property
    def is_over_for_good(self) -> bool:
        """Tell whether a case is closed and nobody looks at it again: no follow-up is planned."""
        return self.state == State.CLOSED and self.next_due_on is None

    @property
    def next_step(self) -> str:
        """Return one sentence that says what happens next."""
        if self.is_over_for_good:
            return NOTHING_FOLLOWS
        return NEXT_STEP[State(self.state)]

    # Transitions state the rule and touch this row alone; services do the rest.

    @transition(
        state,
        source=State.RECEIVED,
        target=State.INITIAL_ASSESSMENT,
        permission=permissions.may_register,
    )
    def register(self, *, at: datetime) -> None:
        self.registered_at = at

    @transition(
        state,
        source=State.RECEIVED,
        target=State.NOT_REGISTERED,
        permission=permissions.may_register,
    )
    def decline_registration(self, *, at: datetime, reason: str) -> None:
        self.not_registered_reason = NotRegisteredReason(reason)
        self.ended_at = at

    @transition(
        state,
        source=[State.RECEIVED, State.INITIAL_ASSESSMENT],
        target=State.WITHDRAWN,
        conditions=[lambda case: not case.is_served],
        permission=permissions.may_withdraw,
    )
    def withdraw_before_service(self, *, at: datetime) -> None:
        self.outcome = Outcome.WITHDRAWN
        self.ended_at = at

    @transition(
        state,
        source=State.INITIAL_ASSESSMENT,
        target=State.MEDIATION,
        permission=permissions.may_conclude_assessment,
    )
    def offer_good_offices(self, *, at: datetime) -> None:
        self.assessment_concluded_at = at

    @transition(
        state,
        source=State.INITIAL_ASSESSMENT,
        target=State.FINAL_STATEMENT,
        permission=permissions.may_conclude_assessment,
    )
    def decline_all_issues(self, *, at: datetime) -> None:
        self.assessment_concluded_at = self.ended_at = at
        self.outcome = Outcome.NOT_ACCEPTED

    @transition(
        state,
        source=State.MEDIATION,
        target=State.FINAL_STATEMENT,
        permission=permissions.may_run_procedure,
    )
    def conclude_good_offices(self, *, at: datetime, outcome: str) -> None:
        self.good_offices_concluded_at = self.ended_at = at
        self.outcome = Outcome(outcome)

    @transition(
        state,
        source=State.MEDIATION,
        target=State.EXAMINATION,
        permission=permissions.may_run_procedure,
    )
    def begin_examination(self, *, at: datetime, outcome: str) -> None:
        self.good_offices_concluded_at = at
        self.outcome = Outcome(outcome)

    @transition(
        state,
        source=State.EXAMINATION,
        target=State.MEDIATION,
        permission=permissions.may_run_procedure,
    )
    def resume_good_offices(self) -> None:
        self.good_offices_concluded_at = None
        self.outcome = ""

    @transition(
        state,
        source=State.EXAMINATION,
        target=State.FINAL_STATEMENT,
        permission=permissions.may_run_procedure,
    )
    def conclude_examination(self, *, at: datetime) -> None:
        self.ended_at = at

    @transition(
        state,
        source=[State.INITIAL_ASSESSMENT, State.MEDIATION, State.EXAMINATION],
        target=State.FINAL_STATEMENT,
        conditions=[lambda case: case.is_served],
        permission=permissions.may_end_early,
    )
    def end_early(self, *, at: datetime, outcome: str) -> None:
        if outcome not in EARLY_OUTCOMES:
            raise ValueError(outcome)
        self.outcome = Outcome(outcome)
        self.ended_at = at

    @transition(
        state,
        source=State.FINAL_STATEMENT,
        target=State.HELD_FOR_REVIEW,
        permission=permissions.may_run_procedure,
    )
    def hold_for_review(self) -> None: ...

    @transition(
        state,
        source=State.HELD_FOR_REVIEW,
        target=State.FINAL_STATEMENT,
        permission=permissions.may_decide,
    )
    def reject_review(self) -> None: ...

    @transition(
        state,
        source=State.HELD_FOR_REVIEW,
        target=State.EXAMINATION,
        permission=permissions.may_decide,
    )
    def remit_to_examination(self) -> None:
        self.ended_at = None

    @transition(
        state,
        source=State.HELD_FOR_REVIEW,
        target=State.INITIAL_ASSESSMENT,
        permission=permissions.may_decide,
    )
    def remit_to_assessment(self) -> None:
        self.ended_at = self.assessment_concluded_at = None
        self.outcome = ""

    @transition(
        state,
        source=State.FINAL_STATEMENT,
        target=State.CLOSED,
        permission=permissions.may_publish,
    )
    def close(self, *, at: datetime) -> None:
        self.closed_at = at

    @transition(
        state,
        source=State.CLOSED,
        target=State.FOLLOW_UP,
        permission=permissions.may_run_procedure,
    )
    def begin_follow_up(self) -> None: ...

    @transition(
        state,
        source=State.FOLLOW_UP,
        target=State.FINAL_STATEMENT,
        permission=permissions.may_run_procedure,
    )
    def conclude_follow_up(self) -> None: ...

    @transition(
        state,
        source=[state for state in State if state != State.RECEIVED],
        target=RETURN_VALUE(*State),
    )
    def take_back(self, to_state: str) -> State:
        """Go back to the state before: `services.correction` alone calls it, for two persons."""
        to = State(to_state)
        if to == State.RECEIVED:
            self.registered_at = None
            self.not_registered_reason = ""
        if to in (State.RECEIVED, State.INITIAL_ASSESSMENT):
            self.assessment_concluded_at = None
        if to in OPEN_STATES - {State.FINAL_STATEMENT, State.HELD_FOR_REVIEW}:
            self.outcome = ""
            self.ended_at = None
        if to == State.MEDIATION:
            self.good_offices_concluded_at = None
        return to


class Submission(models.Model):
    """What was filed, sealed as it was sent. It is never changed; corrections are new messages."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="submission")
    content = SealedTextField()
    digest = models.CharField(max_length=64)
    signature = models.TextField()
    public_key = models.CharField(max_length=60)
    privacy_notice_version = models.CharField(max_length=20)
    idempotency_key = models.UUIDField(unique=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    sealed_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="sealed_as_sent", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id
