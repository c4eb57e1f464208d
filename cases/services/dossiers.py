"""The file of a case as one PDF: who may have it made for whom, keep it, and give it to a side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Role
from cases import permissions
from cases.disclosure import NCP_READS_ALL, audience_of
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, CaseDocument, Dossier
from cases.models.correspondence import DocumentAudience
from cases.models.dossier import DossierAudience
from cases.models.party import Side
from cases.services.acting import locked, require
from documents import services as files

if TYPE_CHECKING:
    from accounts.models import User

A = DossierAudience

STILL = frozenset(
    {
        EventKind.DOSSIER_MADE, EventKind.DOSSIER_READ, EventKind.DOSSIER_SERVED,
        EventKind.NOTE_WRITTEN, EventKind.NOTE_CHANGED, EventKind.TASK_GIVEN, EventKind.TASK_DONE,
        EventKind.TASK_REOPENED, EventKind.DOCUMENT_READ,
    }
)  # fmt: skip
"""What may happen after a file was made without making it old: nothing of it stands in there."""


def audiences(case: Case, user: User) -> list[DossierAudience]:
    """Return for whom somebody may have the file made, and whose files they may read.

    A file for a side or the mediator may hold names that this person may not know; only the
    officers named on the case have those.
    """
    if audience_of(case, user) not in NCP_READS_ALL or user.has_role(Role.AUDITOR):
        return []
    if permissions.may_see_identity(case, user):
        return list(DossierAudience)
    return [A.NCP, A.PUBLIC]


def ask(case: Case, *, audience: str, language: str, by: User) -> Dossier:
    """Put on record that a file is wanted; `keep` adds it once it is made.

    Raises:
        PermissionDenied: the person may not read what this audience reads.
    """
    with locked(case, by=by) as row:
        require(audience in audiences(row, by))
        return Dossier.objects.create(
            case=row,
            audience=DossierAudience(audience),
            language=language,
            asked_by=by,
            history_length=row.history_length,
        )


def keep(dossier: Dossier, pdf: bytes, *, history_length: int) -> Dossier:
    """Seal the PDF that was made and record its digest.

    Args:
        history_length: how many entries the history had when the case was read.
    """
    with locked(dossier.case) as row:
        dossier = Dossier.objects.select_for_update(no_key=True).get(pk=dossier.pk)
        dossier.case = row
        if dossier.made_at:
            return dossier
        upload = SimpleUploadedFile("case-file.pdf", pdf, content_type="application/pdf")
        dossier.document = files.store_own(upload, by=dossier.asked_by, data_key=row.data_key)
        dossier.history_length = history_length
        dossier.made_at, dossier.failed_at = timezone.now(), None
        dossier.save(update_fields=["document", "history_length", "made_at", "failed_at"])
        record_event(
            row,
            EventKind.DOSSIER_MADE,
            by=dossier.asked_by,
            dossier=dossier.pk,
            audience=dossier.audience,
        )
    return dossier


def note_failure(dossier: Dossier) -> None:
    """Remember that a file could not be made, so that whoever waits is told."""
    Dossier.objects.filter(pk=dossier.pk, made_at=None).update(failed_at=timezone.now())


def record_reading(dossier: Dossier, *, by: User) -> None:
    """Put on record that somebody took the file."""
    with locked(dossier.case) as row:
        require(dossier.audience in audiences(row, by))
        record_event(row, EventKind.DOSSIER_READ, by=by, dossier=dossier.pk)


def is_current(dossier: Dossier) -> bool:
    """Tell whether nothing happened since that would stand in the file, or be kept out of it."""
    later = dossier.case.events.filter(sequence__gt=dossier.history_length)
    return not later.exclude(kind__in=STILL).exists()


def serve(dossier: Dossier, *, by: User, version: int | None = None) -> CaseDocument:
    """Give a side the file that was made for it. It stands among its documents, and on the
    disclosure record.

    Raises:
        ValidationError: the file was made for somebody else.
        Conflict: it is not made yet, was given already, or the case has changed since.
        Incomplete: the enterprise was not told of the case yet.
    """
    with locked(dossier.case, version=version, by=by) as row:
        dossier = Dossier.objects.select_for_update(no_key=True).get(pk=dossier.pk)
        dossier.case = row
        require(permissions.may_run_procedure(row, by) and dossier.audience in audiences(row, by))
        if not dossier.side:
            raise ValidationError(_("This file was made for nobody on a side of the case."))
        if dossier.document is None:
            raise Conflict(_("The file is not made yet."))
        if dossier.served_as_id:
            raise Conflict(_("The side has this file already."))
        if dossier.side == Side.RESPONDENT and not row.is_served:
            raise Incomplete(_("The enterprise was not told of the case yet."))
        if not is_current(dossier):
            raise Conflict(_("The case has changed since this file was made. Make it anew."))
        item = CaseDocument.objects.create(
            case=row,
            document=dossier.document,
            title=_("File of the case, %(day)s")
            % {"day": timezone.localdate(dossier.made_at).isoformat()},
            side=dossier.side,
            audience=DocumentAudience.PARTY_AND_NCP,
            provided_by=by,
        )
        dossier.served_as = item
        dossier.save(update_fields=["served_as"])
        record_event(
            row,
            EventKind.DOSSIER_SERVED,
            by=by,
            side=dossier.side,
            dossier=dossier.pk,
            document=item.pk,
        )
    return item
