import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
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

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="open"), name="one_open_decision_per_case"
            )
        ]


class IssueDecision(models.Model):
    """What a decision says of one issue, with the reasons."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="on_issues")
    issue = models.ForeignKey("cases.Issue", on_delete=models.PROTECT, related_name="decisions")
    accepted = models.BooleanField()
    reasons = SealedTextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "issue"], name="one_decision_per_issue")
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.decision.case.data_key_id


class Ballot(models.TextChoices):
    FOR = "for", _("For")
    AGAINST = "against", _("Against")
    ABSTAIN = "abstain", _("Abstain")


class Vote(models.Model):
    """One member's ballot on a proposal."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="votes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ballot = models.CharField(max_length=8, choices=Ballot.choices)
    explanation = SealedTextField(blank=True)
    cast_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "member"], name="one_vote_per_member")
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
        constraints = [models.UniqueConstraint(fields=["case", "side"], name="one_reply_per_side")]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id
