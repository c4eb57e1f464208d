"""An extract of the record that one side may receive: what it may read, in its language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from cases import extract_pdf, ledger, permissions
from cases.disclosure import Audience, disclosed
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case
from cases.models.correspondence import DocumentAudience
from cases.models.party import Side
from cases.services.acting import locked, require
from cases.services.erasure import is_erased
from sealing import chain, signing
from sealing.models import PublishedKey

if TYPE_CHECKING:
    from accounts.models import User

FORMAT = "good-offices-extract-1"
OPENED = frozenset({DocumentAudience.PARTIES, DocumentAudience.MEDIATION, DocumentAudience.PUBLIC})


@dataclass(frozen=True)
class Extract:
    """An extract as data; `sections` are headings with rows of when, what and more."""

    language: str
    made_at: datetime
    reference: str
    side: str
    state: str
    received_at: datetime
    sections: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...]

    def file_name(self, kind: str) -> str:
        """Return a name that says nothing of the case: the moment by the clock of the NCP."""
        return f"extract-{timezone.localtime(self.made_at):%Y%m%d-%H%M}.{kind}"

    def content(self) -> dict[str, Any]:
        """Return what is signed."""
        return {
            "format": FORMAT,
            "language": self.language,
            "made_at": self.made_at.isoformat(),
            "reference": self.reference,
            "for": self.side,
            "state": self.state,
            "received_at": self.received_at.isoformat(),
            **{
                code: [{"when": when, "what": what, "more": more} for when, what, more in rows]
                for code, _heading, rows in self.sections
            },
        }

    def as_json(self) -> str:
        """Return the extract for a program, signed with the key that the office publishes."""
        content = self.content()
        signed = {
            "extract": content,
            "signature": signing.sign(chain.canonical(content)),
            "public_key": signing.public_key(),
        }
        return json.dumps(signed, ensure_ascii=False, indent=2)

    def as_pdf(self) -> bytes:
        """Return the extract to read and print."""
        with translation.override(self.language):
            data = {
                "language": self.language.split("-")[0],
                "title": _("Extract from the record"),
                "publisher": settings.NCP_NAME.get(self.language) or settings.NCP_NAME["en"],
                "lead": _("What is on record in this case and may be read by the side named here."),
                "nothing": _("Nothing is on record."),
                "note": _(
                    "The record holds more entries than those that this side may read. What the "
                    "other side gave in confidence and what was said in mediation is not in it."
                ),
                "facts": [
                    {"label": _("Case"), "value": self.reference},
                    {"label": _("For"), "value": str(Side(self.side).label)},
                    {"label": _("State"), "value": self.state},
                    {"label": _("Received"), "value": _moment(self.received_at)},
                    {"label": _("Made"), "value": _moment(self.made_at)},
                ],
                "sections": [
                    {
                        "heading": heading,
                        "rows": [
                            {"when": when, "what": what, "more": more} for when, what, more in rows
                        ],
                    }
                    for _code, heading, rows in self.sections
                ],
            }
            return extract_pdf.render(data, at=int(self.made_at.timestamp()))


def make(case: Case, *, side: str, by: User, language: str = "") -> Extract:
    """Make the extract for one side, and put on record that it was given.

    Args:
        language: of the reader; by itself that of the side's first party.

    Raises:
        PermissionDenied: the person neither stands on that side nor runs the procedure.
        Incomplete: the enterprise was not told of the case yet, or the case was erased.
    """
    with locked(case, by=by) as row:
        require(
            permissions.is_party_member(row, by, side=side)
            or permissions.may_run_procedure(row, by)
        )
        if side == Side.RESPONDENT and not row.is_served:
            raise Incomplete(_("The enterprise was not told of the case yet."))
        if is_erased(row):
            raise Incomplete(_("The content of this case was erased."))
        PublishedKey.current()
        language = language or _language_of(row, side)
        with translation.override(language):
            made = _read(row, side, language)
        record_event(row, EventKind.EXTRACT_MADE, by=by, side=side)
    return made


def _language_of(case: Case, side: str) -> str:
    party = case.parties.filter(side=side, left_at=None).order_by("position").first()
    language = party.language if party else case.language
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _moment(at: datetime | None) -> str:
    return formats.date_format(timezone.localtime(at), "j E Y, H:i") if at else ""


def _read(case: Case, side: str, language: str) -> Extract:
    shown = disclosed(case, to=Audience(side))
    documents = [
        row
        for row in case.documents.order_by("provided_at")
        if row.side == side or (row.served_at and not row.pulled_at and row.audience in OPENED)
    ]
    titles = ledger.titles_for(documents, side)
    sections = (
        (
            "parties",
            _("Parties"),
            tuple(("", item.name, item.side_label) for item in shown.parties),
        ),
        (
            "issues",
            _("Issues"),
            tuple(
                ("", f"{item.number}. {item.title}", _decided(item.accepted))
                for item in shown.issues
            ),
        ),
        (
            "deadlines",
            _("Running time frames"),
            tuple(
                (formats.date_format(item.due_on, "j E Y"), item.label, item.explanation)
                for item in shown.deadlines
            ),
        ),
        (
            "documents",
            _("Documents"),
            tuple(
                (
                    _moment(row.provided_at if row.side == side else row.served_at),
                    titles[row.pk],
                    _("given by this side") if row.side == side else _("shown to this side"),
                )
                for row in documents
            ),
        ),
        (
            "history",
            _("History"),
            tuple((_moment(item.at), item.label, "") for item in shown.events),
        ),
    )
    return Extract(
        language=language,
        made_at=timezone.now(),
        reference=shown.reference or shown.receipt_id,
        side=side,
        state=shown.state_label,
        received_at=shown.received_at,
        sections=sections,
    )


def _decided(accepted: bool | None) -> str:
    if accepted is None:
        return _("not decided yet")
    return _("accepted") if accepted else _("not accepted")
