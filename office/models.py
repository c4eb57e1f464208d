import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone


class OfficeVersion(models.Model):
    """What the NCP says of itself, from one change to the next. The newest row is in force."""

    number = models.PositiveIntegerField(unique=True)
    names = models.JSONField(default=dict)  # language -> name
    addresses = models.JSONField(default=dict)  # language -> postal address
    hours = models.JSONField(default=dict)  # language -> when somebody is there
    legal_bases = models.JSONField(default=dict)  # language -> on which law the office rests
    email = models.EmailField()
    phone = models.CharField(max_length=60, blank=True)
    colours = models.JSONField(default=dict)  # token -> #rrggbb
    logo = models.BinaryField(blank=True, default=b"")  # PNG drawn anew by `office.logo`
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-number",)
        triggers = [
            pgtrigger.Protect(name="office_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.number)
