import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.proceeding import Prejudice, Stage
from cases.workflow import Outcome
from sealing.fields import SealedTextField


class IssueDecisionState(models.TextChoices):
    UNDECIDED = "", _("Not decided yet")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Not accepted")


class KeptField(models.TextChoices):
    """A part of an issue that its complainant keeps from somebody."""

    PLACE_FROM_RESPONDENT = "respondent.place", _("The place, from the enterprise")
    DAYS_FROM_RESPONDENT = "respondent.days", _("The days, from the enterprise")
    PLACE_FROM_MEDIATOR = "mediator.place", _("The place, from the mediator")
    DAYS_FROM_MEDIATOR = "mediator.days", _("The days, from the mediator")


class Issue(models.Model):
    """One thing complained of: the unit of assessment, decision and outcome."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="issues")
    number = models.PositiveSmallIntegerField()
    title = SealedTextField()
    description = SealedTextField()
    place = SealedTextField(blank=True)
    country = models.CharField(max_length=2, blank=True)
    started = models.CharField(max_length=10, blank=True)  # YYYY, YYYY-MM or YYYY-MM-DD
    ended = models.CharField(max_length=10, blank=True)
    is_ongoing = models.BooleanField(default=False)
    is_approximate = models.BooleanField(default=False)
    kept = models.JSONField(default=list, blank=True)
    """Values of `KeptField`."""
    accepted = models.BooleanField(null=True)
    outcome = models.CharField(max_length=24, choices=Outcome.choices, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_issue_per_number")
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class Finding(models.TextChoices):
    OBSERVED = "observed", _("Observed")
    NOT_OBSERVED = "not_observed", _("Not observed")
    NOT_EXAMINED = "not_examined", _("Not examined")


class IssueProvision(models.Model):
    """A provision of a named edition of the Guidelines that an issue cites."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="provisions")
    edition = models.CharField(max_length=4)
    chapter = models.CharField(max_length=5)
    section = models.CharField(max_length=2, blank=True)
    paragraph = models.CharField(max_length=4, blank=True)
    letter = models.CharField(max_length=2, blank=True)
    finding = models.CharField(max_length=12, choices=Finding.choices, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "edition", "chapter", "section", "paragraph", "letter"],
                name="a_provision_is_cited_once",
            )
        ]

    def __str__(self) -> str:
        return ".".join(
            part for part in (self.chapter, self.section, self.paragraph, self.letter) if part
        )


class ParallelProceeding(models.Model):
    """Another proceeding about the same matter: a court, a labour inspectorate, another NCP."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="proceedings")
    forum = SealedTextField()
    reference = SealedTextField(blank=True)
    status = SealedTextField(blank=True)
    parties = SealedTextField(blank=True)
    stage = models.CharField(max_length=12, choices=Stage.choices, blank=True)
    prejudice = models.CharField(max_length=8, choices=Prejudice.choices, blank=True)
    prejudice_reason = SealedTextField(blank=True)
    next_check_on = models.DateField(null=True, blank=True)
    deadline = models.OneToOneField(
        "cases.Deadline", null=True, blank=True, on_delete=models.PROTECT, related_name="proceeding"
    )
    """The next check; the clock of the case may stand while it runs."""
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Empty where a complainant named it in the form."""

    class Meta:
        ordering = ["id"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class LinkKind(models.TextChoices):
    RELATED = "related", _("Related case")
    SPLIT_FROM = "split_from", _("Split from")
    JOINED_TO = "joined_to", _("Joined to")


class CaseLink(models.Model):
    """A tie between two cases."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=LinkKind.choices)
