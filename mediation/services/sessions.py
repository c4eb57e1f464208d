"""The mediation itself: it starts, meets, and ends with an outcome for each issue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Incomplete
from cases.kinds import EventKind
from cases.models.party import Side
from cases.services.acting import require
from cases.services.deadlines import today
from cases.services.good_offices import both_sides_agree
from cases.workflow import GOOD_OFFICES_OUTCOMES, Outcome
from mediation import permissions
from mediation.models import (
    IssueOutcome,
    MediationOutcome,
    Referral,
    RoomAudience,
    RoomNote,
    Session,
    SessionKind,
)
from mediation.services.acting import let_out, locked, perform, record, require_referral_state
from mediation.workflow import ReferralState

if TYPE_CHECKING:
    from accounts.models import User

REACHED = (Outcome.AGREEMENT, Outcome.PARTIAL_AGREEMENT)


def start(referral: Referral, *, by: User, version: int | None = None) -> Referral:
    """The mediation begins: both sides accepted good offices and agree to the mediators.

    Raises:
        Incomplete: a side has not accepted good offices.
    """
    with locked(referral, version=version) as row:
        _check_replies(row)
        perform(row.start, by=by, at=timezone.now())
        record(row, EventKind.MEDIATION_STARTED, by=by)
    return row


def _check_replies(referral: Referral) -> None:
    if not both_sides_agree(referral.case):
        raise Incomplete(_("Both sides must have accepted the offer of good offices first."))


@dataclass(frozen=True)
class SessionData:
    """A session as the mediator writes it down.

    `note` goes to the room, for `note_audience`; the side of a note for one side is that of the
    session, or `note_side`.
    """

    held_on: date
    kind: str
    side: str = ""
    for_complainant: str = ""
    complainant_had_authority: bool = False
    for_respondent: str = ""
    respondent_had_authority: bool = False
    others: str = ""
    agenda_agreed: bool = False
    note: str = ""
    note_audience: str = RoomAudience.MEDIATOR
    note_side: str = ""


def record_session(
    referral: Referral, data: SessionData, *, by: User, version: int | None = None
) -> Session:
    """Record a session. The NCP learns that it was held, when and of what kind, nothing else.

    Raises:
        ValidationError: the date lies in the future or before the mediation started, the side of a
            separate session is missing, or nobody took part.
        Incomplete: a side has not accepted good offices.
    """
    with locked(referral, version=version) as row:
        require_referral_state(row, ReferralState.ACTIVE)
        require(permissions.mediates(row, by))
        _check_replies(row)
        _check(row, data)
        session = Session.objects.create(
            referral=row,
            kind=SessionKind(data.kind),
            side=data.side,
            held_on=data.held_on,
            for_complainant=data.for_complainant.strip(),
            complainant_had_authority=data.complainant_had_authority,
            for_respondent=data.for_respondent.strip(),
            respondent_had_authority=data.respondent_had_authority,
            others=data.others.strip(),
            agenda_agreed=data.agenda_agreed,
            recorded_by=by,
        )
        if data.note.strip():
            RoomNote.objects.create(
                referral=row,
                session=session,
                audience=RoomAudience(data.note_audience),
                side=_note_side(data),
                by=by,
                said_as="mediator",
                text=data.note.strip(),
            )
        record(row, EventKind.SESSION_HELD, by=by, session=session.pk, session_kind=data.kind)
    return session


def _note_side(data: SessionData) -> str:
    if data.note_audience != RoomAudience.CAUCUS:
        return ""
    side = data.side or data.note_side
    if side not in Side.values:
        raise ValidationError({"note_audience": _("Say which side may read the note.")})
    return side


def _check(referral: Referral, data: SessionData) -> None:
    if data.held_on > today():
        raise ValidationError({"held_on": _("The date lies in the future.")})
    if data.held_on < timezone.localdate(referral.proposed_at):
        raise ValidationError({"held_on": _("The date lies before the case came to mediation.")})
    if data.kind == SessionKind.CAUCUS and data.side not in Side.values:
        raise ValidationError({"side": _("Say with which side you met.")})
    if data.kind == SessionKind.JOINT and data.side:
        raise ValidationError({"side": _("A joint session has no side.")})
    present = {
        Side.COMPLAINANT: data.for_complainant.strip(),
        Side.RESPONDENT: data.for_respondent.strip(),
    }
    names = {Side.COMPLAINANT: "for_complainant", Side.RESPONDENT: "for_respondent"}
    needed = list(Side) if data.kind == SessionKind.JOINT else [Side(data.side)]
    missing = {names[side]: _("Say who took part.") for side in needed if not present[side]}
    if missing:
        raise ValidationError(missing)
    for side in Side:
        if side not in needed and present[side]:
            raise ValidationError(
                {names[side]: _("A separate session is with one side; record a joint one instead.")}
            )


def overall(outcomes: Mapping[UUID, str]) -> Outcome:
    """Return the outcome of a whole mediation from those of its issues."""
    found = {Outcome(outcome) for outcome in outcomes.values()}
    if len(found) == 1:
        return found.pop()
    return Outcome.PARTIAL_AGREEMENT if found & set(REACHED) else Outcome.NO_AGREEMENT


def record_outcome(
    referral: Referral, outcomes: Mapping[UUID, str], *, by: User, version: int | None = None
) -> MediationOutcome:
    """Report what came of each issue and end the mediation. Nothing else leaves the room.

    The NCP concludes the good offices itself, after hearing both sides.

    Raises:
        ValidationError: an issue of the referral has no outcome, or none of good offices.
        Incomplete: an agreement without a session.
    """
    with locked(referral, version=version) as row:
        issues = set(row.issues.values_list("pk", flat=True))
        if set(outcomes) != issues:
            raise ValidationError(_("Say for each issue what came of it."))
        if not set(outcomes.values()) <= {str(item) for item in GOOD_OFFICES_OUTCOMES}:
            raise ValidationError(_("Choose one of the outcomes."))
        perform(row.conclude, by=by, at=timezone.now())
        if set(outcomes.values()) & {str(item) for item in REACHED} and not row.sessions.exists():
            raise Incomplete(_("Record the session in which the agreement was reached first."))
        result = MediationOutcome.objects.create(
            referral=row, outcome=overall(outcomes), reported_by=by
        )
        IssueOutcome.objects.bulk_create(
            IssueOutcome(result=result, issue_id=pk, outcome=outcome)
            for pk, outcome in outcomes.items()
        )
        let_out(row)
        record(row, EventKind.MEDIATION_CONCLUDED, by=by, outcome=result.outcome)
    return result
