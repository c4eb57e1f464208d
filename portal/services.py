"""What parties change about themselves, and forms that send nothing twice."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.files.base import File
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import codes
from accounts import services as people
from accounts.models import User as Person
from cases.errors import Stale
from cases.models import Case, CaseDocument, Message, Party, Representation, Request
from cases.services import correspondence, requests
from cases.services.acting import locked, require, what_happened
from documents import services as files
from portal import reading
from portal.models import OwnAddress, Sent
from sealing.index import blind_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from accounts.models import User


def is_first(token: UUID, *, by: User) -> bool:
    """Take a form's token; False where the same page was sent before.

    Call it inside the transaction that does the work: a second click waits for the first to end.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Sent._meta.db_table} (token, user_id, at) "  # noqa: S608
            "VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [token, by.pk, timezone.now()],
        )
        return cursor.rowcount == 1


@contextmanager
def unchanged_for(case: Case, *, side: str, seen: int, by: User) -> Iterator[Case]:
    """Hold the case for a form of one side, unless something that this side reads came in between.

    Args:
        seen: what `reading.version_for` gave when the form was opened.

    Raises:
        Stale: says what happened, as far as this side may know.
    """
    with locked(case) as row:
        if reading.version_for(row, side) != seen:
            raise Stale(what_happened(row, reader=by))
        yield row


def add_documents(
    case: Case,
    uploads: Iterable[File],
    *,
    side: str,
    by: User,
    title: str = "",
    asked_to_withhold: bool = False,
    reason: str = "",
) -> list[CaseDocument]:
    """Seal files of a party and add them to its case, all or none."""
    uploads = list(uploads)
    with transaction.atomic():
        return [
            correspondence.add_document(
                case,
                document := files.store(upload, by=by, data_key=case.data_key),
                title=_title(title, document.original_name, place, len(uploads)),
                side=side,
                by=by,
                asked_to_withhold=asked_to_withhold,
                reason=reason,
            )
            for place, upload in enumerate(uploads, start=1)
        ]


def _title(title: str, file_name: str, place: int, count: int) -> str:
    title = title.strip()
    if not title:
        return file_name
    return title if count == 1 else f"{title} ({place})"


@transaction.atomic
def write(
    case: Case, *, side: str, text: str, by: User, subject: str = "", uploads: Iterable[File] = ()
) -> Message:
    """Send a message with its files to the NCP."""
    documents = add_documents(case, uploads, side=side, by=by)
    return correspondence.send_message(
        case, side=side, text=text, subject=subject, by=by, documents=documents
    )


@transaction.atomic
def answer_complaint(
    case: Case, *, text: str, by: User, side: str, uploads: Iterable[File]
) -> None:
    """Give the enterprise's answer, with its files: the text goes to both sides."""
    add_documents(case, uploads, side=side, by=by)
    correspondence.respond(case, text=text, by=by)


@transaction.atomic
def answer_request(request: Request, *, text: str, by: User, uploads: Iterable[File] = ()) -> None:
    """Answer what the office asked for, with files."""
    documents = add_documents(request.case, uploads, side=request.side, by=by)
    requests.answer(request, text=text, by=by, documents=documents)


# Contact


@dataclass(frozen=True)
class Contact:
    """How the office reaches a party; `safe_contact` is what it said about safe ways and times."""

    email: str = ""
    phone: str = ""
    safe_contact: str = ""


def contact_row(case: Case, user: User) -> Party | Representation | None:
    """Return the row with a person's own contact details: their mandate's, or their party's."""
    mine = case.representations.filter(user=user).exclude(until__lt=timezone.now()).first()
    if mine:
        return mine
    row = case.participations.of_party(user).select_related("party").first()
    if row is None or row.added_by_id:
        return None
    return row.party or case.parties.standing().filter(side=row.side).first()


def contact_of(case: Case, user: User) -> Contact:
    """Return a person's own contact details."""
    row = contact_row(case, user)
    if row is None:
        return Contact()
    return Contact(row.email, row.phone, getattr(row, "safe_contact", ""))


def change_contact(case: Case, contact: Contact, *, by: User) -> None:
    """Change a party's own contact details; the office is told that they changed.

    The message holds none of them: more people read messages than may know who somebody is.
    """
    with locked(case) as row:
        held = contact_row(row, by)
        require(held is not None)
        assert held is not None
        if isinstance(held, Representation):
            held.case = row
        if contact == contact_of(row, by):
            return
        held.email, held.phone = contact.email, contact.phone
        held.email_index = blind_index(contact.email, "party.email")
        if isinstance(held, Party):
            held.safe_contact = contact.safe_contact
        held.save()
        if contact.email:
            OwnAddress.objects.update_or_create(
                user=by, defaults={"email_index": held.email_index, "set_at": timezone.now()}
            )
        else:
            OwnAddress.objects.filter(user=by).delete()
        correspondence.send_message(
            row,
            side=held.side,
            by=by,
            subject=_("Contact details changed"),
            text=_("The new details stand with the party: only its named officer reads them."),
        )


@transaction.atomic
def change_language(case: Case, language: str, *, by: User) -> None:
    """Keep the language in which a person reads and is written to."""
    Person.objects.filter(pk=by.pk).update(language=language)
    row = contact_row(case, by)
    if isinstance(row, Party):
        Party.objects.filter(pk=row.pk).update(language=language)


@transaction.atomic
def change_code(user: User, code: str) -> None:
    """Replace a person's codes by one that they have seen and confirmed; other sessions end.

    Raises:
        ValueError: it is no code made by `accounts.codes.new_code()`.
    """
    if not codes.is_well_formed(code):
        raise ValueError("not a code")
    held = user.access_codes.order_by("-created_at").first()
    people.revoke_access_codes(user)
    people.store_access_code(user, code, label=held.label if held else "")
