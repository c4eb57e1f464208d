"""Letters go out; an administrator changes their wording."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Role
from cases import permissions
from cases.disclosure import Audience, may_know
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.letters import wording
from cases.models import Case, CaseDocument, LetterTemplate, Message, MessageDocument, PortalLetter
from cases.models.correspondence import Correspondent, DocumentAudience
from cases.models.letter import LetterAudience
from cases.models.party import Side
from cases.services.acting import locked, require
from documents import services as files

if TYPE_CHECKING:
    from accounts.models import User

# What letters say


@transaction.atomic
def save_template(
    kind: str, *, audience: str, language: str, subject: str, body: str, by: User
) -> LetterTemplate:
    """Put a wording in place of the one in force. Earlier wordings are kept.

    Args:
        kind, audience, language: one of `wording.kinds()`, of its audiences, of `LANGUAGES`.

    Raises:
        ValidationError: a field that its reader's letters may not have, an open brace, no text.
        PermissionDenied: the person is no administrator.
    """
    require(by.has_role(Role.ADMINISTRATOR))
    found = _place(kind, audience, language)
    body = body.replace("\r\n", "\n").strip()
    wording.check(subject.strip(), body, audience=audience)
    return _add(found.name, audience, language, subject.strip(), body, by)


@transaction.atomic
def restore_template(kind: str, *, audience: str, language: str, by: User) -> LetterTemplate:
    """Put the supplied wording back in force."""
    require(by.has_role(Role.ADMINISTRATOR))
    found = _place(kind, audience, language)
    return _add(found.name, audience, language, "", "", by)


def _place(kind: str, audience: str, language: str) -> wording.LetterKind:
    found = wording.kinds().get(kind)
    if not found or (audience, language) not in found.supplied:
        raise ValidationError(_("There is no such letter."))
    return found


def _add(
    kind: str, audience: str, language: str, subject: str, body: str, by: User
) -> LetterTemplate:
    place = {"kind": kind, "audience": audience, "language": language}
    # Two administrators at once: the unique key refuses the second, who sees the first's text.
    last = LetterTemplate.objects.filter(**place).aggregate(last=Max("version"))["last"] or 0
    return LetterTemplate.objects.create(
        **place, version=last + 1, subject=subject, body=body, saved_by=by
    )


# Letters that go out


@dataclass(frozen=True)
class Letter:
    """One side's rendering of a letter, as it goes out. `pdf` is the same letter to print."""

    side: str
    language: str
    subject: str
    text: str
    template_version: int = 0
    pdf: bytes = b""


def send_letters(
    case: Case,
    kind: str,
    letters: Sequence[Letter],
    *,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
    is_told: bool = True,
) -> list[PortalLetter]:
    """Send a letter to one side or to both, as messages of the portal: the same second, each
    side its own rendering, all or none.

    Args:
        is_told: send a mail of its own; False where the act that it goes with sends one.

    Raises:
        ValidationError: no text, something still to be filled in, a name that is withheld from
            its reader, or one side alone where the letter is for both.
        Incomplete: the enterprise was not told of the case yet.
    """
    found = wording.kinds().get(kind)
    if not found or found.is_paper or not letters:
        raise ValidationError(_("There is no such letter."))
    for letter in letters:
        _check(found, letter)
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        sides = {letter.side for letter in letters}
        if Side.RESPONDENT in sides and not row.is_served:
            raise Incomplete(_("The enterprise was not told of the case yet."))
        if found.is_paired and row.is_served and sides != set(Side.values):
            raise ValidationError(_("This letter goes to both sides at once."))
        for letter in letters:
            if names := withheld_in(row, f"{letter.subject}\n{letter.text}", side=letter.side):
                raise ValidationError(
                    _("The letter to this side holds a name that is withheld from it: %(name)s."),
                    params={"name": names[0]},
                )
        now, pair = at or timezone.now(), uuid.uuid4()
        ordered = sorted(letters, key=lambda letter: letter.side)
        return [
            _send(row, found, letter, pair=pair, by=by, at=now, is_told=is_told)
            for letter in ordered
        ]


def _check(kind: wording.LetterKind, letter: Letter) -> None:
    if letter.side not in Side.values or LetterAudience(letter.side) not in kind.audiences:
        raise ValidationError(_("This letter does not go to this side."))
    if not letter.subject.strip() or not letter.text.strip():
        raise ValidationError(_("Write a subject and a text."))
    if gaps := wording.gaps(f"{letter.subject}\n{letter.text}"):
        raise ValidationError(
            _("Fill in what stands in double brackets: %(gap)s"), params={"gap": gaps[0]}
        )


def _send(
    case: Case,
    kind: wording.LetterKind,
    letter: Letter,
    *,
    pair: uuid.UUID,
    by: User,
    at: datetime,
    is_told: bool,
) -> PortalLetter:
    message = Message.objects.create(
        case=case,
        side=letter.side,
        sender=Correspondent.NCP,
        sent_by=by,
        subject=letter.subject.strip(),
        text=letter.text.strip(),
        sent_at=at,
    )
    item = None
    if letter.pdf:
        upload = SimpleUploadedFile("letter.pdf", letter.pdf, content_type="application/pdf")
        document = files.store_own(upload, by=by, data_key=case.data_key)
        item = CaseDocument.objects.create(
            case=case,
            document=document,
            title=letter.subject.strip(),
            side=letter.side,
            audience=DocumentAudience.PARTY_AND_NCP,
            provided_by=by,
            provided_at=at,
        )
        MessageDocument.objects.create(message=message, case_document=item)
    row = PortalLetter.objects.create(
        case=case,
        pair=pair,
        kind=kind.name,
        side=letter.side,
        language=letter.language,
        template_version=letter.template_version,
        message=message,
        document=item,
        sent_at=at,
    )
    record_event(
        case,
        EventKind.MESSAGE_SENT,
        by=by,
        at=at,
        side=letter.side,
        sender=Correspondent.NCP,
        message=message.pk,
        letter=kind.name,
        document=item.pk if item else None,
        without_mail=None if is_told else True,
    )
    return row


def withheld_in(case: Case, text: str, *, side: str) -> list[str]:
    """Return the full names in a text that a side may not know."""
    to = Audience(side)
    plain = " ".join(text.casefold().split())
    people: list[Any] = [*case.parties.all(), *case.representations.all()]
    names = [row.name for row in people if not may_know(row, to)]
    if side != Side.COMPLAINANT:
        for representation in case.representations.prefetch_related("principals"):
            names += [row.name for row in representation.principals.all()]
    return [name for name in names if name and " ".join(name.casefold().split()) in plain]
