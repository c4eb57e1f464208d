from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.party import Side


class DossierAudience(models.TextChoices):
    """For whom a dossier is made: whoever holds it reads no more than this audience may."""

    NAMED_OFFICER = "named_officer", _("Officers named on the case, with all names")
    NCP = "ncp", _("The NCP, with pseudonyms for withheld names")
    COMPLAINANT = "complainant", _("The complainant's side")
    RESPONDENT = "respondent", _("The enterprise's side")
    MEDIATOR = "mediator", _("The mediator")
    PUBLIC = "public", _("The public file")


class Dossier(models.Model):
    """The file of a case as one PDF, as one audience may read it on a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="dossiers")
    audience = models.CharField(max_length=16, choices=DossierAudience.choices)
    language = models.CharField(max_length=8)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    history_length = models.PositiveIntegerField()
    """How many entries the history had: what came later does not stand in it."""
    document = models.ForeignKey(
        "documents.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    served_as = models.ForeignKey(
        "cases.CaseDocument", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(made_at=None) | Q(document__isnull=False),
                name="a_dossier_that_is_made_has_its_file",
            )
        ]

    @property
    def side(self) -> str:
        """Return the side that this dossier may be served on, or ""."""
        return self.audience if self.audience in Side.values else ""
