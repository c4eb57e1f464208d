import secrets
import uuid
from typing import ClassVar, Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sealing import keys, signing


class Erased(Exception):
    """The key was destroyed: what it sealed is gone for good."""


class DataKey(models.Model):
    """A random 256-bit key, wrapped by the environment's key. Destroying it erases what it
    sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    destroyed_at = models.DateTimeField(null=True, editable=False)

    @classmethod
    def generate(cls) -> Self:
        """Make and store a new key."""
        return cls.objects.create(wrapped=keys.wrapping().encrypt(secrets.token_bytes(32)))

    def open(self) -> bytes:
        """Return the 32 bytes of the key.

        Raises:
            Erased: the key was destroyed.
        """
        if self.wrapped is None:
            raise Erased(_("This was erased."))
        return keys.wrapping().decrypt(bytes(self.wrapped))

    def destroy(self) -> None:
        """Forget the key; whatever it sealed can never be read again."""
        from sealing.fields import forget_key

        self.wrapped = None
        self.destroyed_at = timezone.now()
        self.save(update_fields=["wrapped", "destroyed_at"])
        forget_key(self.pk)


class KeyCheck(models.Model):
    """Fingerprints of the keys that this database was sealed with; says nothing of the keys."""

    name = models.CharField(max_length=20, primary_key=True)
    value = models.TextField()

    VARIABLES = {"index": "INDEX_KEY", "chain": "CHAIN_KEY", "codes": "CODE_PEPPER"}

    @classmethod
    @transaction.atomic
    def compare_or_record(cls) -> None:
        """See `sealing.keys.check_keys`."""
        recorded = dict(cls.objects.values_list("name", "value"))
        now = keys.fingerprint()
        if not recorded:
            now["sealing"] = keys.wrapping().encrypt(b"good offices").decode()
            KeyCheck.objects.bulk_create(KeyCheck(name=n, value=v) for n, v in now.items())
            return
        try:
            keys.wrapping().decrypt(recorded["sealing"].encode())
        except Exception as error:
            raise keys.WrongKey(
                "SEALING_KEYS does not open this database: it was sealed with another key. "
                "Nothing was changed. Put the right key back and start again."
            ) from error
        for name, variable in cls.VARIABLES.items():
            if recorded.get(name) != now[name]:
                raise keys.WrongKey(
                    f"{variable} is not the key that this database was made with. "
                    "Nothing was changed. Put the right key back and start again."
                )


class PublishedKey(models.Model):
    """A public key that receipts were signed with. Retired keys stay, so that old receipts
    verify."""

    public = models.CharField(max_length=60, primary_key=True)
    since = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)

    _known_published: ClassVar[set[str]] = set()

    @classmethod
    def ensure_published(cls) -> None:
        """Publish the key in use; asks the database only until this process saw it stored."""
        if signing.public_key() not in cls._known_published:
            cls.current()

    @classmethod
    def current(cls) -> Self:
        """Return the row of the key in use, publishing it (and retiring the one before) when
        it is new."""
        public = signing.public_key()
        row, made = cls.objects.get_or_create(public=public)
        transaction.on_commit(lambda: cls._known_published.add(public))
        if made:
            cls.objects.filter(retired_at=None).exclude(pk=public).update(retired_at=timezone.now())
        return row
