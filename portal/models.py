import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from sealing.fields import EncryptedTextField


class LinkRequest(models.Model):
    """Somebody asked for a sign-in link by e-mail; it waits for the worker.

    Whether the address belongs to anybody is found out by the worker, so that the answer in the
    browser takes the same time and says the same for every address.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    address = EncryptedTextField()
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)


class OwnAddress(models.Model):
    """An e-mail address that somebody entered themselves while signed in with a code.

    The address of an enterprise was typed by the complainant: it opens nothing before somebody
    who had the formal letter confirmed it.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    email_index = models.CharField(max_length=40, db_index=True)
    set_at = models.DateTimeField(default=timezone.now)


class Sent(models.Model):
    """A form that was sent: a second click on the same page sends nothing twice."""

    token = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now, db_index=True)
