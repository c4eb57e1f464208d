import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.models.party import Side
from sealing.fields import SealedTextField


class CriterionFinding(models.TextChoices):
    MET = "met", _("Met")
    PARTLY_MET = "partly_met", _("Partly met")
    NOT_MET = "not_met", _("Not met")
    NOT_APPLICABLE = "not_applicable", _("Does not apply")


class Assessment(models.Model):
    """The answer to one criterion of the rule set, for one issue."""

    issue = models.ForeignKey("cases.Issue", on_delete=models.PROTECT, related_name="assessments")
    criterion = models.CharField(max_length=40)
    finding = models.CharField(max_length=16, choices=CriterionFinding.choices)
    reasoning = SealedTextField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "criterion"], name="one_answer_per_criterion")
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.issue.case.data_key_id


class DecisionState(models.TextChoices):
    OPEN = "open", _("Waiting for the members")
    ADOPTED = "adopted", _("Adopted")
    REJECTED = "rejected", _("Not adopted")
    UNDONE = "undone", _("Adopted, then taken back")
    DROPPED = "dropped", _("Taken back")


class Decision(models.Model):
    """A proposal on all issues of a case and what became of it. Nobody approves their own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="decisions")
    decided_by_rule = models.CharField(max_length=8)  # one, two or vote
    quorum = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        max_length=8, choices=DecisionState.choices, default=DecisionState.OPEN
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    closes_on = models.DateField(null=True, blank=True)
    """In a written procedure the last day for ballots."""
    by_consensus = models.BooleanField(default=False)
    casting_vote_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """The chair, where their voice broke a tie."""

    class Meta:
        ordering = ["proposed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="open"), name="one_open_decision_per_case"
            )
        ]


class DecisionDrafter(models.Model):
    """Somebody who wrote on a proposal: nobody approves their own draft."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="drafters")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "user"], name="one_drafter_of_a_decision")
        ]


class IssueDecision(models.Model):
    """What a decision says of one issue, with the reasons."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="on_issues")
    issue = models.ForeignKey("cases.Issue", on_delete=models.PROTECT, related_name="decisions")
    accepted = models.BooleanField()
    scope = SealedTextField(blank=True)  # which part, where it is accepted in part
    reasons = SealedTextField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "issue"], name="one_decision_per_issue")
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.decision.case.data_key_id

    @property
    def in_full(self) -> str:
        """Return the reasons as everybody reads them, with the part that is accepted before."""
        if not self.scope:
            return self.reasons
        return (
            gettext("Accepted in part: %(scope)s") % {"scope": self.scope} + "\n\n" + self.reasons
        )


class Ballot(models.TextChoices):
    FOR = "for", _("For")
    AGAINST = "against", _("Against")
    ABSTAIN = "abstain", _("Abstain")


class Vote(models.Model):
    """One member's ballot on a proposal. It counts unless it was set aside."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="votes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ballot = models.CharField(max_length=8, choices=Ballot.choices)
    explanation = SealedTextField(blank=True)
    cast_at = models.DateTimeField(default=timezone.now)
    in_place_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """The member for whom an alternate voted."""
    dissent = SealedTextField(blank=True)
    dissent_is_public = models.BooleanField(default=False)
    set_aside_at = models.DateTimeField(null=True, blank=True)
    """When the voter turned out to have a conflict of interest."""

    class Meta:
        ordering = ["cast_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "member"], name="one_vote_per_member"),
            models.UniqueConstraint(
                fields=["decision", "in_place_of"],
                condition=Q(in_place_of__isnull=False, set_aside_at=None),
                name="one_alternate_votes_for_a_member",
            ),
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.decision.case.data_key_id


class GoodOfficesReply(models.Model):
    """What one side says to the offer of good offices."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="replies")
    side = models.CharField(max_length=12, choices=Side.choices)
    accepts = models.BooleanField()
    note = SealedTextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["side"]
        constraints = [models.UniqueConstraint(fields=["case", "side"], name="one_reply_per_side")]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id
