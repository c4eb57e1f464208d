"""What the office says of a case so that it can be found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases import permissions
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case
from cases.sectors import SECTORS
from cases.services.acting import locked, require

if TYPE_CHECKING:
    from accounts.models import User


def name_sector(case: Case, *, sector: str, by: User, version: int | None = None) -> Case:
    """Say in which sector of the economy a case lies (a section of ISIC Rev. 4; "" for none).

    Raises:
        ValidationError: there is no such section.
        PermissionDenied: the person does not run the procedure.
    """
    if sector and sector not in SECTORS:
        raise ValidationError({"sector": _("Choose a sector of the list.")})
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        row.sector = sector
        record_event(row, EventKind.SECTOR_NAMED, by=by, sector=sector)
    return row
