import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.querysets import (
    AccessCodeQuerySet,
    OneTimeLinkQuerySet,
    PersonalTokenQuerySet,
    ProposalQuerySet,
    RoleAssignmentQuerySet,
    UserQuerySet,
)
from accounts.roles import Role, Scope
from sealing.fields import EncryptedTextField


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Return one spelling of an address: nobody remembers which letters they typed large."""
        return (email or "").strip().lower()

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=self.normalize_email(username) or None)

    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any):
        """Make a person; without a password nobody can sign in with one."""
        user = self.model(email=self.normalize_email(email) or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Everybody who can see anything private, also somebody who holds nothing but an access code.

    A complainant's name and addresses are not here but sealed on their party row; `email` is the
    address that staff and mediators sign in with.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    """Raised to end every session of this person: it is part of what each session must prove."""
    last_time_step = models.BigIntegerField(default=0, editable=False)
    """The 30-second step of the last one-time password accepted (RFC 6238, 5.2: once only)."""

    demonstration = models.CharField(max_length=200, blank=True, default="", editable=False)
    """Who this invented person is; only `load_demonstration` sets it. /demo/sign-in/ lists them."""
    demonstration_order = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email=None) | Q(email=Lower(F("email"))),
                name="user_email_is_lower_case",
            )
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = UserManager.normalize_email(self.email) or None
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    @property
    def shown_as(self) -> str:
        """Return who this invented person is, in the language of the page."""
        parts = self.demonstration.split(": ", 1)
        return ": ".join(gettext(part) for part in parts if part)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        return salted_hmac(
            "accounts.User.session",
            f"{self.session_epoch}:{self.password}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles held now; one query, kept for the life of the object (a request)."""
        if not self.is_active:
            return frozenset()
        return frozenset(
            RoleAssignment.objects.current().filter(user=self).values_list("role", flat=True)
        )

    def has_role(self, *roles: str) -> bool:
        """Tell whether any of the roles is held now."""
        return not self.roles.isdisjoint(roles)


class RoleAssignment(models.Model):
    """A role that somebody holds from `since` to `until`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=20, choices=Role.choices)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(until=None), name="one_open_role_of_a_kind"
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.AUDITOR) | Q(until__isnull=False),
                name="auditor_has_an_end_date",
            ),
        ]


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for a second person")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Proposal(models.Model):
    """What one person proposes and another must confirm before anything happens."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="%(class)ss")
    reason = models.CharField(_("reason"), max_length=500)
    state = models.CharField(
        max_length=10, choices=ProposalState.choices, default=ProposalState.PROPOSED
    )
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        abstract = True


class RoleChangeKind(models.TextChoices):
    GRANT = "grant", _("Give the role")
    END = "end", _("Take the role away")


class RoleChange(Proposal):
    kind = models.CharField(max_length=5, choices=RoleChangeKind.choices)
    role = models.CharField(max_length=20, choices=Role.choices)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role"],
                condition=Q(state=ProposalState.PROPOSED),
                name="one_waiting_change_of_a_role",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | ~Q(state=ProposalState.CONFIRMED)
                | ~Q(decided_by=F("proposed_by")),
                name="role_change_takes_two_people",
            ),
        ]


class SecondFactorReset(Proposal):
    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state=ProposalState.PROPOSED),
                name="one_waiting_factor_reset",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | ~Q(state=ProposalState.CONFIRMED)
                | ~Q(decided_by=F("proposed_by")),
                name="factor_reset_takes_two_people",
            ),
        ]


class AccessCode(models.Model):
    """A code by which somebody without an e-mail address signs in; kept as a peppered HMAC."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="access_codes")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = AccessCodeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.label


class LinkKind(models.TextChoices):
    INVITATION = "invitation", _("Invitation")
    PASSWORD_RESET = "password_reset", _("New password")
    FACTOR_RESET = "factor_reset", _("New second factor")
    ADDRESS = "address", _("New e-mail address")
    SIGN_IN = "sign_in", _("Sign in")


class OneTimeLink(models.Model):
    """A link that works once and for a time. Only a keyed digest of its token is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="one_time_links")
    kind = models.CharField(max_length=20, choices=LinkKind.choices)
    address = EncryptedTextField(blank=True, default="")
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = OneTimeLinkQuerySet.as_manager()


class PersonalToken(models.Model):
    """A token by which a program reads for a person through the API; kept as a digest."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="personal_tokens")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope.choices))
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = PersonalTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def has_scope(self, scope: str) -> bool:
        return scope in self.scopes


class KeptAnswer(models.Model):
    """What a write through the API was answered, so that the same request asked again is answered
    the same and done once. `asked` is a keyed digest of the request; the answer is encrypted."""

    token = models.ForeignKey(PersonalToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    asked = models.CharField(max_length=64)
    about = models.UUIDField(null=True)
    """What the request was about: where that is erased, its answers go with it."""
    status = models.PositiveSmallIntegerField(default=0)
    body = EncryptedTextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="one_answer_for_a_key")
        ]
        indexes = [
            models.Index(fields=["created_at"], name="kept_answer_created_at"),
            models.Index(fields=["about"], name="kept_answer_about"),
        ]


class MailKind(models.TextChoices):
    INVITATION = "invitation", _("Invitation")
    PASSWORD_RESET = "password_reset", _("New password")
    FACTOR_RESET = "factor_reset", _("Second factor taken away")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    FACTOR_CHANGED = "factor_changed", _("Second factor changed")
    ROLE_CHANGED = "role_changed", _("Rights changed")
    ADDRESS = "address", _("New e-mail address")
    ADDRESS_CHANGED = "address_changed", _("E-mail address changed")
    TOKEN_CREATED = "token_created", _("Token created")


class SecurityMail(models.Model):
    """A mail of this app that waits for the worker; it is deleted once it was sent or is of no use.

    `address` stands for a person where somebody asked for a new password: whether it belongs to
    anybody is found out by the worker, so that the answer in the browser cannot tell. Beside a
    person it is where the mail goes: to the new address to prove it, to the old one to warn.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=MailKind.choices)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    address = EncryptedTextField(blank=True, default="")
    token = EncryptedTextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)


class Tally(models.Model):
    """How often something went wrong, or a program asked, within a stretch of time, for one
    network or one person.

    In PostgreSQL and not in the cache: a cache throws entries away when it is full, and filling it
    would then be a way around every limit.
    """

    purpose = models.CharField(max_length=30)
    key = models.CharField(max_length=64)
    began_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "key", "began_at"], name="one_tally_a_stretch"
            )
        ]
        indexes = [models.Index(fields=["began_at"], name="tally_began_at")]
