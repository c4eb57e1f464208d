"""A case is shared with an NCP that supports it: its people see what is disclosed to them, read
what is released, and write their own comments. Nothing else, and only while the share lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import services as accounts
from accounts.permissions import may_manage_people
from accounts.roles import Role
from cases import ncps, permissions
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import (
    Case,
    CaseDocument,
    NcpComment,
    NcpGuest,
    NcpRelease,
    NcpShare,
    Participation,
)
from cases.models.coordination import may_be_passed
from cases.models.party import ParticipationRole
from cases.services.acting import locked, require, require_state
from cases.workflow import OPEN_STATES
from documents.models import Document

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def invite_guest(
    country: str, *, email: str, name: str, by: User, reason: str, language: str = "en"
) -> NcpGuest:
    """Invite somebody of another NCP. A second person confirms the role before it holds.

    Raises:
        PermissionDenied: only administrators invite people.
        accounts.errors.AddressTaken: somebody has this address.
    """
    require(may_manage_people(by))
    if country not in ncps.listed() or country == settings.NCP_COUNTRY:
        raise ValidationError(_("Choose the NCP."))
    person = accounts.invite(
        email, name=name, role=Role.PARTNER_NCP, by=by, reason=reason, language=language
    )
    return add_guest(country, person, by=by)


@transaction.atomic
def add_guest(country: str, person: User, *, by: User) -> NcpGuest:
    """Say of which NCP somebody is; they take part in what is shared with it from now on."""
    if NcpGuest.objects.filter(user=person, until=None).exists():
        raise Incomplete(_("This person is of an NCP already."))
    guest = NcpGuest.objects.create(user=person, country=country, added_by=by)
    for share in NcpShare.objects.open().filter(country=country).select_related("case"):
        _let_in(share, person)
    return guest


@transaction.atomic
def end_guest(guest: NcpGuest, *, by: User) -> None:
    """End what somebody of another NCP may see, at once and everywhere."""
    require(may_manage_people(by) or by.has_role(Role.OFFICER))
    now = timezone.now()
    NcpGuest.objects.filter(pk=guest.pk, until=None).update(until=now)
    Participation.objects.filter(
        user=guest.user_id, role=ParticipationRole.PARTNER_NCP, until=None
    ).update(until=now)


def share(
    case: Case, *, country: str, purpose: str, by: User, version: int | None = None
) -> NcpShare:
    """Share a case with a supporting NCP; the parties are told.

    Raises:
        ValidationError: no such NCP, or the purpose is missing.
        Incomplete: it is shared with this NCP already.
    """
    if country not in ncps.listed() or country == settings.NCP_COUNTRY:
        raise ValidationError(_("Choose the NCP."))
    if not purpose.strip():
        raise ValidationError(_("Say what the other NCP is to do."))
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        require_state(row, *OPEN_STATES)
        if row.shares.open().filter(country=country).exists():
            raise Incomplete(_("The case is shared with this NCP already."))
        item = NcpShare.objects.create(
            case=row, country=country, purpose=purpose.strip(), begun_by=by
        )
        guests = NcpGuest.objects.filter(country=country, until=None).select_related("user")
        for guest in guests:
            _let_in(item, guest.user)
        record_event(row, EventKind.NCP_SHARED, by=by, share=item.pk, country=country)
    return item


def _let_in(item: NcpShare, person: User) -> None:
    Participation.objects.get_or_create(
        case=item.case, user=person, role=ParticipationRole.PARTNER_NCP, until=None
    )


def end_share(item: NcpShare, *, by: User, version: int | None = None) -> NcpShare:
    """End a share: its people see the case no more, from this second on.

    Raises:
        Incomplete: it has ended already.
    """
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = _open(row, item)
        now = timezone.now()
        item.until, item.ended_by = now, by
        item.save()
        NcpRelease.objects.filter(share=item, ended_at=None).update(ended_at=now)
        people = NcpGuest.objects.filter(country=item.country).values("user")
        row.participations.filter(
            user__in=people, role=ParticipationRole.PARTNER_NCP, until=None
        ).update(until=now)
        record_event(row, EventKind.NCP_SHARE_ENDED, by=by, share=item.pk, country=item.country)
    return item


def release(
    item: NcpShare, document: CaseDocument, *, by: User, version: int | None = None
) -> NcpRelease:
    """Let a supporting NCP read the copy of a document that both sides read, or one of the NCP's
    own.

    Raises:
        Incomplete: it is no such copy, is not checked, or is released already.
    """
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = _open(row, item)
        document = row.documents.select_related("document", "served_copy").get(pk=document.pk)
        copy = copy_to_pass(document)
        if copy is None:
            raise Incomplete(
                _(
                    "Only what both sides read, or the office's own checked document, goes to "
                    "another NCP. First decide who may see this document."
                )
            )
        if item.releases.filter(case_document=document, ended_at=None).exists():
            raise Incomplete(_("This document is released already."))
        given = NcpRelease.objects.create(
            share=item, case_document=document, copy=copy, released_by=by
        )
        record_event(
            row, EventKind.NCP_RELEASED, by=by, release=given.pk, copy=copy.pk, country=item.country
        )
    return given


def copy_to_pass(item: CaseDocument) -> Document | None:
    """Return the checked copy of a document that may go to another NCP, or None."""
    allowed = may_be_passed(item)
    for copy in (item.served_copy, item.document):
        if copy is not None and copy.pk in allowed and copy.is_clean:
            return copy
    return None


def end_release(given: NcpRelease, *, by: User, version: int | None = None) -> None:
    """Take a released document back."""
    with locked(given.share.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        rows = NcpRelease.objects.filter(pk=given.pk, share__case=row, ended_at=None)
        if not rows.update(ended_at=timezone.now()):
            raise Incomplete(_("This document is not released any more."))
        record_event(
            row, EventKind.NCP_RELEASE_ENDED, by=by, release=given.pk, country=given.share.country
        )


def comment(item: NcpShare, *, text: str, by: User) -> NcpComment:
    """Write to the other NCP on a shared case: its people their own comments, officers the
    office's answer. Both read all of it; the parties read none.

    Raises:
        ValidationError: the text is empty.
        PermissionDenied: neither a guest of this share nor somebody who runs the procedure.
    """
    if not text.strip():
        raise ValidationError(_("Write the comment."))
    with locked(item.case, by=by) as row:
        is_guest = NcpShare.objects.visible_to(by).filter(pk=item.pk).exists() and by.has_role(
            Role.PARTNER_NCP
        )
        require(is_guest or permissions.may_run_procedure(row, by))
        item = _open(row, item)
        written = NcpComment.objects.create(
            share=item, is_ours=not is_guest, text=text.strip(), written_by=by
        )
        record_event(
            row,
            EventKind.NCP_COMMENTED if is_guest else EventKind.NCP_ANSWERED,
            by=by,
            share=item.pk,
            comment=written.pk,
            country=item.country,
        )
    return written


def record_read(given: NcpRelease, *, by: User) -> None:
    """Put on record that a supporting NCP read a document."""
    with locked(given.share.case) as row:
        record_event(
            row, EventKind.DOCUMENT_READ, by=by, document=given.case_document_id, release=given.pk
        )


def _open(case: Case, item: NcpShare) -> NcpShare:
    item = case.shares.get(pk=item.pk)
    item.case = case
    if not item.is_open:
        raise Incomplete(_("The case is not shared with this NCP any more."))
    return item
