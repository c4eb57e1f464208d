"""Who somebody of an enterprise is, and for whom they act: stated at the first sign-in, confirmed
by an officer before more than the notice is shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions
from cases.errors import Conflict
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Authority, Case, Participation, Party, SentLetter
from cases.services import deadlines
from cases.services.acting import locked, require

if TYPE_CHECKING:
    from accounts.models import User
    from documents.models import Document


def is_required() -> bool:
    """Tell whether the enterprise proves its authority before it reads the case."""
    return bool(settings.REQUIRE_AUTHORITY)


def state(
    row: Participation,
    *,
    name: str,
    function: str,
    statement: str,
    documents: Iterable[Document] = (),
    by: User,
) -> Authority:
    """Say who one is and for whom one acts; stated anew after an officer asked again.

    Raises:
        PermissionDenied: the person's authority is not asked for.
        ValidationError: name, function, or both statement and papers are missing.
        Conflict: an officer looks at what was stated.
    """
    documents = list(documents)
    if not name.strip() or not function.strip():
        raise ValidationError(_("Write your name and your function."))
    if not statement.strip() and not documents:
        raise ValidationError(_("Add a paper that proves your authority, or explain it."))
    with locked(row.case, by=by) as case:
        row = case.participations.get(pk=row.pk)
        require(row.user_id == by.pk and row.awaits_authority and row.until is None)
        stated = Authority.objects.filter(participation=row).first()
        if stated and stated.decided_at is None:
            raise Conflict(_("An officer looks at what you sent. Please wait."))
        stated = stated or Authority(participation=row)
        row.case = case
        stated.participation = row
        stated.name, stated.function = name.strip(), function.strip()
        stated.statement, stated.stated_at = statement.strip(), timezone.now()
        stated.decided_at, stated.decided_by, stated.refusal = None, None, ""
        stated.save()
        stated.documents.add(*documents)
        record_event(case, EventKind.AUTHORITY_STATED, by=by, side=row.side, person=by.pk)
    return stated


def confirm(stated: Authority, *, by: User, version: int | None = None) -> Authority:
    """Confirm that somebody may act for the enterprise: from now on they read the case.

    Raises:
        Conflict: it was decided already.
    """
    with locked(stated.participation.case, version=version, by=by) as case:
        stated = _undecided(case, stated, by)
        stated.is_confirmed = True
        _decide(stated, by)
        row = stated.participation
        row.awaits_authority, row.name = False, stated.name
        row.save(update_fields=["awaits_authority", "name"])
        record_event(case, EventKind.AUTHORITY_CONFIRMED, by=by, side=row.side)
    return stated


def ask_again(stated: Authority, *, reason: str, by: User, version: int | None = None) -> Authority:
    """Refuse what was stated, with a reason that the person reads; they can state it anew.

    Raises:
        ValidationError: the reason is missing.
        Conflict: it was decided already.
    """
    if not reason.strip():
        raise ValidationError(_("Say what is missing: the person reads it."))
    with locked(stated.participation.case, version=version, by=by) as case:
        stated = _undecided(case, stated, by)
        stated.refusal = reason.strip()
        _decide(stated, by)
        record_event(case, EventKind.AUTHORITY_REFUSED, by=by, side=stated.participation.side)
    return stated


def _undecided(case: Case, stated: Authority, by: User) -> Authority:
    require(permissions.may_run_procedure(case, by))
    stated = Authority.objects.select_related("participation").get(pk=stated.pk)
    stated.participation.case = case
    if stated.decided_at is not None:
        raise Conflict(_("This was decided already."))
    return stated


def _decide(stated: Authority, by: User) -> None:
    stated.decided_by, stated.decided_at = by, timezone.now()
    stated.save()


def record_letter(
    case: Case,
    party: Party,
    *,
    way: str,
    sent_on: date,
    note: str,
    by: User,
    version: int | None = None,
) -> SentLetter:
    """Put on record how and when the formal letter went to an enterprise.

    Raises:
        ValidationError: the day lies ahead.
    """
    if sent_on > deadlines.today():
        raise ValidationError(_("This day lies ahead."))
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        sent = SentLetter.objects.create(
            case=row, party=party, way=way, sent_on=sent_on, note=note.strip(), by=by
        )
        record_event(row, EventKind.LETTER_SENT, by=by, side=party.side, way=way)
    return sent
