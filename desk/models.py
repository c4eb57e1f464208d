import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk.querysets import SavedViewQuerySet
from sealing.fields import EncryptedTextField


class SavedView(models.Model):
    """Filters, order and columns of the worklist under a name. It opens nothing: whoever uses it
    sees their own cases. What was typed may name people, so that name and query are encrypted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = EncryptedTextField(_("name"))
    query = EncryptedTextField()
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SavedViewQuerySet.as_manager()


class DefaultView(models.Model):
    """The saved view with which the list of cases opens for a person."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="default_view",
    )
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")


class ExportFormat(models.TextChoices):
    CSV = "csv", _("Text table (CSV)")
    XLSX = "xlsx", _("Workbook (XLSX)")


class Export(models.Model):
    """Somebody took a list of cases out of the system: who, when, which filter, how many.

    Of texts that were typed into the filter only that they were is kept: they may name people.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    format = models.CharField(max_length=4, choices=ExportFormat.choices)
    filters = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    cases = models.PositiveIntegerField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["user", "-at"], name="export_newest_of_user")]
        triggers = [
            pgtrigger.Protect(name="export_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(format__in=["csv", "xlsx"]), name="export_has_a_known_format"
            )
        ]
