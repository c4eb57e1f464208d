"""An e-mail is filed to its case: the system suggests, an officer confirms. Who sent it is what
the e-mail says; nothing proves it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from cases import permissions
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.letters.drafts import language_of
from cases.models import (
    Case,
    CaseDocument,
    FiledMail,
    Message,
    MessageDocument,
    Party,
    Representation,
)
from cases.models.correspondence import DocumentAudience
from cases.models.party import Side
from cases.services.acting import locked, require
from cases.workflow import OPEN_STATES
from documents import services as files
from documents.mails import Mail, as_eml
from sealing.index import blind_index

if TYPE_CHECKING:
    from accounts.models import User

OURS = ""
"""The office's own correspondence: with a ministry, an expert, another NCP."""
MOST_SUGGESTED = 5


@dataclass(frozen=True)
class Suggestion:
    """A case to which an e-mail may belong, on whose behalf, and why it is suggested."""

    case: Case
    side: str
    why: str


def suggestions(mail: Mail, user: User) -> list[Suggestion]:
    """Return the cases that this person sees to which an e-mail may belong: named by number in
    the subject or the text, or with a correspondent of that address, found by the blind index."""
    visible = Case.objects.visible_to(user)
    sides = _sides_of(mail, visible)
    found: dict[Any, Suggestion] = {}
    for place, text in ((_("its number stands in the subject"), mail.subject),
                        (_("its number stands in the text"), mail.text)):  # fmt: skip
        numbers = _numbers(text)
        for case in visible.filter(reference__in=numbers) if numbers else ():
            found.setdefault(case.pk, Suggestion(case, sides.get(case.pk, OURS), place))
    cases = visible.filter(pk__in=sides).order_by("-received_at")[: MOST_SUGGESTED * 4]
    for case in sorted(cases, key=lambda row: row.state not in OPEN_STATES):
        why = _("somebody of the case has this address")
        found.setdefault(case.pk, Suggestion(case, sides[case.pk], why))
    return list(found.values())[:MOST_SUGGESTED]


def _numbers(text: str) -> list[str]:
    prefix = re.escape(settings.REFERENCE_PREFIX)
    found = re.findall(rf"(?<![\w-])({prefix}-\d{{4}}-\d{{3,6}})(?!\d)", text, re.IGNORECASE)
    # Numbers of an older register look otherwise; they stand in brackets after a hash or “No.”.
    found += re.findall(r"(?:#|№|No\.?|Nr\.?)\s?([A-Za-z0-9][\w/-]{3,22})", text)
    return list(dict.fromkeys(item.upper() if item[0].isalpha() else item for item in found))[:20]


def _sides_of(mail: Mail, visible: Any) -> dict[Any, str]:
    indexes = [blind_index(address, "party.email") for address in mail.addresses]
    if not indexes:
        return {}
    within = Q(email_index__in=[index for index in indexes if index]) & Q(case__in=visible)
    sides: dict[Any, str] = {}
    for model in (Party, Representation):
        sides |= dict(model.objects.filter(within).values_list("case_id", "side"))
    return sides


def file_mail(
    case: Case, mail: Mail, *, side: str, by: User, original: bytes, version: int | None = None
) -> FiledMail:
    """File an e-mail: its text becomes a message of that side, or of the office's own
    correspondence; attachments become documents that go to nobody else before it is decided.

    Attachments that cannot be taken are named in the text.

    Raises:
        ValidationError: it is empty.
        Incomplete: it was filed to this case already, or the case is over.
        PermissionDenied: the person does not run the procedure.
    """
    if not (mail.text or mail.attachments or mail.subject):
        raise ValidationError(_("The e-mail is empty."))
    digest = hashlib.sha256(original).hexdigest()
    try:
        with locked(case, version=version, by=by) as row:
            require(permissions.may_run_procedure(row, by))
            if row.mails.filter(digest=digest).exists():
                raise Incomplete(_("This e-mail was filed to the case already."))
            if row.state not in OPEN_STATES:
                raise Incomplete(_("The case is over. Documents are added to open cases only."))
            return _file(row, mail, side=side, by=by, digest=digest, original=original)
    except IntegrityError as error:
        raise Incomplete(_("This e-mail was filed to the case already.")) from error


def _file(
    case: Case, mail: Mail, *, side: str, by: User, digest: str, original: bytes
) -> FiledMail:
    if side == OURS:
        return _file_said(case, mail, side=side, by=by, digest=digest, original=original)
    with translation.override(language_of(case, side)):  # that side reads what is added to it
        return _file_said(case, mail, side=side, by=by, digest=digest, original=original)


def _file_said(
    case: Case, mail: Mail, *, side: str, by: User, digest: str, original: bytes
) -> FiledMail:
    kept, refused = _documents(case, mail, side, by)
    text = mail.text or _("(no text)")
    if refused:
        text += "\n\n" + _("Not taken: %(names)s") % {"names": "; ".join(refused)}
    message = None
    if side != OURS:
        message = Message.objects.create(
            case=case,
            side=Side(side),
            sender=side,
            sent_by=by,
            subject=mail.subject[:200],
            text=text + "\n\n" + _("Filed from an e-mail. Who sent it was not verified."),
        )
        MessageDocument.objects.bulk_create(
            MessageDocument(message=message, case_document=item) for item in kept
        )
    source = original if not original.startswith(b"\xd0\xcf\x11\xe0") else as_eml(mail)
    filed = FiledMail.objects.create(
        case=case,
        side=side,
        message=message,
        sender=mail.sender or _("unknown"),
        subject=mail.subject[:500],
        text="" if message else text,
        written_at=mail.written_at,
        digest=digest,
        original=_sealed(case, source, by),
        filed_by=by,
    )
    record_event(
        case,
        EventKind.MAIL_FILED,
        by=by,
        side=side or None,
        mail=filed.pk,
        message=message.pk if message else None,
        documents=[item.pk for item in kept],
    )
    return filed


def _documents(case: Case, mail: Mail, side: str, by: User) -> tuple[list[CaseDocument], list[str]]:
    kept, refused = [], []
    for number, item in enumerate(mail.attachments, start=1):
        upload = File(BytesIO(item.content), name=item.name)
        upload.size = len(item.content)
        try:
            with transaction.atomic():
                document = files.store(upload, by=by, data_key=case.data_key)
        except ValidationError as error:
            refused.append(f"{item.name[:80]} ({' '.join(error.messages)})")
            continue
        kept.append(
            CaseDocument.objects.create(
                case=case,
                document=document,
                title=item.name[:200] or _("Attachment %(number)s") % {"number": number},
                side=side,
                audience=DocumentAudience.PARTY_AND_NCP if side else DocumentAudience.NCP,
                provided_by=by,
            )
        )
    return kept, refused


def _sealed(case: Case, data: bytes, by: User) -> Any:
    """Keep the whole e-mail sealed; None where it is of no kind that is taken."""
    upload = File(BytesIO(data), name="mail.eml")
    upload.size = len(data)
    try:
        return files.store(upload, by=by, data_key=case.data_key)
    except ValidationError:
        return None
