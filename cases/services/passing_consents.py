"""Who agreed that their name, or their side's own material, goes to another NCP."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import ncps, permissions
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, Party, PassingConsent, Representation
from cases.models.party import Side
from cases.models.transfer import PassingScope
from cases.services import deadlines
from cases.services.acting import locked, require

if TYPE_CHECKING:
    from accounts.models import User


def may_pass_on(case: Case, user: User) -> bool:
    """The officers named on a case pass it on: they alone know whose name is withheld."""
    return permissions.may_run_procedure(case, user) and permissions.may_see_identity(case, user)


def record_consent(
    case: Case,
    *,
    country: str,
    scope: str,
    how: str,
    given_on: date,
    by: User,
    side: str = "",
    party: Party | None = None,
    representation: Representation | None = None,
    version: int | None = None,
) -> PassingConsent:
    """Note that somebody agreed that their name, or their side's own material, goes to an NCP.

    Raises:
        ValidationError: no such NCP, not how they agreed, or a day that lies ahead.
        Incomplete: it is on record already.
    """
    require_ncp(country)
    if not how.strip():
        raise ValidationError(_("Say how and to whom they agreed."))
    if given_on > deadlines.today():
        raise ValidationError(_("The day lies in the future."))
    with locked(case, version=version, by=by) as row:
        require(may_pass_on(row, by))
        subject = party or representation
        item = PassingConsent(
            case=row,
            scope=PassingScope(scope),
            side=subject.side if subject else Side(side),
            party=party,
            representation=representation,
            country=country,
            given_on=given_on,
            how=how.strip(),
            recorded_by=by,
        )
        if row.passing_consents.filter(
            withdrawn_at=None, scope=item.scope, side=item.side, party=party,
            representation=representation, country=country,
        ).exists():  # fmt: skip
            raise Incomplete(_("This consent is on record already."))
        item.save()
        record_event(
            row, EventKind.PASSING_AGREED, by=by, side=item.side, consent=item.pk, country=country
        )
    return item


def withdraw_consent(item: PassingConsent, *, by: User, version: int | None = None) -> None:
    """Note that a consent was taken back; what went before stays with whom it went to."""
    with locked(item.case, version=version, by=by) as row:
        require(may_pass_on(row, by))
        rows = row.passing_consents.filter(pk=item.pk, withdrawn_at=None)
        if not rows.update(withdrawn_at=timezone.now()):
            raise Incomplete(_("This consent was taken back already."))
        record_event(
            row, EventKind.PASSING_TAKEN_BACK, by=by, side=item.side, consent=item.pk,
            country=item.country,
        )  # fmt: skip


def require_ncp(country: str) -> None:
    if country not in ncps.listed() or country == settings.NCP_COUNTRY:
        raise ValidationError(_("Choose the NCP."))
