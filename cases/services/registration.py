"""The secretariat takes a submission in: acknowledge, register or not, name the officer, tell
the enterprise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import services as people
from accounts.roles import Role
from cases import permissions
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.letters.drafts import said_to
from cases.models import Case, Message, Participation, Party
from cases.models.correspondence import Correspondent
from cases.models.party import ParticipationRole, Side
from cases.services.acting import locked, perform, require, require_state
from cases.workflow import OPEN_STATES, State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from accounts.models import User


def acknowledge(case: Case, *, by: User, version: int | None = None) -> Case:
    """Confirm to the complainant that the submission arrived (practice: within two weeks)."""
    with locked(case, version=version, by=by) as row:
        require_state(row, State.RECEIVED)
        require(permissions.may_register(row, by))
        if row.events.filter(kind=EventKind.ACKNOWLEDGED).exists():
            raise Incomplete(_("Receipt was confirmed already."))
        record_event(row, EventKind.ACKNOWLEDGED, by=by)
    return row


def register(case: Case, *, by: User, version: int | None = None) -> Case:
    """Register a submission as a specific instance: the initial assessment begins.

    The reference number is given here, gap-free per year of the NCP's calendar; the counter is
    locked last, so that nobody waits for it. Whoever registers is named on the case.
    """
    with locked(case, version=version, by=by) as row:
        perform(row.register, by=by, at=timezone.now())
        if row.officer_id is None:
            _name_officer(row, by)
        row.reference = _next_reference()
        record_event(row, EventKind.REGISTERED, by=by, reference=row.reference)
    return row


def _next_reference() -> str:
    """Return the next reference of this year, by a counter row that this transaction holds."""
    year = timezone.localdate().year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_referencecounter (year, last) VALUES (%s, 1) "
            "ON CONFLICT (year) DO UPDATE SET last = cases_referencecounter.last + 1 "
            "RETURNING last",
            [year],
        )
        (number,) = cursor.fetchone()
    return f"{settings.REFERENCE_PREFIX}-{year}-{number:03d}"


def decline_registration(
    case: Case, *, by: User, reason: str, reply: str, version: int | None = None
) -> Case:
    """End what is no specific instance, with a reason and a reply to the person who wrote.

    Raises:
        Incomplete: the reply is empty.
    """
    if not reply.strip():
        raise Incomplete(_("Write a reply: the person who wrote to us must know why."))
    with locked(case, version=version, by=by) as row:
        perform(row.decline_registration, by=by, at=timezone.now(), reason=reason)
        _send_to_complainants(row, by, reply)
        record_event(row, EventKind.NOT_REGISTERED, by=by, reason=reason)
    return row


def _send_to_complainants(case: Case, by: User, text: str) -> None:
    Message.objects.create(
        case=case, side=Side.COMPLAINANT, sender=Correspondent.NCP, sent_by=by, text=text
    )


def assign_officer(case: Case, *, officer: User, by: User, version: int | None = None) -> Case:
    """Name the officer who is responsible for a case and may know withheld identities; whoever
    was named before is told.

    Raises:
        WrongState: the case is over; nobody needs to know its withheld identities any more.
    """
    with locked(case, version=version, by=by) as row:
        require_state(row, *OPEN_STATES)
        require(permissions.may_run_procedure(row, by))
        require(
            officer.has_role(Role.OFFICER)
            and not permissions.has_conflict(row, officer)
            and not permissions.has_mediated(row, officer)
            and not permissions.is_party_member(row, officer)
        )
        is_another = row.officer_id not in (None, officer.pk)
        former: dict[str, Any] = {"former": row.officer_id} if is_another else {}
        _name_officer(row, officer)
        record_event(row, EventKind.OFFICER_ASSIGNED, by=by, officer=officer.pk, **former)
    return row


def _name_officer(case: Case, officer: User) -> None:
    now = timezone.now()
    if case.officer_id and case.officer_id != officer.pk:
        case.participations.filter(
            user=case.officer_id, role=ParticipationRole.OFFICER, until=None
        ).update(until=now)
    case.officer = officer
    Participation.objects.get_or_create(
        case=case, user=officer, role=ParticipationRole.OFFICER, until=None
    )


CODE_GIVEN = gettext_lazy("A new access code was given. Identity was checked: %(check)s")


@dataclass(frozen=True)
class Notified:
    """An enterprise that was told, and the access code to put into its letter (shown once)."""

    party: Party
    code: str


def notify_respondents(
    case: Case, *, by: User, languages: Mapping[UUID, str] | None = None, version: int | None = None
) -> list[Notified]:
    """Tell the enterprises. From now on they see what is disclosed and the case ends in a
    statement.

    Args:
        languages: by id of a party, the language of its letters and pages; without it, that of
            the complaint.

    Returns an access code for each enterprise; it is stored hashed and cannot be shown again.

    Raises:
        WrongState: the case is not in its initial assessment, or they were told already.
    """
    with locked(case, version=version, by=by) as row:
        require_state(row, State.INITIAL_ASSESSMENT)
        require(permissions.may_run_procedure(row, by))
        if row.is_served:
            raise Incomplete(_("The enterprise was told already."))
        row.served_at = timezone.now()
        told = []
        for party in row.parties.standing().filter(side=Side.RESPONDENT):
            if language := (languages or {}).get(party.pk):
                party.language = language
                party.save(update_fields=["language"])
            told.append(Notified(party, give_access(row, party, language=party.language)))
        record_event(row, EventKind.RESPONDENT_NOTIFIED, by=by)
    return told


@transaction.atomic
def give_access(case: Case, party: Party, *, language: str) -> str:
    """Make a person for a party, let it take part in the case, and return its access code."""
    user = people.party_user(language=language)
    Participation.objects.create(
        case=case,
        user=user,
        role=ParticipationRole.PARTY_MEMBER,
        side=party.side,
        party=party,
        awaits_authority=party.side == Side.RESPONDENT and settings.REQUIRE_AUTHORITY,
    )
    return people.issue_access_code(user, label=str(party.pseudonym))


def renew_access(
    case: Case, party: Party, *, by: User, check: str, version: int | None = None
) -> str:
    """Give a party a new code after its identity was checked; the codes before stop working.

    Args:
        check: how the identity was checked, for the record of the office.
    """
    if not check.strip():
        raise Incomplete(_("Say how you checked who asked for a new code."))
    with locked(case, version=version, by=by) as row:
        # Who holds the code reads everything that this side sent, names included.
        require(permissions.may_run_procedure(row, by) and permissions.may_see_identity(row, by))
        taking_part = row.participations.current() | row.participations.awaiting_authority()
        rows = taking_part.filter(
            side=party.side, role__in=["party_member", "representative"], added_by=None
        )
        own = rows.filter(party=party).first() or rows.filter(party=None).first()
        if own is None:
            code = give_access(row, party, language=party.language)
        else:
            people.revoke_access_codes(own.user)
            code = people.issue_access_code(own.user, label=str(party.pseudonym))
        Message.objects.create(
            case=row,
            side=party.side,
            sender=Correspondent.NCP,
            sent_by=by,
            text=said_to(row, party.side, CODE_GIVEN) % {"check": check.strip()},
        )
        record_event(row, EventKind.CODE_RENEWED, by=by, side=party.side, party=party.pk)
    return code
