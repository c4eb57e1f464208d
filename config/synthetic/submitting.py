"""The submission with which an invented case begins, and the rows that it unfolds into."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings

from cases import receipts
from cases.kinds import EventKind
from cases.models import (
    Issue,
    IssueProvision,
    ParallelProceeding,
    Participation,
    Party,
    Principal,
    Representation,
    Submission,
)
from cases.models.party import ParticipationRole, Side
from cases.payload import (
    ComplainantData,
    DocumentData,
    IssueData,
    ProceedingData,
    RepresentativeData,
    RespondentData,
    Shown,
    SubmissionData,
)
from cases.provisions import Citation, parse
from config.synthetic import words
from config.synthetic.rows import Row
from config.synthetic.walk import Walk
from sealing import chain
from sealing.index import blind_index

K = EventKind
CITATIONS = ("II.A.2", "II.A.11", "III.2", "IV.1", "IV.2", "IV.3", "IV.5", "V.1.a", "V.4.c",
             "VI.1", "VI.2", "VI.3", "VII.1", "VIII.1", "IX.1", "X.2", "XI.1")  # fmt: skip
WITHHELD = Shown(mediator=False, respondent=False, public=False, reason="They may lose their jobs.")


class Submitting(Walk):
    """The first step of a case."""

    def _file(self) -> None:
        case, dice = self.case, self.dice
        data = self._submission()
        case.title = "; ".join(item.name for item in data.respondents)[:300]
        entered_by = None if case.channel == "web" else self.officer
        if case.channel in ("web", "email"):
            self.complainant = self._user()
        by = self.complainant or entered_by
        content = chain.canonical(data.as_json()).decode()
        receipt = receipts.issue(case.receipt_id, self.clock, receipts.digest(content))
        self._add(
            Submission, case_id=case.id, content=content, digest=receipt.digest,
            signature=receipt.signature, public_key=receipt.public_key,
            privacy_notice_version=data.privacy_notice_version, idempotency_key=self._uuid(),
            filed_by_id=self.complainant, entered_by_id=entered_by, sealed_at=self.clock,
        )  # fmt: skip
        first = self._parties(data)
        if self.complainant:
            role = ParticipationRole.PARTY_MEMBER
            if data.representative:
                role = ParticipationRole.REPRESENTATIVE
            self._add(
                Participation, case_id=case.id, user_id=self.complainant, role=role,
                side=Side.COMPLAINANT, since=self.clock,
                party_id=first.id if len(data.complainants) == 1 else None,
            )  # fmt: skip
        self._issues(data)
        for item in data.proceedings:
            self._add(
                ParallelProceeding, case_id=case.id, forum=item.forum, reference=item.reference,
                status=item.status,
            )  # fmt: skip
        for item in data.documents:
            self._document(Side.COMPLAINANT, item.title, by, pk=item.id)
        self._event(K.RECEIVED, by, digest=receipt.digest, channel=case.channel)
        if dice.random() < 0.04 and self.complainant:
            self._conflict(dice.choice(self.cast.members))

    def _submission(self) -> SubmissionData:
        dice, language = self.dice, self.language
        shown = WITHHELD if self.case.reprisal_risk and self._chance(0.7) else Shown()
        is_group = self._chance(0.45)
        complainants = tuple(
            ComplainantData(
                words.group(dice, language) if is_group else words.person(dice, language),
                kind=dice.choice(("ngo", "trade_union", "community")) if is_group else "individual",
                country="KZ",
                email=f"party{dice.randrange(10**9)}@example.org" if self._chance(0.7) else "",
                phone=f"+7701{dice.randrange(10**7):07d}" if self._chance(0.5) else "",
                shown=shown,
            )
            for _ in range(dice.choices((1, 2, 3), (80, 14, 6))[0])
        )
        chosen = dice.sample(self.cast.enterprises, dice.choices((1, 2, 3, 5), (74, 18, 6, 2))[0])
        self.organisations = {(name, country): pk for pk, name, country in chosen}
        return SubmissionData(
            complainants=complainants,
            respondents=tuple(
                RespondentData(
                    name, country=country, role=dice.choice(("caused", "contributed", "linked")),
                    address=dice.choice(words.PLACES),
                )
                for _pk, name, country in chosen
            ),
            issues=tuple(
                IssueData(
                    self.vocabulary.title(dice), self._write(9), place=dice.choice(words.PLACES),
                    country="KZ" if self._chance(0.8) else "",
                    started=str(self.clock.year - dice.randint(0, 3)),
                    is_ongoing=self._chance(0.6),
                    citations=tuple(dice.sample(CITATIONS, dice.randint(1, 3))),
                )
                for _ in range(dice.choices((1, 2, 3, 4), (50, 30, 14, 6))[0])
            ),
            representative=RepresentativeData(
                words.group(dice, language), email=f"office{dice.randrange(10**9)}@example.org",
                mandate="Powers of attorney",
                principals=tuple(
                    words.person(dice, language)
                    for _ in range(dice.choices((0, 3, 12), (70, 24, 6))[0])
                ),
            )
            if self._chance(0.12)
            else None,
            proceedings=(ProceedingData("District court", status="pending"),)
            if self._chance(0.15)
            else (),
            documents=tuple(
                DocumentData(self._uuid(), self.vocabulary.title(dice))
                for _ in range(dice.choices((0, 1, 2, 4), (30, 34, 24, 12))[0])
            ),
            tried_before=self._write(2),
            wanted=self._write(2),
            reprisal_risk=self.case.reprisal_risk,
            language=language,
            channel=self.case.channel,
            edition=self.rules.edition,
            privacy_notice_version=settings.PRIVACY_NOTICE_VERSION,
        )  # fmt: skip

    def _parties(self, data: SubmissionData) -> Row:
        common: dict[str, Any] = {"case_id": self.case.id, "joined_at": self.clock}
        made = [
            self._add(
                Party, id=self._uuid(), side=Side.COMPLAINANT, kind=item.kind, position=position,
                name=item.name, name_index=blind_index(item.name, "party.name"),
                email=item.email, email_index=blind_index(item.email, "party.email"),
                phone=item.phone, country=item.country, language=self.language,
                shown_to_mediator=item.shown.mediator, shown_to_respondent=item.shown.respondent,
                shown_to_public=item.shown.public, withholding_reason=item.shown.reason, **common,
            )
            for position, item in enumerate(data.complainants, start=1)
        ]  # fmt: skip
        self.respondents = [
            self._add(
                Party, id=self._uuid(), side=Side.RESPONDENT, kind=item.kind, position=position,
                organisation_id=self.organisations[item.name, item.country], name=item.name,
                name_index=blind_index(item.name, "party.name"), address=item.address,
                country=item.country, role_in_harm=item.role, language=self.language, **common,
            )
            for position, item in enumerate(data.respondents, start=1)
        ]  # fmt: skip
        if data.representative:
            row = self._add(
                Representation, id=self.cast.next_id[Representation](), case_id=self.case.id,
                user_id=self.complainant, name=data.representative.name, kind="ngo",
                email=data.representative.email, mandate=data.representative.mandate,
                email_index=blind_index(data.representative.email, "party.email"),
                since=self.clock,
            )  # fmt: skip
            for name in data.representative.principals:
                self._add(
                    Principal, representation_id=row.id, name=name,
                    name_index=blind_index(name, "party.name"),
                )  # fmt: skip
        return made[0]

    def _issues(self, data: SubmissionData) -> None:
        self.issues = []
        for number, item in enumerate(data.issues, start=1):
            row = self._add(
                Issue, id=self._uuid(), case_id=self.case.id, number=number, title=item.title,
                description=item.description, place=item.place, country=item.country,
                started=item.started, is_ongoing=item.is_ongoing,
            )  # fmt: skip
            self.issues.append(row)
            for text in item.citations:
                cited = _provision(text, data.edition)
                if cited.is_read:
                    self._add(
                        IssueProvision, issue_id=row.id, edition=cited.edition,
                        chapter=cited.chapter, section=cited.section,
                        paragraph=cited.paragraph, letter=cited.letter,
                    )  # fmt: skip


@cache
def _provision(text: str, edition: str) -> Citation:
    return parse(text, edition=edition)
