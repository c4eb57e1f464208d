"""What a decision is prepared with: evidence, the words of both sides, the gist of what a side
cannot read, and the draft."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.party import Side
from sealing.fields import SealedTextField


class Source(models.Model):
    """A document or a message of the case, or neither: the submission itself."""

    case_document = models.ForeignKey(
        "cases.CaseDocument", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    message = models.ForeignKey(
        "cases.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True


class Evidence(Source):
    """What the answer to a criterion rests on, and where in it."""

    assessment = models.ForeignKey(
        "cases.Assessment", on_delete=models.CASCADE, related_name="evidence"
    )
    place = SealedTextField(blank=True)
    cited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    cited_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["cited_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(case_document=None) | Q(message=None), name="evidence_has_one_source"
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.assessment.issue.case.data_key_id


class Position(Source):
    """What a side says on an issue, in its own words."""

    issue = models.ForeignKey("cases.Issue", on_delete=models.PROTECT, related_name="positions")
    side = models.CharField(max_length=12, choices=Side.choices)
    quote = SealedTextField()
    place = SealedTextField(blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(case_document=None) | Q(message=None), name="position_has_one_source"
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.issue.case.data_key_id


class Gist(Source):
    """The substance of something that a side cannot read, told to it in a message."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="gists")
    side = models.CharField(max_length=12, choices=Side.choices)
    told_by_message = models.OneToOneField(
        "cases.Message", on_delete=models.PROTECT, related_name="gist"
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(case_document=None) ^ Q(message=None), name="gist_has_one_source"
            )
        ]


class DraftReasons(models.Model):
    """What the draft decision says of one issue. It counts a version, so that nobody's text is
    overwritten unseen."""

    issue = models.OneToOneField("cases.Issue", on_delete=models.PROTECT, related_name="draft")
    accepted = models.BooleanField(null=True)
    scope = SealedTextField(blank=True)
    reasons = SealedTextField(blank=True)
    row_version = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    edited_at = models.DateTimeField(default=timezone.now)

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.issue.case.data_key_id


class DraftEditor(models.Model):
    """Somebody who wrote on a draft: nobody approves their own draft."""

    draft = models.ForeignKey(DraftReasons, on_delete=models.CASCADE, related_name="editors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "user"], name="one_editor_of_a_draft")
        ]
