"""The room: what is said there, who may read it, and how it is added. It leaves no trace outside.

No `CaseEvent` is written for what happens here: the history is read by the NCP and by both sides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.roles import STAFF
from cases.errors import Incomplete
from cases.models import Case
from cases.models.party import Side
from cases.permissions import has_conflict
from cases.services.acting import require
from documents import services as files
from mediation import permissions
from mediation.models import Referral, RoomAudience, RoomDocument, RoomNote, Session
from mediation.services.acting import locked, require_referral_state
from mediation.workflow import STAFFED_STATES

if TYPE_CHECKING:
    from accounts.models import User

MEDIATOR = "mediator"


def notes_visible_to(user: User, case: Case) -> QuerySet[RoomNote]:
    """Return the notes of a case's room that a person may read, the oldest first."""
    return (
        RoomNote.objects.visible_to(user)
        .filter(referral__case=case)
        .select_related("by", "session")
    )


def documents_visible_to(user: User, case: Case) -> QuerySet[RoomDocument]:
    """Return the files of a case's room that a person may read, the oldest first.

    Serve one with `documents.downloads.clean_response(request, item.document)`.
    """
    return (
        RoomDocument.objects.visible_to(user)
        .filter(referral__case=case)
        .select_related("by", "document")
    )


def sessions_visible_to(user: User, case: Case) -> QuerySet[Session]:
    """Return the sessions that a person may know with their participants.

    The mediator knows all, a side the joint ones and its own; nobody else any.
    """
    return Session.objects.visible_to(user).filter(referral__case=case)


def sides_of(user: User, case: Case) -> set[str]:
    """Return on which sides of the room a person stands: none for anybody of the NCP."""
    if not user.is_authenticated or not user.is_active or user.has_role(*STAFF):
        return set()
    if has_conflict(case, user):
        return set()
    return set(case.participations.of_party(user).values_list("side", flat=True)) & set(Side)


def open_room(case: Case) -> Referral | None:
    """Return the referral whose room is open: a mediator is in, and the mediation is not over."""
    referral = Referral.objects.open().filter(case=case, state__in=STAFFED_STATES).first()
    if (
        referral
        and referral.appointments.filter(
            released_at=None, has_conflict=False, declared_at__isnull=False
        ).exists()
    ):
        return referral
    return None


def add_note(referral: Referral, *, text: str, audience: str, by: User, side: str = "") -> RoomNote:
    """Say something in the room. For the mediators' pages and for the portal.

    Args:
        audience: "joint" (both sides and the mediator), "caucus" (one side and the mediator) or,
            for a mediator, "mediator" (own notes).
        side: for a mediator's caucus note: whose; a party's is its own side.

    Raises:
        ValidationError: the text is empty, or the side is missing.
        Incomplete: the room is not open (any more).
        PermissionDenied: the person is neither its mediator nor one of its parties.
    """
    if not text.strip():
        raise ValidationError({"text": _("Write the note.")})
    with locked(referral) as row:
        said_as, side = _speaker(row, by, audience, side)
        return RoomNote.objects.create(
            referral=row,
            audience=RoomAudience(audience),
            side=side,
            by=by,
            said_as=said_as,
            text=text.strip(),
        )


def add_document(
    referral: Referral, upload: File, *, title: str, audience: str, by: User, side: str = ""
) -> RoomDocument:
    """Put a file into the room; arguments and errors as for `add_note`.

    It is checked like any file, and is no document of the case: the NCP does not have it.
    """
    with locked(referral) as row:
        said_as, side = _speaker(row, by, audience, side)
        document = files.store(upload, by=by, data_key=row.case.data_key)
        return RoomDocument.objects.create(
            referral=row,
            document=document,
            audience=RoomAudience(audience),
            side=side,
            by=by,
            said_as=said_as,
            title=title.strip() or _("Document"),
        )


def _speaker(referral: Referral, by: User, audience: str, side: str) -> tuple[str, str]:
    """Return as whom the person speaks, and the side that a note for one side belongs to."""
    require_referral_state(referral, *STAFFED_STATES)
    if open_room(referral.case) is None:
        raise Incomplete(_("The room opens when a mediator is there."))
    if permissions.mediates(referral, by):
        if audience == RoomAudience.CAUCUS and side not in Side.values:
            raise ValidationError({"side": _("Say which side may read it.")})
        return MEDIATOR, side if audience == RoomAudience.CAUCUS else ""
    sides = sides_of(by, referral.case)
    if len(sides) != 1 or audience == RoomAudience.MEDIATOR:
        raise PermissionDenied
    own = sides.pop()
    require(side in ("", own))
    return own, own if audience == RoomAudience.CAUCUS else ""
