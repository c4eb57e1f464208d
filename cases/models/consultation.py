import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from sealing.fields import EncryptedTextField, SealedTextField

if TYPE_CHECKING:
    from accounts.models import User


class BodyKind(models.TextChoices):
    MINISTRY = "ministry", _("Ministry or authority")
    EMPLOYERS = "employers", _("Employers' organisation")
    UNIONS = "unions", _("Trade union organisation")
    NGO = "ngo", _("Non-governmental organisation")
    EXPERT = "expert", _("Expert")
    OECD = "oecd", _("OECD: Committee or Working Party (interpretation)")
    OTHER = "other", _("Other")


class ConsultedBody(models.Model):
    """Whom the NCP asks for advice: a ministry, a social partner, an expert, the OECD."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=BodyKind.choices)
    name = EncryptedTextField(_("name"))
    address = EncryptedTextField(_("postal address"), blank=True)
    email = EncryptedTextField(_("e-mail address"), blank=True)
    language = models.CharField(max_length=8, default="en")
    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Where it is a person who answers on a page of their own."""
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)
    row_version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Way(models.TextChoices):
    LETTER = "letter", _("Letter")
    EMAIL = "email", _("E-mail, written by the officer")
    PAGE = "page", _("A page of their own, for an expert with an account")


class SharedAs(models.TextChoices):
    WHOLE = "whole", _("The reply, word for word")
    GIST = "gist", _("Its gist")
    NOT_USED = "not_used", _("Not shared: nothing will rest on it")


class ConsultationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> "ConsultationQuerySet":
        """Consultations that somebody of the NCP reads in full: those of visible cases, a member
        only after declaring no conflict of interest."""
        from cases.models.case import Case
        from cases.models.party import ConflictDeclaration

        if not user.is_authenticated:
            return self.none()
        if user.has_role(Role.OFFICER):
            return self.filter(case__in=Case.objects.visible_to(user))
        if user.has_role(Role.DECISION_MAKER):
            declared = ConflictDeclaration.objects.filter(
                user=user, has_conflict=False, superseded_at=None
            )
            return self.filter(
                case__in=Case.objects.visible_to(user).filter(pk__in=declared.values("case_id"))
            )
        return self.none()

    def asked_of(self, user: "User") -> "ConsultationQuerySet":
        """Consultations that wait for this expert: theirs, not closed, and no conflict declared."""
        from cases.models.party import ConflictDeclaration

        if not user.is_authenticated or not user.is_active or not user.has_role(Role.EXPERT):
            return self.none()
        conflicts = ConflictDeclaration.objects.filter(
            user=user, has_conflict=True, superseded_at=None
        )
        rows = self.filter(expert=user, closed_at=None)
        return rows.exclude(case_id__in=conflicts.values("case_id"))

    def shared(self) -> "ConsultationQuerySet":
        """Consultations whose reply, or its gist, both sides read."""
        return self.filter(shared_as__in=[SharedAs.WHOLE, SharedAs.GIST])

    def unshared(self) -> "ConsultationQuerySet":
        """Replies of which nobody said yet what the parties learn."""
        return self.filter(replied_at__isnull=False, shared_as="")


class Consultation(models.Model):
    """One question to one body about a case: what it was given, by when it answers, and what the
    parties learn of the answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="consultations")
    body = models.ForeignKey(ConsultedBody, on_delete=models.PROTECT, related_name="+")
    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    way = models.CharField(max_length=8, choices=Way.choices)
    question = SealedTextField()
    names_reason = SealedTextField(blank=True)
    """Why a withheld name may stand in the question; empty: none stands there."""
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    deadline = models.OneToOneField(
        "cases.Deadline", on_delete=models.PROTECT, related_name="consultation"
    )
    declared_at = models.DateTimeField(null=True, blank=True)
    """When the expert declared that they have no conflict of interest."""
    opened_at = models.DateTimeField(null=True, blank=True)
    reply = SealedTextField(blank=True)
    replied_on = models.DateField(null=True, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    reply_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    shared_as = models.CharField(max_length=8, choices=SharedAs.choices, blank=True)
    shared_text = SealedTextField(blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_note = SealedTextField(blank=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(way="page") ^ Q(expert=None), name="a_page_is_for_an_expert"
            ),
            models.CheckConstraint(
                condition=Q(shared_as="") | Q(shared_at__isnull=False),
                name="what_is_shared_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expert"], condition=Q(closed_at=None), name="consultation_of_expert"
            )
        ]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.case.data_key_id

    @property
    def is_open(self) -> bool:
        return self.replied_at is None and self.closed_at is None


class ConsultationDocument(models.Model):
    """The exact copy of a document that a consulted body was given."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="material"
    )
    case_document = models.ForeignKey(
        "cases.CaseDocument", on_delete=models.PROTECT, related_name="+"
    )
    copy = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "case_document"], name="a_body_is_given_a_document_once"
            )
        ]


class ConsultationReminder(models.Model):
    """That a consulted body was reminded, and how."""

    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="reminders"
    )
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = SealedTextField(blank=True)

    class Meta:
        ordering = ["at"]

    @property
    def sealing_key_id(self) -> uuid.UUID:
        return self.consultation.case.data_key_id
