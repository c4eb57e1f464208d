"""A submission is filed: sealed as it was sent, then unfolded into a case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import permissions, receipts, rules
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import (
    Case,
    CaseDocument,
    Issue,
    IssueProvision,
    Organisation,
    ParallelProceeding,
    Participation,
    Party,
    Principal,
    Representation,
    Submission,
)
from cases.models.correspondence import DocumentAudience, KeptFrom
from cases.models.party import ParticipationRole, Side
from cases.payload import IssueData, RespondentData, SubmissionData
from cases.provisions import parse
from cases.receipts import Receipt
from cases.services.acting import locked, require, require_state
from cases.workflow import State
from documents.models import Document
from sealing import chain
from sealing.index import blind_index
from sealing.models import DataKey, PublishedKey

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Filed:
    """What filing gave: the case and the signed receipt. `is_new` is False for a repeated click."""

    case: Case
    receipt: Receipt
    is_new: bool


@transaction.atomic(savepoint=False)
def file_submission(
    data: SubmissionData,
    *,
    filed_by: User | None,
    data_key: DataKey,
    idempotency_key: UUID,
    entered_by: User | None = None,
    arrived_at: datetime | None = None,
) -> Filed:
    """Seal a submission and open its case. The same idempotency key gives the same case again.

    Args:
        filed_by: the person who will follow the case with an access code; None where nobody will.
        data_key: the key of the draft; its files are already sealed with it.
        entered_by: the officer who typed in what came by post, e-mail or telephone.
        arrived_at: when it truly arrived, where it was entered later.
    """
    # A second click waits here until the first one is filed, then finds what it filed.
    DataKey.objects.select_for_update(no_key=True).get(pk=data_key.pk)
    earlier = Submission.objects.filter(idempotency_key=idempotency_key).first()
    if earlier:
        return Filed(earlier.case, receipts.of(earlier.case), is_new=False)
    return file_once(
        data,
        filed_by=filed_by,
        data_key=data_key,
        idempotency_key=idempotency_key,
        entered_by=entered_by,
        arrived_at=arrived_at,
    )


@transaction.atomic(savepoint=False)
def file_once(
    data: SubmissionData,
    *,
    filed_by: User | None,
    data_key: DataKey,
    idempotency_key: UUID,
    entered_by: User | None = None,
    arrived_at: datetime | None = None,
) -> Filed:
    """File a submission of which the caller knows, under a lock, that it was not filed before.

    The arguments are those of `file_submission`.
    """
    now = timezone.now()
    case = _new_case(data, data_key, arrived_at or now)
    content = chain.canonical(data.as_json()).decode()
    receipt = receipts.issue(case.receipt_id, now, receipts.digest(content))
    PublishedKey.ensure_published()
    Submission.objects.create(
        case=case,
        content=content,
        digest=receipt.digest,
        signature=receipt.signature,
        public_key=receipt.public_key,
        privacy_notice_version=data.privacy_notice_version,
        idempotency_key=idempotency_key,
        filed_by=filed_by,
        entered_by=entered_by,
        sealed_at=now,
    )
    _unfold(case, data, filed_by=filed_by, by=filed_by or entered_by)
    # The row of the case is written here, once: what refers to it is checked at commit.
    record_event(
        case,
        EventKind.RECEIVED,
        by=filed_by or entered_by,
        at=now,
        digest=receipt.digest,
        channel=data.channel,
    )
    return Filed(case, receipt, is_new=True)


@contextmanager
def rehearsed(data: SubmissionData, *, data_key: DataKey) -> Iterator[Case]:
    """Give the case that filing would open, inside a transaction that is rolled back.

    For projections before anything is sent. There is no event, so nobody is told; no receipt, so
    nothing is signed; and no row stays.
    """
    with transaction.atomic():
        case = _new_case(data, data_key, timezone.now())
        case.save(force_insert=True)
        _unfold(case, data, filed_by=None, by=None)
        yield case
        transaction.set_rollback(True)


def complete(case: Case, data: SubmissionData, *, by: User) -> Case:
    """Take what the office wrote down of a recording into the case, as its teller confirmed it.

    The sealed submission stays what was sent. The first complainant is who sent the recording.

    Raises:
        PermissionDenied: only the complainant's side confirms.
        WrongState: the assessment is over.
        Incomplete: the enterprise was told already.
    """
    with locked(case) as row:
        require(permissions.is_party_member(row, by, side=Side.COMPLAINANT))
        require_state(row, State.RECEIVED, State.INITIAL_ASSESSMENT)
        if row.is_served:
            raise Incomplete(_("The enterprise was told of the case already."))
        row.title = _title(data)
        row.reprisal_risk = row.reprisal_risk or data.reprisal_risk
        first, *others = _complainants(row, data)
        teller = row.parties.filter(side=Side.COMPLAINANT).order_by("position").first()
        if teller:
            _take_over(teller, first)
        else:
            others = [first, *others]
        Party.objects.bulk_create([*others, *_respondents(row, data.respondents)])
        if data.representative:
            _add_representation(row, data, None)
        add_issues(row, data.issues, edition=data.edition)
        ParallelProceeding.objects.bulk_create(
            ParallelProceeding(
                case=row, forum=item.forum, reference=item.reference, status=item.status
            )
            for item in data.proceedings
        )
        content = chain.canonical(data.as_json()).decode()
        record_event(row, EventKind.ISSUE_CHANGED, by=by, digest=receipts.digest(content))
    return row


def _take_over(teller: Party, told: Party) -> None:
    """Put what was written down on the row of the teller; ways to reach her are never emptied."""
    for name in ("name", "name_index", "kind", "country", "withholding_reason"):
        setattr(teller, name, getattr(told, name))
    for name in ("email", "email_index", "phone", "address", "safe_contact"):
        setattr(teller, name, getattr(told, name) or getattr(teller, name))
    for name in ("shown_to_mediator", "shown_to_respondent", "shown_to_public"):
        setattr(teller, name, getattr(told, name))
    teller.save()


def _new_case(data: SubmissionData, data_key: DataKey, received_at: datetime) -> Case:
    return Case(
        title=_title(data),
        rule_set=rules.load(settings.RULE_SET).name,
        language=data.language,
        channel=data.channel,
        reprisal_risk=data.reprisal_risk,
        data_key=data_key,
        received_at=received_at,
    )


def _unfold(case: Case, data: SubmissionData, *, filed_by: User | None, by: User | None) -> None:
    """Write the rows that a submission speaks of, as few statements as there are tables."""
    complainants = _complainants(case, data)
    Party.objects.bulk_create([*complainants, *_respondents(case, data.respondents)])
    role = ParticipationRole.PARTY_MEMBER
    if data.representative:
        role = ParticipationRole.REPRESENTATIVE
        _add_representation(case, data, filed_by)
    if filed_by:
        Participation.objects.create(
            case=case,
            user=filed_by,
            role=role,
            side=Side.COMPLAINANT,
            party=complainants[0] if len(complainants) == 1 else None,
        )
    add_issues(case, data.issues, edition=data.edition, after=0)
    ParallelProceeding.objects.bulk_create(
        ParallelProceeding(
            case=case, forum=item.forum, reference=item.reference, status=item.status
        )
        for item in data.proceedings
    )
    _add_documents(case, data, by)


def _title(data: SubmissionData) -> str:
    """Name the case by its enterprises alone: no complainant stands in a plain column."""
    names = "; ".join(item.name for item in data.respondents)[:300]
    return names or str(_("Told by voice or video"))


def _complainants(case: Case, data: SubmissionData) -> list[Party]:
    return [
        Party(
            case=case,
            side=Side.COMPLAINANT,
            kind=item.kind,
            position=position,
            name=item.name,
            name_index=blind_index(item.name, "party.name"),
            email=item.email,
            email_index=blind_index(item.email, "party.email"),
            phone=item.phone,
            address=item.address,
            country=item.country,
            safe_contact=data.safe_contact,
            language=data.language,
            shown_to_mediator=item.shown.mediator,
            shown_to_respondent=item.shown.respondent,
            shown_to_public=item.shown.public,
            withholding_reason=item.shown.reason,
        )
        for position, item in enumerate(data.complainants, start=1)
    ]


def _add_representation(case: Case, data: SubmissionData, filed_by: User | None) -> None:
    item = data.representative
    assert item is not None
    representation = Representation.objects.create(
        case=case,
        user=filed_by,
        name=item.name,
        kind=item.kind,
        email=item.email,
        email_index=blind_index(item.email, "party.email"),
        phone=item.phone,
        mandate=item.mandate,
        shown_to_mediator=item.shown.mediator,
        shown_to_respondent=item.shown.respondent,
        shown_to_public=item.shown.public,
    )
    Principal.objects.bulk_create(
        Principal(
            representation=representation,
            name=name,
            name_index=blind_index(name, "party.name"),
        )
        for name in item.principals
    )


def _respondents(case: Case, respondents: tuple[RespondentData, ...]) -> list[Party]:
    organisations = _organisations(respondents)
    return [
        Party(
            case=case,
            side=Side.RESPONDENT,
            kind=item.kind,
            position=position,
            organisation=organisations[item.name, item.country],
            name=item.name,
            name_index=blind_index(item.name, "party.name"),
            email=item.email,
            email_index=blind_index(item.email, "party.email"),
            address=item.address,
            country=item.country,
            structure=item.structure,
            role_in_harm=item.role,
            language=case.language,
        )
        for position, item in enumerate(respondents, start=1)
    ]


def _organisations(
    respondents: tuple[RespondentData, ...],
) -> dict[tuple[str, str], Organisation]:
    """Return the organisations of these names and countries, made where they are new."""
    wanted = {(item.name, item.country): item for item in reversed(respondents)}

    def known() -> dict[tuple[str, str], Organisation]:
        rows = Organisation.objects.filter(name__in={name for name, _country in wanted})
        return {(row.name, row.country): row for row in rows}

    found = known() if wanted else {}
    new = [
        Organisation(name=name, country=country, website=item.website)
        for (name, country), item in wanted.items()
        if (name, country) not in found
    ]
    if new:
        # Somebody else may add the same one in this moment: read again what stands there now.
        Organisation.objects.bulk_create(new, ignore_conflicts=True)
        found = known()
    return found


def add_issues(
    case: Case, issues: tuple[IssueData, ...], *, edition: str, after: int | None = None
) -> list[Issue]:
    """Add issues with what they cite of an edition of the Guidelines; a citation is kept once.

    Args:
        after: the highest number in use; asked of the database where it is not given.
    """
    start = case.issues.count() if after is None else after
    rows = [
        Issue(
            case=case,
            number=number,
            title=item.title,
            description=item.description,
            place=item.place,
            country=item.country,
            started=item.started,
            ended=item.ended,
            is_ongoing=item.is_ongoing,
            is_approximate=item.is_approximate,
        )
        for number, item in enumerate(issues, start=start + 1)
    ]
    Issue.objects.bulk_create(rows)
    provisions = []
    for row, item in zip(rows, issues, strict=True):
        for text in dict.fromkeys(item.citations):
            cited = parse(text, edition=edition)
            if not cited.is_read:
                continue  # the words stay in the sealed submission
            provisions.append(
                IssueProvision(
                    issue=row,
                    edition=cited.edition,
                    chapter=cited.chapter,
                    section=cited.section,
                    paragraph=cited.paragraph,
                    letter=cited.letter,
                )
            )
    IssueProvision.objects.bulk_create(provisions, ignore_conflicts=True)
    return rows


def _add_documents(case: Case, data: SubmissionData, by: User | None) -> None:
    held = Document.objects.in_bulk([item.id for item in data.documents])
    CaseDocument.objects.bulk_create(
        CaseDocument(
            case=case,
            document=held[UUID(item.id)],
            title=item.title,
            side=Side.COMPLAINANT,
            audience=DocumentAudience.PARTY_AND_NCP,
            asked_to_withhold=item.is_kept_from_anybody,
            asked_from=[
                whom.value for kept, whom in zip(item.kept_from, KeptFrom, strict=True) if kept
            ],
            withholding_reason=item.reason,
            provided_by=by,
        )
        for item in data.documents
        if UUID(item.id) in held
    )
