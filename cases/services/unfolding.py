"""A submission is unfolded into the rows of its case: parties, issues, proceedings, documents."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _

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
)
from cases.models.correspondence import DocumentAudience, KeptFrom
from cases.models.party import ParticipationRole, Side
from cases.payload import IssueData, ProceedingData, RespondentData, SubmissionData
from cases.provisions import parse
from documents.models import Document
from sealing.index import blind_index

if TYPE_CHECKING:
    from accounts.models import User


def unfold(case: Case, data: SubmissionData, *, filed_by: User | None, by: User | None) -> None:
    """Write the rows that a submission speaks of, as few statements as there are tables."""
    complainants = complainants_of(case, data)
    Party.objects.bulk_create([*complainants, *respondents_of(case, data.respondents)])
    role = ParticipationRole.PARTY_MEMBER
    if data.representative:
        role = ParticipationRole.REPRESENTATIVE
        add_representation(case, data, filed_by)
    if filed_by:
        Participation.objects.create(
            case=case,
            user=filed_by,
            role=role,
            side=Side.COMPLAINANT,
            party=complainants[0] if len(complainants) == 1 else None,
        )
    add_issues(case, data.issues, edition=data.edition, after=0)
    add_proceedings(case, data.proceedings)
    _add_documents(case, data, by)


def title_of(data: SubmissionData) -> str:
    """Name the case by its enterprises alone: no complainant stands in a plain column."""
    names = "; ".join(item.name for item in data.respondents)[:300]
    return names or str(_("Told by voice or video"))


def complainants_of(case: Case, data: SubmissionData) -> list[Party]:
    """Return the complainants of a submission as rows that are not written yet."""
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


def add_representation(case: Case, data: SubmissionData, filed_by: User | None) -> None:
    """Add who acts for the complainants, and those for whom they act."""
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


def respondents_of(case: Case, respondents: tuple[RespondentData, ...]) -> list[Party]:
    """Return the enterprises as rows that are not written yet; new organisations are."""
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
            kept=list(item.kept),
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


def add_proceedings(case: Case, proceedings: tuple[ProceedingData, ...]) -> None:
    """Add the other proceedings on the same matter that a submission names."""
    ParallelProceeding.objects.bulk_create(
        ParallelProceeding(
            case=case, forum=item.forum, reference=item.reference, status=item.status
        )
        for item in proceedings
    )


def _add_documents(case: Case, data: SubmissionData, by: User | None) -> None:
    held = Document.objects.in_bulk([item.id for item in data.documents])
    CaseDocument.objects.bulk_create(
        CaseDocument(
            case=case,
            document=held[UUID(item.id)],
            title=item.title,
            side="" if item.is_original else Side.COMPLAINANT,
            audience=(DocumentAudience.NCP if item.is_original else DocumentAudience.PARTY_AND_NCP),
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
