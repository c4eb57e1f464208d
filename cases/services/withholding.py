"""A side asks that its document be kept from the other; the office decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import CaseDocument
from cases.models.correspondence import WithholdingGround
from cases.services.acting import locked, require, require_state
from cases.services.disclosing import drop_open, held_item, require_not_pulled
from cases.workflow import OPEN_STATES

if TYPE_CHECKING:
    from accounts.models import User


def ask_to_withhold(item: CaseDocument, *, reason: str, by: User) -> CaseDocument:
    """Ask that a document be kept from the other side; stops a copy that is being looked at.

    Raises:
        ValidationError: no reason.
        Incomplete: it was shown or pulled already, or a request was decided.
    """
    if not reason.strip():
        raise ValidationError(_("Say why the other side should not see it."))
    with locked(item.case, by=by) as row:
        item = held_item(row, item.pk)
        require(bool(item.side) and permissions.is_party_member(row, by, side=item.side))
        require_state(row, *OPEN_STATES)
        require_not_pulled(item)
        if item.is_shown_to_others:
            raise Incomplete(_("The other side has this document already."))
        if item.withholding_granted is not None:
            raise Incomplete(_("The office has decided on this already. You can pull it instead."))
        drop_open(item, at=timezone.now())
        item.asked_to_withhold, item.withholding_reason = True, reason.strip()
        item.save()
        record_event(row, EventKind.WITHHOLDING_ASKED, by=by, side=item.side, document=item.pk)
    return item


def decide_withholding(
    item: CaseDocument,
    *,
    granted: bool,
    reason: str,
    by: User,
    ground: str = "",
    version: int | None = None,
) -> CaseDocument:
    """Decide on a request to withhold a document from the other side.

    Args:
        ground: told to the other side when it is granted; says nothing of the document.
        reason: told to its provider and kept on record.

    Raises:
        ValidationError: the reason or the ground is missing.
        Incomplete: nobody asked, or it was pulled or shown already.
    """
    if not reason.strip():
        raise ValidationError(_("Give the reason for the decision."))
    if granted and ground not in WithholdingGround.values:
        raise ValidationError(_("Choose what the other side is told."))
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        require_state(row, *OPEN_STATES)
        item = held_item(row, item.pk)
        require_not_pulled(item)
        if not item.asked_to_withhold:
            raise Incomplete(_("Nobody asked that this document be withheld."))
        if item.is_shown_to_others and not item.is_redacted_for_others:
            raise Incomplete(_("Others read this document already. Take it back first."))
        item.withholding_granted = granted
        item.withholding_ground = ground if granted else ""
        item.withholding_decision = reason.strip()
        item.withholding_decided_by, item.withholding_decided_at = by, timezone.now()
        item.save()
        record_event(
            row,
            EventKind.WITHHOLDING_DECIDED,
            by=by,
            side=item.side,
            document=item.pk,
            granted=granted,
        )
    return item
