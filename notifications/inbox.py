"""What a person finds among their notices: a projection, in the words that this person may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from cases import rules
from notifications.letters import ENTRANCE
from notifications.models import Delivery
from notifications.querysets import DeliveryQuerySet

PAGE = 25
CASE_PAGES = {
    "desk": "desk:case",
    "portal": "portal:case",
    "mediation": "mediation:case",
    "partner": "desk:shared_case",
}


@dataclass(frozen=True)
class Notice:
    id: UUID
    at: datetime
    label: str
    reference: str
    due_on: date | None
    is_read: bool


def notices(mine: DeliveryQuerySet, *, before: Delivery | None = None) -> tuple[list[Notice], str]:
    """Return a page of somebody's notices, the newest first, and where the older ones begin ("").

    Args:
        mine: what the person may see, `Delivery.objects.visible_to(user)`.
    """
    rows = mine.select_related(
        "message__event", "message__deadline", "message__task", "message__case"
    )
    if before:
        rows = rows.filter(created_at__lte=before.created_at).exclude(
            created_at=before.created_at, pk__gte=before.pk
        )
    page = list(rows.order_by("-created_at", "-id")[: PAGE + 1])
    shown = [_notice(row) for row in page[:PAGE]]
    return shown, str(page[PAGE - 1].pk) if len(page) > PAGE else ""


def _notice(row: Delivery) -> Notice:
    message = row.message
    if message.event:
        label = message.event.label
    elif message.task:
        label = _("Your task is late") if message.rung > 0 else _("Your task is due")
    else:
        name = str(rules.load(message.case.rule_set).deadline(message.deadline.kind).label)
        label = (_("Overdue: %(what)s") if message.rung > 0 else _("Due soon: %(what)s")) % {
            "what": name
        }
    return Notice(
        id=row.pk,
        at=row.created_at,
        label=label,
        reference=message.case.reference or "",
        due_on=message.due_on,
        is_read=row.read_at is not None,
    )


def address_of(delivery: Delivery) -> str:
    """Return the page where somebody of this room reads what a notice is about."""
    name = CASE_PAGES.get(delivery.room, "")
    try:
        return reverse(name, args=[delivery.message.case_id])
    except NoReverseMatch:
        return ENTRANCE[delivery.room]
