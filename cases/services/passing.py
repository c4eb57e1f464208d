"""A case goes to another NCP: who agreed to be named, what goes, the signed package."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases import ncps, permissions
from cases.disclosure import Audience, may_know, readable_events
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import (
    Case,
    CaseDocument,
    Party,
    PassingConsent,
    Representation,
    Transfer,
    TransferredDocument,
)
from cases.models.correspondence import Correspondent
from cases.models.party import Side
from cases.models.transfer import PassingScope
from cases.packages import CASE, INDEX, Writer
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
from cases.services import deadlines, ending, registration
from cases.services.acting import locked, require
from cases.services.coordination import tell_sides
from cases.services.sharing import copy_to_pass
from cases.workflow import OPEN_STATES, NotRegisteredReason, Outcome, State
from documents import services as files
from documents import vault
from documents.models import Document
from sealing.fields import ERASED, open_key

if TYPE_CHECKING:
    from accounts.models import User

HIDDEN = Shown(mediator=False, respondent=False, public=False)
ENDS_EARLY = (State.INITIAL_ASSESSMENT, State.MEDIATION, State.EXAMINATION)


def may_pass_on(case: Case, user: User) -> bool:
    """The officers named on a case pass it on: they alone know whose name is withheld."""
    return permissions.may_run_procedure(case, user) and permissions.may_see_identity(case, user)


def record_consent(
    case: Case,
    *,
    country: str,
    scope: str,
    how: str,
    given_on: date,
    by: User,
    side: str = "",
    party: Party | None = None,
    representation: Representation | None = None,
    version: int | None = None,
) -> PassingConsent:
    """Note that somebody agreed that their name, or their side's own material, goes to an NCP.

    Raises:
        ValidationError: no such NCP, not how they agreed, or a day that lies ahead.
        Incomplete: it is on record already.
    """
    _require_ncp(country)
    if not how.strip():
        raise ValidationError(_("Say how and to whom they agreed."))
    if given_on > deadlines.today():
        raise ValidationError(_("The day lies in the future."))
    with locked(case, version=version, by=by) as row:
        require(may_pass_on(row, by))
        subject = party or representation
        item = PassingConsent(
            case=row,
            scope=PassingScope(scope),
            side=subject.side if subject else Side(side),
            party=party,
            representation=representation,
            country=country,
            given_on=given_on,
            how=how.strip(),
            recorded_by=by,
        )
        if row.passing_consents.filter(
            withdrawn_at=None, scope=item.scope, side=item.side, party=party,
            representation=representation, country=country,
        ).exists():  # fmt: skip
            raise Incomplete(_("This consent is on record already."))
        item.save()
        record_event(
            row, EventKind.PASSING_AGREED, by=by, side=item.side, consent=item.pk, country=country
        )
    return item


def withdraw_consent(item: PassingConsent, *, by: User, version: int | None = None) -> None:
    """Note that a consent was taken back; what went before stays with whom it went to."""
    with locked(item.case, version=version, by=by) as row:
        require(may_pass_on(row, by))
        rows = row.passing_consents.filter(pk=item.pk, withdrawn_at=None)
        if not rows.update(withdrawn_at=timezone.now()):
            raise Incomplete(_("This consent was taken back already."))
        record_event(
            row, EventKind.PASSING_TAKEN_BACK, by=by, side=item.side, consent=item.pk,
            country=item.country,
        )  # fmt: skip


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
    acting = list(case.representations.filter(until=None).prefetch_related("principals"))
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
            {"at": event.at.isoformat(), "what": str(event.get_kind_display())}
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


def transfer(
    case: Case,
    *,
    country: str,
    why: str,
    told: str,
    by: User,
    ends_case: bool,
    version: int | None = None,
) -> Transfer:
    """Make the signed package for another NCP, tell the parties, and end the case here as
    transferred where it goes over altogether.

    A case whose enterprise was told ends with a statement. One that was not registered is
    answered that another NCP is responsible.

    Raises:
        ValidationError: the reasons or the words for the parties are missing.
        Incomplete: the case cannot end as it stands.
    """
    _require_ncp(country)
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
            if not (ends_case and row.state == State.RECEIVED):
                tell_sides(row, told.strip(), subject=_("Passed on to another NCP"), by=by)
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
    if case.state == State.RECEIVED or (case.is_served and case.state in ENDS_EARLY):
        return
    if case.state in ENDS_EARLY:
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


def _require_ncp(country: str) -> None:
    if country not in ncps.listed() or country == settings.NCP_COUNTRY:
        raise ValidationError(_("Choose the NCP."))
