import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models.correspondence import CaseDocument
from cases.models.party import Party, Representation, Side
from sealing.fields import SealedTextField


class PassingScope(models.TextChoices):
    IDENTITY = "identity", _("The name and how to reach the person")
    MATERIAL = "material", _("The side's own documents and messages")


class PassingConsent(models.Model):
    """Somebody agreed that their name, or their side's material, goes to another NCP."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="passing_consents"
    )
    scope = models.CharField(max_length=8, choices=PassingScope.choices)
    side = models.CharField(max_length=12, choices=Side.choices)
    party = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    representation = models.ForeignKey(
        Representation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    country = models.CharField(max_length=2)
    given_on = models.DateField()
    how = SealedTextField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="material", party=None, representation=None)
                | Q(scope="identity", party__isnull=False, representation=None)
                | Q(scope="identity", party=None, representation__isnull=False),
                name="a_consent_says_whose_and_what",
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class Transfer(models.Model):
    """A package of a case that was made for another NCP. Its file lies sealed in the store."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="transfers")
    country = models.CharField(max_length=2)
    why = SealedTextField()
    manifest_digest = models.CharField(max_length=64)
    signature = models.TextField()
    size = models.PositiveBigIntegerField()
    ends_case = models.BooleanField(default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["made_at"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class TransferredDocument(models.Model):
    """The exact copy of a document that went into a package."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="documents")
    case_document = models.ForeignKey(
        CaseDocument, on_delete=models.PROTECT, related_name="transfers"
    )
    copy = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")


class TakenIn(models.Model):
    """A package of another NCP that became a case here; a second import finds this row."""

    package_id = models.UUIDField(primary_key=True)
    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="taken_in")
    country = models.CharField(max_length=2)
    manifest_digest = models.CharField(max_length=64)
    public_key = models.CharField(max_length=60)
    is_key_known = models.BooleanField()
    content = SealedTextField()
    """`case.json` of the package: where the case stood there, its dates, its links."""
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField(default=timezone.now)

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class IncomingKind(models.TextChoices):
    PACKAGE = "package", _("Package of another NCP")
    OPEN_CASES = "open_cases", _("Running cases")
    MAIL = "mail", _("E-mail")


class Incoming(models.Model):
    """A file that waits for an officer's word: looked at first, then taken in or thrown away.

    The file is sealed under a key of its own, which is destroyed with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=IncomingKind.choices)
    data_key = models.ForeignKey("sealing.DataKey", on_delete=models.PROTECT, related_name="+")
    name = SealedTextField()
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    brought_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    result = models.JSONField(default=dict)  # numbers and ids only

    class Meta:
        ordering = ["-brought_at"]
        indexes = [
            models.Index(
                fields=["kind", "-brought_at"],
                condition=Q(settled_at=None),
                name="incoming_waiting",
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.data_key_id

    @property
    def path(self) -> str:
        return f"incoming/{self.pk.hex[:2]}/{self.pk.hex}"


class FiledMail(models.Model):
    """An e-mail that an officer filed to a case. Nothing proves who sent it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="mails")
    side = models.CharField(max_length=12, choices=Side.choices, blank=True)
    message = models.OneToOneField(
        "cases.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="mail"
    )
    sender = SealedTextField()
    subject = SealedTextField(blank=True)
    text = SealedTextField(blank=True)
    """Only where it is the office's own correspondence; otherwise it stands in the message."""
    written_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    original = models.ForeignKey(
        "documents.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """The whole e-mail; its head may name who asked to be withheld."""
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    filed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["filed_at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "digest"], name="a_mail_is_filed_once")
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id
