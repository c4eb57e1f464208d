import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role


class UserManager(BaseUserManager["User"]):
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

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    def __str__(self) -> str:
        return self.name or str(self.pk)

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


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def current(self) -> "RoleAssignmentQuerySet":
        now = timezone.now()
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now)


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
            )
        ]
