"""What each side says to the mediators, given in the portal or written down by the mediator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Conflict, Incomplete
from cases.kinds import EventKind
from cases.models import Case
from cases.models.party import Side
from cases.services.acting import require
from cases.services.deadlines import today
from cases.workflow import State
from mediation import permissions
from mediation.models import Consent, Referral
from mediation.services.acting import locked, record, require_referral_state
from mediation.workflow import STAFFED_STATES, ReferralState

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class ConsentState:
    """How far the consents to the mediators of a case are. Process facts: both sides may read them.

    `is_asked`: a mediator is appointed, declared no conflict, and waits for the answers of the
    sides. `agrees` and `given_on` hold a side (`Side` value) only once it answered.
    """

    mediators: tuple[str, ...]
    is_asked: bool
    is_complete: bool
    agrees: dict[str, bool]
    given_on: dict[str, date]

    def waits_for(self, side: str) -> bool:
        """Tell whether this side has not answered yet."""
        return self.is_asked and side not in self.agrees


NOTHING_ASKED = ConsentState((), False, False, {}, {})


def consent_state(case: Case) -> ConsentState:
    """Return how far the consents to the mediators of a case are; three queries at most."""
    referral = Referral.objects.open().filter(case=case, state__in=STAFFED_STATES).first()
    if referral is None:
        return NOTHING_ASKED
    appointed = list(
        referral.appointments.filter(released_at=None).select_related("mediator").order_by("pk")
    )
    standing = list(referral.consents.filter(superseded_at=None))
    return ConsentState(
        mediators=tuple(item.mediator.name for item in appointed if item.is_declared),
        is_asked=bool(appointed) and all(item.is_declared for item in appointed),
        is_complete=referral.state in (ReferralState.CONSENTED, ReferralState.ACTIVE),
        agrees={row.side: row.agrees for row in standing},
        given_on={row.side: row.given_on for row in standing},
    )


def give_consent(case: Case, *, by: User, agrees: bool, side: str = "") -> Referral:
    """A party agrees to the mediators, or objects. For the portal.

    Args:
        side: of the person; found from their participation where it is left out.

    Raises:
        PermissionDenied: the person stands on no side of this case, or not on this one.
        Incomplete: nobody is asked now.
        Conflict: the side said the same before.
    """
    rows = case.participations.of_party(by)
    sides = set((rows.filter(side=side) if side else rows).values_list("side", flat=True))
    if len(sides) != 1:
        raise PermissionDenied
    referral = Referral.objects.filter(
        case=case, state__in=STAFFED_STATES, case__state=State.MEDIATION
    ).first()
    if referral is None:
        raise Incomplete(_("No mediator is appointed now."))
    return _consent(referral, side=sides.pop(), agrees=agrees, given_on=today(), by=by)


def record_consent(
    referral: Referral,
    *,
    side: str,
    agrees: bool,
    given_on: date,
    by: User,
    version: int | None = None,
) -> Referral:
    """The mediator writes down what a side said or signed, with its date.

    Raises:
        ValidationError: the date lies in the future.
    """
    if given_on > today():
        raise ValidationError(_("The date lies in the future."))
    return _consent(referral, side=side, agrees=agrees, given_on=given_on, by=by, version=version)


def _consent(
    referral: Referral,
    *,
    side: str,
    agrees: bool,
    given_on: date,
    by: User,
    version: int | None = None,
) -> Referral:
    with locked(referral, version=version) as row:
        require_referral_state(row, *STAFFED_STATES)
        require(permissions.may_consent(row, by, side=side))
        appointed = list(row.appointments.filter(released_at=None))
        if not appointed or not all(item.is_declared for item in appointed):
            raise Incomplete(
                _("Every mediator must first declare that there is no conflict of interest.")
            )
        standing = row.consents.filter(superseded_at=None)
        held = standing.filter(side=side).first()
        if held and held.agrees == agrees:
            raise Conflict(_("This answer was recorded already."))
        if held:
            held.superseded_at = timezone.now()
            held.save(update_fields=["superseded_at"])
        Consent.objects.create(
            referral=row, side=Side(side), agrees=agrees, given_on=given_on, by=by
        )
        if agrees and standing.filter(agrees=True).count() == len(Side):
            row.consents_complete()
        elif not agrees and row.state != ReferralState.ACCEPTED:
            row.reopen()
        record(row, EventKind.CONSENT_RECORDED, by=by, side=side, agrees=agrees)
    return row
