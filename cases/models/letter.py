"""Letters of the NCP: the wording that an administrator put in place of the supplied one, and
the letters that went to a side through the portal."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.party import Side


class LetterAudience(models.TextChoices):
    """To whom a letter goes: it decides which names and fields may stand in it."""

    COMPLAINANT = "complainant", _("Complainant")
    RESPONDENT = "respondent", _("Enterprise")
    OUTSIDE = "outside", _("Somebody outside the case")


class LetterTemplate(models.Model):
    """One wording of a letter. Rows are added and never changed: the newest counts, an empty
    body means the wording that is supplied with the system."""

    kind = models.CharField(max_length=40)
    audience = models.CharField(max_length=12, choices=LetterAudience.choices)
    language = models.CharField(max_length=8)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["kind", "audience", "language", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "audience", "language", "version"],
                name="one_wording_per_version",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="wording_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class PortalLetter(models.Model):
    """A letter that a side got as a message of the portal. Letters of one `pair` went to both
    sides in the same second."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="portal_letters")
    pair = models.UUIDField(default=uuid.uuid4, db_index=True)
    kind = models.CharField(max_length=40)
    side = models.CharField(max_length=12, choices=Side.choices)
    language = models.CharField(max_length=8)
    template_version = models.PositiveIntegerField(default=0)  # 0: as supplied
    message = models.OneToOneField("cases.Message", on_delete=models.PROTECT, related_name="letter")
    document = models.ForeignKey(
        "cases.CaseDocument", null=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["sent_at", "side"]
        constraints = [
            models.UniqueConstraint(fields=["pair", "side"], name="one_letter_of_a_pair")
        ]
