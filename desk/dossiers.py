"""The file of a case for one audience: what stands in it, and the PDF.

It is made from `disclosed(case, to=...)` and from the documents and messages that this audience
reads. Exhibits are numbered among what the audience sees, so that a gap betrays nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst
from django.db.models import prefetch_related_objects
from django.template.defaultfilters import filesizeformat
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases import dossier as loading
from cases.countries import country_name
from cases.disclosure import NCP_READS_ALL, Audience, disclosed
from cases.models import Case, CaseDocument, Dossier, Message
from cases.models.correspondence import OTHERS, Correspondent, DocumentAudience
from cases.models.dossier import DossierAudience
from cases.models.party import Side
from cases.services import dossiers
from cases.shown import DisclosedCase
from documents import services as files
from documents import vault
from office.current import current
from sealing.models import Erased

if TYPE_CHECKING:
    from datetime import date, datetime

    from documents.models import Document

TEMPLATE = Path(__file__).parent / "dossier.typ"
LETTERS = {Side.COMPLAINANT: "C", Side.RESPONDENT: "R", "": "N"}
"""How exhibits of the complainant, the enterprise and the office are called."""

SHARED = frozenset(OTHERS) - {DocumentAudience.COUNSEL}
"""What both sides and the mediator read; what is for counsel only stands in no file."""

MOST_AT_ONCE, BYTES_AT_ONCE = 25, 20 * 1024 * 1024
"""Up to so many documents of so many bytes a page makes the file itself; else the worker."""


@dataclass(frozen=True)
class Exhibit:
    """A line of the index of documents."""

    number: str
    title: str
    given_by: str
    given_on: str
    size: str
    sha256: str


def is_quick(case: Case) -> bool:
    """Tell whether the file of a case, loaded whole, is made while somebody waits."""
    items = list(case.documents.all())
    size = sum(item.document.clean_size or 0 for item in items)
    return len(items) <= MOST_AT_ONCE and size <= BYTES_AT_ONCE


def make(dossier: Dossier) -> Dossier:
    """Make the PDF of a file that was asked for, and keep it."""
    if dossier.made_at:
        return dossier
    case = Case.objects.select_related("officer").get(pk=dossier.case_id)
    length = case.history_length  # read before the rest: what comes in meanwhile makes it old
    (case,) = loading.load([case])
    try:
        pdf = as_pdf(case, Audience(dossier.audience), language=dossier.language)
    except Exception:
        dossiers.note_failure(dossier)
        raise
    return dossiers.keep(dossier, pdf, history_length=length)


def as_pdf(case: Case, to: Audience, *, language: str) -> bytes:
    """Return the file of a loaded case as PDF/UA-1."""
    with translation.override(language):
        data = contents(case, to, language=language)
    return typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )


def contents(
    case: Case, to: Audience, *, language: str, with_digests: bool = True
) -> dict[str, Any]:
    """Return what stands in the file of a loaded case, in the active language.

    Args:
        with_digests: read every document for its digest; a page to print does without.
    """
    shown = disclosed(case, to=to)
    name = shown.reference or shown.receipt_id or _("Not registered")
    return {
        "language": language,
        "publisher": current().name(language),
        "reference": name,
        "title": _("File of the case %(reference)s") % {"reference": name},
        "audience": str(DossierAudience(to.value).label),
        "made": _("Made on %(moment)s")
        % {"moment": date_format(timezone.localtime(), "j E Y, H:i")},
        "labels": _labels(),
        "facts": _facts(case, shown, to),
        "parties": [list(row) for row in _parties(shown)],
        "issues": [_issue(issue) for issue in shown.issues],
        "decisions": list(_decisions(case)) if to in NCP_READS_ALL else [],
        "replies": [
            [str(Side(side).label), _("agrees") if agrees else _("declines")]
            for side, agrees in shown.replies.items()
        ],
        "deadlines": [
            [item.label, _day(item.due_on), item.standing_label, item.explanation]
            for item in shown.deadlines
        ],
        "messages": [_message(row, to) for row in messages(case, to)],
        "documents": [
            [item.number, item.title, item.given_by, item.given_on, item.size, item.sha256]
            for item in exhibits(case, to, with_digests=with_digests)
        ],
        "history": [[_moment(event.at), event.label] for event in shown.events],
    }


def _labels() -> dict[str, str]:
    return {
        "contents": _("Contents"),
        "facts": _("Where it stands"),
        "parties": _("Parties"),
        "issues": _("Issues"),
        "decisions": _("Decisions"),
        "replies": _("Replies to the offer of good offices"),
        "deadlines": _("Open deadlines"),
        "messages": _("Messages"),
        "documents": _("Index of documents"),
        "documents_note": _(
            "The digest (SHA-256) is that of the copy that the reader of this file may have."
        ),
        "history": _("History"),
        "none": _("None."),
        "side": _("Side"),
        "name": _("Name"),
        "details": _("Details"),
        "deadline": _("Deadline"),
        "due": _("Due"),
        "standing": _("Standing"),
        "how": _("How it comes about"),
        "number": _("No."),
        "document": _("Document"),
        "from": _("From"),
        "day": _("Day"),
        "size": _("Size"),
        "moment": _("Moment"),
        "event": _("What happened"),
    }


def _facts(case: Case, shown: DisclosedCase, to: Audience) -> list[list[str]]:
    rows = [[_("State"), shown.state_label]]
    if to != Audience.PUBLIC:
        rows.insert(0, [_("Case"), shown.name])
        rows.append([_("What happens next"), shown.next_step])
    if shown.outcome_label:
        rows.append([_("Outcome"), shown.outcome_label])
    rows.append([_("Received"), _day(timezone.localdate(shown.received_at))])
    if shown.receipt_id:
        rows.append([_("Receipt"), shown.receipt_id])
    if to in NCP_READS_ALL and case.officer:
        rows.append([_("Officer"), case.officer.name])
    rows.append([_("Rules"), shown.rule_set_label])
    if to in NCP_READS_ALL:
        rows.append([_("Entries in the history"), str(case.history_length)])
        rows.append([_("Head of the history"), case.history_head])
    return rows


def _parties(shown: DisclosedCase) -> Iterator[tuple[str, str, str]]:
    for party in shown.parties:
        words = [party.native_name, party.kind_label, party.role_label]
        if party.country:
            words.append(country_name(party.country))
        yield party.side_label, party.name, ", ".join(word for word in words if word)
    for row in shown.representatives:
        yield f"{_('Representative')} ({row.side_label})", row.name, row.kind_label


def _issue(issue: Any) -> dict[str, Any]:
    when = [issue.started, issue.ended]
    if issue.accepted is None:
        decided = ""
    else:
        decided = _("Accepted") if issue.accepted else _("Not accepted")
    return {
        "title": f"{issue.number}. {issue.title}",
        "where": ", ".join(
            word for word in (issue.place, " – ".join(day for day in when if day)) if word
        ),
        "provisions": ", ".join(issue.provisions),
        "description": issue.description.splitlines(),
        "decided": ", ".join(word for word in (decided, issue.outcome_label) if word),
        "reasons": issue.reasons.splitlines(),
    }


def _decisions(case: Case) -> Iterator[dict[str, Any]]:
    numbers = {row.pk: row.number for row in case.issues.all()}
    for decision in case.decisions.all():
        lines = []
        for row in decision.on_issues.all():
            verdict = _("accept") if row.accepted else _("do not accept")
            lines.append(f"{numbers[row.issue_id]}. {verdict}: {row.reasons}")
        for vote in decision.votes.all():
            words = [vote.member.name, str(vote.get_ballot_display()), vote.explanation]
            lines.append(" – ".join(word for word in words if word))
        day = _day(timezone.localdate(decision.proposed_at))
        yield {"title": f"{day}: {decision.get_state_display()}", "lines": lines}


def messages(case: Case, to: Audience) -> list[Message]:
    """Return the messages of a loaded case that stand in the file of an audience. Reports of
    pressure stand in that of the named officers alone, whoever wrote them: files travel."""
    rows = list(case.messages.all())
    if to != Audience.NAMED_OFFICER:
        rows = [row for row in rows if not row.is_reprisal_report]
    if to in NCP_READS_ALL:
        return rows
    if to in (Audience.COMPLAINANT, Audience.RESPONDENT):
        # What was recalled is read by no party any more, in this file either.
        return [row for row in rows if (row.side == to or row.is_response) and not row.recalled_at]
    return []


def _message(row: Message, to: Audience) -> dict[str, Any]:
    who = str(row.get_sender_display())
    if to in NCP_READS_ALL:
        ends = {"sender": who, "side": str(row.get_side_display())}
        if row.sender == Correspondent.NCP:
            who = _("%(sender)s to: %(side)s") % ends
    return {
        "title": f"{_moment(row.sent_at)}, {who}",
        "subject": row.subject,
        "lines": row.text.splitlines(),
    }


def documents(case: Case, to: Audience) -> Iterator[tuple[CaseDocument, Document]]:
    """Yield the documents of a loaded case that an audience reads, each with its copy."""
    items = list(case.documents.all())
    if to not in NCP_READS_ALL:
        prefetch_related_objects(items, "served_copy")
    for item in items:
        if to in NCP_READS_ALL or (item.side and item.side == to):
            yield item, item.document
        elif to == Audience.PUBLIC:
            if item.audience == DocumentAudience.PUBLIC and item.served_copy:
                yield item, item.served_copy
        elif item.audience in SHARED and item.served_copy:
            yield item, item.served_copy


def exhibits(case: Case, to: Audience, *, with_digests: bool = True) -> list[Exhibit]:
    """Return the index of documents of an audience: numbered among what it sees."""
    count: Counter[str] = Counter()
    ours = {letter.document_id for letter in case.portal_letters.all()}
    found = []
    for item, copy in documents(case, to):
        side = "" if item.pk in ours else item.side
        count[side] += 1
        reads_title = to in NCP_READS_ALL or not side or side == to
        found.append(
            Exhibit(
                number=f"{LETTERS[side]}-{count[side]}",
                # The name that the other side gave a document may tell too much.
                title=item.title if reads_title else _("Document"),
                given_by=str(Side(side).label) if side else _("NCP"),
                given_on=_day(timezone.localdate(item.provided_at)),
                size=filesizeformat(copy.clean_size or copy.size),
                sha256=_digest(copy) if with_digests else "",
            )
        )
    return found


def _digest(document: Document) -> str:
    try:
        reader = files.open_clean(document)
    except (files.NotReady, FileNotFoundError, vault.Tampered, Erased):
        return ""
    digest = hashlib.sha256()
    for piece in reader.chunks():
        digest.update(piece)
    return digest.hexdigest()


def _day(day: date) -> str:
    return date_format(day, "j E Y")


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j E Y, H:i")
