"""A case goes to another NCP as a signed package; it ends here, or goes on."""

from __future__ import annotations

import json
import tempfile
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, Transfer, TransferredDocument
from cases.packages import CASE, INDEX, Writer
from cases.services import ending, registration
from cases.services.acting import locked, require
from cases.services.coordination import tell_sides
from cases.services.package_contents import Contents, contents, page_of
from cases.services.passing_consents import may_pass_on, require_ncp
from cases.workflow import OPEN_STATES, NotRegisteredReason, Outcome, State
from documents import services as files
from documents import vault
from sealing.fields import open_key

if TYPE_CHECKING:
    from accounts.models import User

SUBJECT = gettext_lazy("Passed on to another NCP")


def transfer(
    case: Case,
    *,
    country: str,
    why: str,
    told: str,
    by: User,
    ends_case: bool,
    by_letter: bool = False,
    version: int | None = None,
) -> Transfer:
    """Make the signed package for another NCP, tell the parties, and end the case here as
    transferred where it goes over altogether.

    A case whose enterprise was told ends with a statement. One that was not registered is
    answered that another NCP is responsible.

    Args:
        by_letter: the caller sends letters to the parties in the same transaction; `told` is then
            only what stands in the answer to what was not registered.

    Raises:
        ValidationError: the reasons or the words for the parties are missing.
        Incomplete: the case cannot end as it stands.
    """
    require_ncp(country)
    if not why.strip():
        raise ValidationError(_("Say why."))
    if not told.strip():
        raise ValidationError(_("Write what the parties are told."))
    name = ""
    try:
        with transaction.atomic(), locked(case, version=version, by=by) as row:
            require(may_pass_on(row, by))
            if row.state not in OPEN_STATES:
                raise Incomplete(_("The case is over."))
            if ends_case:
                _require_end(row)
            item = Transfer(
                case=row, country=country, why=why.strip(), size=0, made_by=by, ends_case=ends_case
            )
            name = path_of(item)
            enclosed = _write(row, item)
            item.save(force_insert=True)
            TransferredDocument.objects.bulk_create(
                TransferredDocument(transfer=item, case_document=one.item, copy=one.copy)
                for one in enclosed.documents
            )
            if not by_letter and not (ends_case and row.state == State.RECEIVED):
                tell_sides(row, told.strip(), subject=SUBJECT, by=by)
            record_event(
                row,
                EventKind.PACKAGE_MADE,
                by=by,
                transfer=item.pk,
                country=country,
                digest=item.manifest_digest,
                documents=[one.item.pk for one in enclosed.documents],
            )
            if ends_case:
                _end(row, told.strip(), by=by)
    except BaseException:
        if name:
            default_storage.delete(name)
        raise
    return item


def _require_end(case: Case) -> None:
    if case.state == State.RECEIVED or (case.is_served and case.state in ending.ENDS_EARLY_FROM):
        return
    if case.state in ending.ENDS_EARLY_FROM:
        raise Incomplete(
            _("Tell the enterprise of the case first: a registered case ends with a statement.")
        )
    raise Incomplete(_("The case has come too far to be handed over. Send a copy instead."))


def _end(case: Case, told: str, *, by: User) -> None:
    if case.state == State.RECEIVED:
        registration.decline_registration(
            case, by=by, reason=NotRegisteredReason.WRONG_ADDRESS, reply=told
        )
        return
    ending.end_early(case, outcome=Outcome.TRANSFERRED, by=by)


def path_of(item: Transfer) -> str:
    return f"package/{item.pk.hex[:2]}/{item.pk.hex}"


def _write(case: Case, item: Transfer) -> Contents:
    """Write the sealed file of a package and note its size, digest and signature."""
    # NCPs write to each other in English; the texts of the case stay in the language they have.
    with translation.override("en"):
        enclosed = contents(case, country=item.country)
        index = render_to_string("cases/package.html", page_of(enclosed, made_at=item.made_at))
    with tempfile.TemporaryFile() as plain:
        # Pieces of a case lie here in the clear for a moment: the file has no name.
        writer = Writer(plain)
        for one in enclosed.documents:
            with files.open_clean(one.copy) as reader:
                writer.add(one.path, reader.chunks())
        writer.add(CASE, iter([json.dumps(enclosed.case, ensure_ascii=False, indent=1).encode()]))
        writer.add(INDEX, iter([index.encode()]))
        item.manifest_digest, item.signature = writer.close(
            package_id=item.pk,
            recipient=item.country,
            made_at=item.made_at,
            reference=case.reference or "",
        )
        item.size = plain.tell()
        plain.seek(0)
        vault.write(
            iter(lambda: plain.read(vault.CHUNK), b""),
            key=open_key(case.data_key_id),
            name=path_of(item),
        )
    return enclosed


def open_package(item: Transfer, *, by: User) -> vault.SealedReader:
    """Open the file of a package for an officer named on the case; the download is on record.

    Raises:
        PermissionDenied: somebody else asks.
        FileNotFoundError, vault.Tampered, sealing.models.Erased.
    """
    with locked(item.case, by=by) as row:
        require(may_pass_on(row, by))
        reader = vault.open_sealed(path_of(item), key=open_key(row.data_key_id))
        record_event(row, EventKind.PACKAGE_READ, by=by, transfer=item.pk, country=item.country)
    return reader
