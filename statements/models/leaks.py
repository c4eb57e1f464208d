import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sealing.fields import SealedTextField
from statements.models.statement import Version


class LeakKind(models.TextChoices):
    NAME = "name", _("Name of a person who is to be withheld")
    PRINCIPAL = "principal", _("Name of somebody who is represented")
    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Telephone number")
    ADDRESS = "address", _("Address")


class LeakFinding(models.Model):
    """A place in a version that may tell who somebody is. It is taken out, or kept with a reason.

    `fingerprint` is the same for the same words about the same person, so that a reason once
    given holds for the versions that follow.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=12, choices=LeakKind.choices)
    fingerprint = models.CharField(max_length=40)
    found = SealedTextField()
    context = SealedTextField()
    overridden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    overridden_at = models.DateTimeField(null=True, blank=True)
    reason = SealedTextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "fingerprint"], name="a_place_is_found_once")
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.version.statement.case.data_key_id

    @property
    def is_settled(self) -> bool:
        return self.overridden_at is not None
