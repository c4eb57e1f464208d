from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from cases.models.correspondence import CaseDocument
from cases.querysets import NCP_ROLES
from sealing.fields import EncryptedTextField, SealedTextField

if TYPE_CHECKING:
    from accounts.models import User


class NcpContact(models.Model):
    """What this office knows of another NCP, beyond the list that comes with the system."""

    country = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=200, blank=True)
    website = models.URLField(max_length=300, blank=True)
    email = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    address = EncryptedTextField(blank=True)
    public_key = models.CharField(max_length=60, blank=True)
    """The key with which that NCP signs its packages, base64, as it told by another way."""
    is_confirmed = models.BooleanField(default=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)


class NcpGuest(models.Model):
    """Somebody of another NCP who may be shown the cases shared with that NCP."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="guest_of"
    )
    country = models.CharField(max_length=2)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(until=None), name="a_guest_is_of_one_ncp"
            )
        ]


class Coordination(models.Model):
    """NCPs that are all concerned agree which of them leads; again for a change of lead.

    The rules of the lead NCP govern the case; by default it is the NCP of the country where the
    issues arose (Commentary to the Implementation Procedures, coordination).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="coordinations")
    is_change = models.BooleanField(default=False)
    proposed_lead = models.CharField(max_length=2)
    reasons = SealedTextField()
    preference = SealedTextField(blank=True)
    """Which NCP the complainant would rather have, and why."""
    parties_heard = SealedTextField(blank=True)
    """For a change of lead: how and when both sides were consulted, and what they said."""
    lead = models.CharField(max_length=2, blank=True)
    arrangement = SealedTextField(blank=True)
    """Who leads, who supports and how: told to the parties in these words."""
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    begun_at = models.DateTimeField(default=timezone.now)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    concluded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["begun_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(concluded_at=None), name="one_open_coordination"
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id

    @property
    def is_open(self) -> bool:
        return self.concluded_at is None


class InvitedAs(models.TextChoices):
    LEAD = "lead", _("To lead")
    SUPPORT = "support", _("To support")


class NcpReply(models.TextChoices):
    LEADS = "leads", _("It leads")
    SUPPORTS = "supports", _("It supports")
    NOT_CONCERNED = "not_concerned", _("It is not concerned")
    OBJECTS = "objects", _("It objects to the proposal")


class NcpInvitation(models.Model):
    """Another NCP was asked to lead or to support, and what it replied."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    coordination = models.ForeignKey(
        Coordination, on_delete=models.PROTECT, related_name="invitations"
    )
    country = models.CharField(max_length=2)
    asked_to = models.CharField(max_length=8, choices=InvitedAs.choices)
    question = SealedTextField(blank=True)
    sent_on = models.DateField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reply = models.CharField(max_length=14, choices=NcpReply.choices, blank=True)
    reply_text = SealedTextField(blank=True)
    replied_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["sent_on", "country"]
        constraints = [
            models.UniqueConstraint(
                fields=["coordination", "country"], name="an_ncp_is_invited_once"
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.coordination.case.data_key_id


class ShareQuerySet(models.QuerySet[Any]):
    def open(self) -> ShareQuerySet:
        """Shares that have not ended."""
        return self.filter(Q(until=None) | Q(until__gt=timezone.now()))

    def visible_to(self, user: User) -> ShareQuerySet:
        """Shares that this person may see: the office's people those of a visible case, a guest the
        open ones with the NCP that sent them."""
        cases = apps.get_model("cases", "Case").objects.visible_to(user)
        rows = self.filter(case__in=cases)
        if user.has_role(*NCP_ROLES):
            return rows
        if not user.has_role(Role.PARTNER_NCP):
            return self.none()
        of = NcpGuest.objects.filter(user=user, until=None).values("country")
        return rows.open().filter(country__in=of)


class NcpShare(models.Model):
    """A case is shared with another NCP that supports it, from when until when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="shares")
    country = models.CharField(max_length=2)
    purpose = SealedTextField()
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ShareQuerySet.as_manager()

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "country"],
                condition=Q(until=None),
                name="a_case_is_shared_once_with_an_ncp",
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id

    @property
    def is_open(self) -> bool:
        return self.until is None or self.until > timezone.now()


class NcpRelease(models.Model):
    """One exact copy of a document that a supporting NCP may read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    share = models.ForeignKey(NcpShare, on_delete=models.PROTECT, related_name="releases")
    case_document = models.ForeignKey(
        CaseDocument, on_delete=models.PROTECT, related_name="releases"
    )
    copy = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["released_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["share", "case_document"],
                condition=Q(ended_at=None),
                name="a_document_is_released_once",
            )
        ]

    @property
    def is_open(self) -> bool:
        """Tell whether it may still be read: not taken back here, nor by a later decision on its
        audience."""
        return self.ended_at is None and self.copy_id in may_be_passed(self.case_document)


def may_be_passed(item: CaseDocument) -> tuple[uuid.UUID, ...]:
    """Return the copy of a document that may go to another NCP: what its provider saw and others
    read, or the NCP's own."""
    if item.pulled_at or item.audience == "counsel":
        return ()
    if item.is_shown_to_others and item.served_copy_id:
        return (item.served_copy_id,)
    return () if item.side else (item.document_id,)


class NcpComment(models.Model):
    """What a supporting NCP wrote on a case, or this office to it. Nothing is changed later."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    share = models.ForeignKey(NcpShare, on_delete=models.PROTECT, related_name="comments")
    is_ours = models.BooleanField(default=False)
    text = SealedTextField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["written_at", "id"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.share.case.data_key_id


class ForeignCase(models.Model):
    """A related case at another NCP, with the address where the public reads of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="foreign_cases")
    country = models.CharField(max_length=2)
    title = SealedTextField()
    url = models.URLField(max_length=500, blank=True)
    why = SealedTextField(blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """None: it stood in a package that was taken in from the command line."""
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["added_at"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id


class CaseTie(models.Model):
    """Why two cases are tied, who tied them, and until when; the row beside `CaseLink`."""

    link = models.OneToOneField("cases.CaseLink", on_delete=models.PROTECT, related_name="tie")
    why = SealedTextField(blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.link.case.data_key_id
