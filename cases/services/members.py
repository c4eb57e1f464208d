"""Several people for one side: added and withdrawn by its main person, each with a code of their
own; representatives as long as their mandate lasts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import services as people
from cases import permissions
from cases.calendar import end_of_day, local_date
from cases.errors import Conflict
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, Message, Participation, Representation
from cases.models.correspondence import Correspondent
from cases.models.party import ParticipationRole, PartyKind
from cases.services import deadlines
from cases.services.acting import locked, require

if TYPE_CHECKING:
    from accounts.models import User

MOST = 20


def own_row(case: Case, user: User) -> Participation | None:
    """Return the row by which somebody takes part on a side now."""
    return case.participations.of_party(user).order_by("since").first()


def is_main(case: Case, user: User) -> bool:
    """Tell whether somebody is the main person of their side: nobody of the side added them."""
    row = own_row(case, user)
    return row is not None and row.added_by_id is None


def of_side(case: Case, user: User) -> QuerySet[Participation]:
    """Return those whom the main person added and who have access now."""
    return case.participations.current().filter(added_by=user).order_by("since", "pk")


def last_day(row: Participation) -> date | None:
    """Return the last day on which somebody has access; None: it has no end."""
    if row.until is None:
        return None
    return local_date(row.until - timedelta(seconds=1), settings.TIME_ZONE)


def add(
    case: Case,
    *,
    name: str,
    by: User,
    is_counsel: bool = False,
    is_representative: bool = False,
    mandate: str = "",
    until: date | None = None,
    name_is_shown: bool = True,
) -> tuple[Participation, str]:
    """Add a person to one's own side and return them with their access code, shown this once.

    Args:
        mandate: what a representative may do, and by which paper.
        until: the last day of the access; None: until it is withdrawn.
        name_is_shown: whether the other side and the public may know a representative's name.

    Raises:
        PermissionDenied: the person was added by somebody themselves.
        ValidationError: the name or the mandate is missing, or the day has passed.
    """
    if not name.strip():
        raise ValidationError(_("Write the name of the person."))
    _check_mandate(is_representative, mandate, until)
    with locked(case, by=by) as row:
        require(is_main(row, by))
        main = own_row(row, by)
        assert main is not None
        if of_side(row, by).count() >= MOST:
            raise Conflict(_("This side has as many people as it can have. Withdraw one first."))
        user = people.party_user(language=by.language)
        ends_at = _end_of(until)
        role = ParticipationRole.PARTY_MEMBER
        if is_representative:
            role = ParticipationRole.REPRESENTATIVE
            Representation.objects.create(
                case=row,
                side=main.side,
                user=user,
                name=name.strip(),
                kind=PartyKind.INDIVIDUAL,
                mandate=mandate.strip(),
                shown_to_respondent=name_is_shown,
                shown_to_public=name_is_shown,
                until=ends_at,
            )
        added = Participation.objects.create(
            case=row,
            user=user,
            role=role,
            side=main.side,
            party=main.party,
            is_counsel=is_counsel,
            name=name.strip(),
            added_by=by,
            until=ends_at,
        )
        record_event(row, EventKind.PERSON_ADDED, by=by, side=main.side, person=user.pk)
        code = people.issue_access_code(user, label=str(role.label), expires_at=ends_at)
    return added, code


def unconfirmed_counsel(case: Case) -> QuerySet[Participation]:
    """Return the lawyers whom a side named and no officer confirmed yet."""
    rows = case.participations.current().filter(is_counsel=True, counsel_confirmed_at=None)
    return rows.exclude(side="").order_by("since", "pk")


def confirm_counsel(row: Participation, *, check: str, by: User, version: int | None = None) -> str:
    """Confirm that somebody is counsel, bound not to pass on what is for counsel only; return a
    new code for them alone, because their side knows the one before.

    Args:
        check: how the officer checked who they are and what they undertook, for the record.

    Raises:
        PermissionDenied: only the officers named on the case give codes.
        Conflict: it was done already, or the access ended.
    """
    if not check.strip():
        raise ValidationError(_("Say how you checked who it is, and what they undertook."))
    with locked(row.case, version=version, by=by) as case:
        require(permissions.may_run_procedure(case, by) and permissions.may_see_identity(case, by))
        counsel = unconfirmed_counsel(case).select_related("user").filter(pk=row.pk).first()
        if counsel is None:
            raise Conflict(_("This was done already, or the access ended."))
        counsel.counsel_confirmed_at, counsel.counsel_confirmed_by = timezone.now(), by
        counsel.save(update_fields=["counsel_confirmed_at", "counsel_confirmed_by"])
        people.revoke_access_codes(counsel.user)
        code = people.issue_access_code(
            counsel.user, label=str(_("Counsel")), expires_at=counsel.until
        )
        Message.objects.create(
            case=case,
            side=counsel.side,
            sender=Correspondent.NCP,
            sent_by=by,
            text=_("Counsel was confirmed and got a code of their own. Checked: %(check)s")
            % {"check": check.strip()},
        )
        record_event(
            case, EventKind.COUNSEL_CONFIRMED, by=by, side=counsel.side, person=counsel.user_id
        )
    return code


def withdraw(added: Participation, *, by: User) -> None:
    """End the access of a person whom one added: at their next request they see nothing.

    Raises:
        PermissionDenied: somebody else added them.
        Conflict: it ended already.
    """
    with locked(added.case, by=by) as row:
        added = _own(row, added, by)
        now = timezone.now()
        Participation.objects.filter(pk=added.pk).update(until=now)
        row.representations.filter(user=added.user).update(until=now)
        people.revoke_access_codes(added.user)
        record_event(row, EventKind.PERSON_WITHDRAWN, by=by, side=added.side, person=added.user_id)


def change_mandate(
    added: Participation, *, mandate: str, until: date | None, by: User
) -> Participation:
    """Change what a representative may do, or until when; their access follows.

    Raises:
        PermissionDenied: somebody else added them.
        ValidationError: the mandate is missing, or the day has passed.
    """
    _check_mandate(True, mandate, until)
    with locked(added.case, by=by) as row:
        added = _own(row, added, by)
        require(added.role == ParticipationRole.REPRESENTATIVE)
        added.until = _end_of(until)
        added.save(update_fields=["until"])
        acts = row.representations.get(user=added.user)
        acts.mandate, acts.until = mandate.strip(), added.until
        acts.save(update_fields=["mandate", "until"])
        added.user.access_codes.filter(revoked_at=None).update(expires_at=added.until)
        record_event(row, EventKind.MANDATE_CHANGED, by=by, side=added.side, person=added.user_id)
    return added


def _own(case: Case, added: Participation, by: User) -> Participation:
    require(is_main(case, by))
    added = case.participations.select_related("user").get(pk=added.pk)
    require(added.added_by_id == by.pk)
    if added.until is not None and added.until <= timezone.now():
        raise Conflict(_("This access has ended already."))
    added.case = case
    return added


def _check_mandate(is_representative: bool, mandate: str, until: date | None) -> None:
    if is_representative and not mandate.strip():
        raise ValidationError(_("Write what the person may do for you, and by which paper."))
    if until is not None and until < deadlines.today():
        raise ValidationError(_("This day has passed."))


def _end_of(until: date | None) -> datetime | None:
    return end_of_day(until, settings.TIME_ZONE) if until else None
