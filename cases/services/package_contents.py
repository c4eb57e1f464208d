"""What goes to another NCP when a case is passed on, and what stays: looked at, nothing written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import ncps
from cases.disclosure import Audience, may_know, readable_events
from cases.models import Case, CaseDocument, Party, Representation
from cases.models.correspondence import Correspondent
from cases.models.party import Side
from cases.models.transfer import PassingScope
from cases.payload import (
    ComplainantData,
    IssueData,
    ProceedingData,
    RepresentativeData,
    RespondentData,
    Shown,
    SubmissionData,
)
from cases.search.masking import Mask, mask_of
from cases.services.sharing import copy_to_pass
from documents import services as files
from documents.models import Document
from sealing.fields import ERASED

if TYPE_CHECKING:
    pass


HIDDEN = Shown(mediator=False, respondent=False, public=False)


@dataclass(frozen=True)
class Enclosed:
    """A document in the package: the exact copy, its name there, the masked title."""

    item: CaseDocument
    copy: Document
    path: str
    title: str


@dataclass
class Contents:
    """What a package would hold, for the officer to look at before it is made."""

    country: str
    case: dict[str, Any]
    people: list[str] = field(default_factory=list)
    documents: list[Enclosed] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)


def contents(case: Case, *, country: str, at: datetime | None = None) -> Contents:
    """Return what would go to an NCP: nothing that names who did not agree, no document that
    neither both sides read nor its own side gave leave to pass on, no report of pressure, no note
    of the office and nothing of the mediation room."""
    consents = list(case.passing_consents.filter(country=country, withdrawn_at=None))
    agreed = {row.party_id or row.representation_id for row in consents} - {None}
    sides = {row.side for row in consents if row.scope == PassingScope.MATERIAL}
    parties = list(case.parties.standing().select_related("organisation"))
    acting = list(case.representations.current().prefetch_related("principals"))
    mask = mask_of(case, agreed=agreed)
    made = Contents(country, {})
    told = _told(case, mask)
    submission = SubmissionData(
        complainants=tuple(
            _complainant(row, made, agreed) for row in parties if row.side == Side.COMPLAINANT
        ),
        respondents=tuple(
            _respondent(row, made, mask) for row in parties if row.side == Side.RESPONDENT
        ),
        issues=tuple(_issues(case, mask)),
        representative=_representative(acting, made, agreed, mask),
        proceedings=tuple(
            ProceedingData(mask.blot(row.forum), mask.blot(row.reference), mask.blot(row.status))
            for row in case.proceedings.all()
        ),
        reprisal_risk=False,
        language=case.language,
        channel="imported",
        privacy_notice_version=settings.PRIVACY_NOTICE_VERSION,
        tried_before=told["tried_before"],
        wanted=told["wanted"],
        edition=told["edition"],
    )
    _documents(case, made, sides, mask)
    made.case = {
        "submission": submission.as_json(),
        "origin": _origin(case),
        "documents": [
            {
                "path": row.path,
                "title": row.title,
                "side": row.item.side,
                "given_at": row.item.provided_at.isoformat(),
            }
            for row in made.documents
        ],
        "messages": _messages(case, sides, made, mask),
        "history": [
            {
                "at": event.at.isoformat(),
                "code": event.kind,
                "what": event.label,
            }
            for event in readable_events(case, Audience.PARTNER)
        ],
        "links": [
            {
                "country": row.country,
                "ncp": ncps.name_of(row.country),
                "title": mask.blot(row.title),
                "url": row.url,
            }
            for row in case.foreign_cases.filter(removed_at=None)
        ],
    }
    made.facts = _facts(case)
    return made


def _complainant(row: Party, made: Contents, agreed: set[Any]) -> ComplainantData:
    if row.pk in agreed:
        made.people.append(_("%(name)s, with how to reach them: they agreed") % {"name": row.name})
        return ComplainantData(
            row.name, row.kind, row.country, row.email, row.phone, row.address, _shown(row)
        )
    if may_know(row, Audience.PARTNER):
        made.people.append(_("%(name)s, without how to reach them") % {"name": row.name})
        return ComplainantData(row.name, row.kind, row.country, shown=_shown(row))
    name = str(row.pseudonym)
    made.people.append(_("%(name)s: the name stays here") % {"name": name})
    made.left_out.append(_("The name of %(name)s, who did not agree") % {"name": name})
    return ComplainantData(name, "other", shown=HIDDEN)


def _shown(row: Party | Representation) -> Shown:
    return Shown(row.shown_to_mediator, row.shown_to_respondent, row.shown_to_public)


def _respondent(row: Party, made: Contents, mask: Mask) -> RespondentData:
    name = row.name if may_know(row, Audience.PARTNER) else str(row.pseudonym)
    made.people.append(name)
    return RespondentData(
        name,
        row.kind,
        row.country,
        website=row.organisation.website if row.organisation else "",
        structure=mask.blot(row.structure),
        role=row.role_in_harm or "unknown",
    )


def _representative(
    rows: list[Representation], made: Contents, agreed: set[Any], mask: Mask
) -> RepresentativeData | None:
    found = next((row for row in rows if row.side == Side.COMPLAINANT), None)
    if found is None:
        return None
    if found.pk in agreed:
        principals = tuple(row.name for row in found.principals.all())
        made.people.append(
            _("%(name)s, representative, and those for whom they act: they agreed")
            % {"name": found.name}
        )
        return RepresentativeData(
            found.name, found.kind, found.email, found.phone, found.mandate, principals,
            _shown(found),
        )  # fmt: skip
    made.left_out.append(_("The names of those for whom the representative acts"))
    if may_know(found, Audience.PARTNER):
        made.people.append(_("%(name)s, representative") % {"name": found.name})
        return RepresentativeData(
            found.name, found.kind, mandate=mask.blot(found.mandate), shown=_shown(found)
        )
    made.left_out.append(_("The name of the representative, who did not agree"))
    return RepresentativeData(str(_("Representative")), "other", shown=HIDDEN)


def _issues(case: Case, mask: Mask) -> Any:
    for row in case.issues.prefetch_related("provisions"):
        yield IssueData(
            mask.blot(row.title),
            mask.blot(row.description),
            mask.blot(row.place),
            row.country,
            row.started,
            row.ended,
            row.is_ongoing,
            row.is_approximate,
            tuple(str(item) for item in row.provisions.all()),
            tuple(row.kept),
        )


def _told(case: Case, mask: Mask) -> dict[str, str]:
    """Return what the complaint says beside the issues, from the sealed submission."""
    sent = getattr(case, "submission", None)
    data = json.loads(sent.content) if sent and sent.content != ERASED else {}
    return {name: mask.blot(data.get(name) or "") for name in ("tried_before", "wanted")} | {
        "edition": data.get("edition") or "2023"
    }


def _documents(case: Case, made: Contents, sides: set[str], mask: Mask) -> None:
    """Choose the exact copy of each document; own material only where its side agreed."""
    for item in case.documents.select_related("document", "served_copy"):
        copy = copy_to_pass(item)
        if copy is None and item.side in sides and not item.pulled_at and item.document.is_clean:
            copy = item.document
        title = mask.blot(item.title)
        if copy is None:
            made.left_out.append(_("Document: %(title)s") % {"title": title})
            continue
        path = f"documents/{len(made.documents) + 1:03d}{files.clean_extension(copy)}"
        made.documents.append(Enclosed(item, copy, path, title))


def _messages(case: Case, sides: set[str], made: Contents, mask: Mask) -> list[dict[str, Any]]:
    rows = []
    left = 0
    for row in case.messages.filter(is_reprisal_report=False):
        if not row.is_response and row.side not in sides:
            left += 1
            continue
        rows.append(
            {
                "at": row.sent_at.isoformat(),
                "from": str(Correspondent(row.sender).label),
                "sender": row.sender,
                "side": row.side,
                "is_answer": row.is_response,
                "subject": mask.blot(row.subject),
                "text": mask.blot(row.text),
            }
        )
    if left:
        made.left_out.append(
            _("%(number)s letters between a side and this office") % {"number": left}
        )
    return rows


DATES = (
    "received_at", "registered_at", "served_at", "assessment_concluded_at",
    "good_offices_concluded_at", "ended_at",
)  # fmt: skip


def _origin(case: Case) -> dict[str, Any]:
    return {
        "ncp": settings.NCP_COUNTRY,
        "reference": case.reference or "",
        "state": case.state,
        "rule_set": case.rule_set,
        "outcome": case.outcome,
        "issues": [
            {"number": row.number, "accepted": row.accepted, "outcome": row.outcome}
            for row in case.issues.all()
        ],
        **{name: value.isoformat() if (value := getattr(case, name)) else "" for name in DATES},
    }


def _facts(case: Case) -> list[tuple[str, str]]:
    labels = {
        "received_at": _("Received"),
        "registered_at": _("Registered"),
        "served_at": _("The enterprise was told"),
        "assessment_concluded_at": _("Initial assessment concluded"),
        "good_offices_concluded_at": _("Good offices concluded"),
    }
    rows = [
        (_("Reference number"), case.reference or "–"),
        (_("State"), str(case.get_state_display())),
    ]
    return rows + [
        (str(label), timezone.localtime(value).date().isoformat())
        for name, label in labels.items()
        if (value := getattr(case, name))
    ]


def page_of(enclosed: Contents, *, made_at: datetime) -> dict[str, Any]:
    """Return what the readable index of a package shows."""
    return {
        "sender": ncps.name_of(settings.NCP_COUNTRY),
        "recipient": ncps.name_of(enclosed.country),
        "made_at": made_at,
        "facts": enclosed.facts,
        "people": enclosed.people,
        "submission": enclosed.case["submission"],
        "case": enclosed.case,
    }
