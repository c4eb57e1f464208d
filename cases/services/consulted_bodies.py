"""The register of bodies that can be asked for advice: ministries, social partners, experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Role
from cases.models import ConsultedBody
from cases.models.consultation import BodyKind
from cases.services.acting import require

if TYPE_CHECKING:
    from accounts.models import User


def save_body(
    body: ConsultedBody | None,
    *,
    kind: str,
    name: str,
    by: User,
    address: str = "",
    email: str = "",
    language: str = "en",
    expert: User | None = None,
) -> ConsultedBody:
    """Add a body to the register, or change one.

    Raises:
        ValidationError: no name, no such kind, or an account that is no expert's.
    """
    require(by.has_role(Role.OFFICER))
    if not name.strip():
        raise ValidationError(_("Write the name."))
    if kind not in BodyKind.values:
        raise ValidationError(_("Choose what it is."))
    if expert and (kind != BodyKind.EXPERT or not expert.has_role(Role.EXPERT)):
        raise ValidationError(_("Only an expert answers on a page of their own."))
    row = body or ConsultedBody(added_by=by)
    row.kind, row.name, row.language = kind, name.strip(), language
    row.address, row.email, row.expert = address.strip(), email.strip(), expert
    row.row_version += 1 if body else 0
    row.save()
    return row


def retire_body(body: ConsultedBody, *, is_retired: bool, by: User) -> ConsultedBody:
    """Take a body out of the choice, or put it back; what was asked of it stays."""
    require(by.has_role(Role.OFFICER))
    body.retired_at = timezone.now() if is_retired else None
    body.save(update_fields=["retired_at"])
    return body
