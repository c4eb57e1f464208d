"""One invented case, walked through the procedure in memory until today.

It says what happened when and who did it; `writing` seals and stores it. Everything but keys and
nonces follows from the seed and the number, so that the same command gives the same cases.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models

from accounts.models import User
from cases import receipts, rules
from cases.calendar import local_date
from cases.kinds import EventKind
from cases.models import (
    Assessment,
    Case,
    CaseDocument,
    CaseEvent,
    ConflictDeclaration,
    Deadline,
    Decision,
    Extension,
    GoodOfficesReply,
    Issue,
    IssueDecision,
    IssueProvision,
    Message,
    ParallelProceeding,
    Participation,
    Party,
    Pause,
    Principal,
    Representation,
    Submission,
    Vote,
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
from cases.provisions import parse
from cases.workflow import Outcome, State
from config.synthetic import words
from config.synthetic.ledger import Days, Ledger
from documents.models import Document
from sealing import chain
from sealing.index import blind_index
from statements.models import Statement, Version

K = EventKind
YEARS = 14
NEW_GUIDELINES_ON = date(2023, 6, 8)
CITATIONS = ("II.A.2", "II.A.11", "III.2", "IV.1", "IV.2", "IV.3", "IV.5", "V.1.a", "V.4.c",
             "VI.1", "VI.2", "VI.3", "VII.1", "VIII.1", "IX.1", "X.2", "XI.1")  # fmt: skip
WITHHELD = Shown(mediator=False, respondent=False, public=False, reason="They may lose their jobs.")


@dataclass
class Cast:
    """Who and what all invented cases share."""

    officers: list[str]
    members: list[str]
    enterprises: list[tuple[int, str, str]]
    days: Days
    now: datetime
    next_id: dict[type[models.Model], Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrival:
    """When a submission came, and when it was registered, or never (not within this walk)."""

    received_at: datetime
    registered_on: date | None
    is_declined: bool


def arrival(seed: int, number: int, now: datetime) -> Arrival:
    """Return the beginning of a case alone, so that references can be given before the walk."""
    dice = random.Random(f"{seed}/{number}/arrival")
    age = YEARS * 365.25 * dice.random() ** 1.4  # there are more of them every year
    day = (now - timedelta(days=age)).astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    received_at = min(_moment(dice, day), now - timedelta(minutes=90))
    waits = timedelta(days=dice.randint(4, 35))
    is_declined = dice.random() < 0.27
    registered_on = local_date(received_at, settings.TIME_ZONE) + waits
    today = local_date(now, settings.TIME_ZONE)
    if is_declined or registered_on >= today:
        return Arrival(received_at, None, is_declined)
    return Arrival(received_at, registered_on, is_declined)


def _moment(dice: random.Random, day: date) -> datetime:
    zone = ZoneInfo(settings.TIME_ZONE)
    clock = time(dice.randint(8, 17), dice.randint(0, 59), dice.randint(0, 59))
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


class Row:
    """A row to be: columns by name; those that are not given get the model's default.

    No model instance: making seventy of them for each case would take most of the time.
    """

    def __init__(self, model: type[models.Model], values: dict[str, Any], **more: Any) -> None:
        self.__dict__.update(values, **more)
        self.model = model

    def __getattr__(self, name: str) -> Any:
        if name == "pk":
            return self.id
        return self.model._meta.get_field(name).get_default()


class Over(Exception):
    """The walk has come to today: what would happen next has not happened yet."""


class Course:
    """Walks one case. Afterwards `rows` holds all of it, `text` what can be searched."""

    def __init__(self, number: int, *, seed: int, cast: Cast, key: Row, reference: str) -> None:
        self.dice = dice = random.Random(f"{seed}/{number}")
        self.cast, self.now, self.key = cast, cast.now, key
        self.rows: list[Row] = []
        self.reference = reference
        self.begun = arrival(seed, number, cast.now)
        self.clock = self.begun.received_at
        received_on = local_date(self.clock, settings.TIME_ZONE)
        rule_set = rules.load(settings.RULE_SET).name
        if received_on < NEW_GUIDELINES_ON:
            rule_set = rules.load("oecd-2011").name
        self.rules = rules.load(rule_set)
        self.language = dice.choices(words.LANGUAGES, words.SHARES)[0]
        self.vocabulary = words.vocabulary(self.language)
        self.ledger = Ledger(rule_set, cast.days)
        self.complainant: str | None = None
        self.enterprise: str | None = None
        self.officer = dice.choice(cast.officers)
        self.state = State.RECEIVED
        self.case = Row(
            Case,
            {},
            id=self._uuid(),
            source_key=source_key(seed, number),
            receipt_id="-".join(
                "".join(dice.choices("ABCDEFGHJKLMNPQRSTVWXYZ23456789", k=4)) for _ in range(4)
            ),
            rule_set=rule_set,
            language=self.language,
            channel=dice.choices(
                ("web", "email", "post", "telephone", "in_person"), (70, 14, 9, 4, 3)
            )[0],
            reprisal_risk=dice.random() < 0.07,
            sector=dice.choice("ABCDFGHIK"),
            data_key_id=key.id,
            received_at=self.clock,
        )

    def walk(self) -> Course:
        """Live through the case until its end or today."""
        self._file()
        try:
            self._take_in()
            self._serve()
            self._assess()
            self._mediate()
            self._conclude()
            self._follow_up()
        except Over:
            pass
        self._finish()
        return self

    # Small things

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))

    def _add(self, model: type[models.Model], **values: Any) -> Row:
        row = Row(model, values)
        self.rows.append(row)
        return row

    def _chance(self, share: float) -> bool:
        return self.dice.random() < share

    def _write(self, count: int) -> str:
        """Return a text of about so many sentences."""
        return self.vocabulary.text(self.dice, self.dice.randint((count + 1) // 2, 2 * count - 1))

    def _pass(self, low: int, high: int) -> None:
        """Let some days go by.

        Raises:
            Over: that day has not come yet.
        """
        days = int(self.dice.triangular(low, high, low + (high - low) / 3))
        self._on(self._today() + timedelta(days=days))

    def _on(self, day: date) -> None:
        moment = max(_moment(self.dice, day), self.clock + timedelta(minutes=1))
        if moment > self.now:
            raise Over
        self.clock = moment

    def _event(self, kind: EventKind, by: str | None, **data: Any) -> Row:
        """Record an event as `cases.events.record_event` does."""
        case = self.case
        event = self._add(
            CaseEvent,
            id=self._uuid(),
            case_id=case.id,
            sequence=case.history_length + 1,
            kind=kind,
            at=self.clock,
            by_id=by,
            data={
                name: value if isinstance(value, bool | int | list) else str(value)
                for name, value in sorted(data.items())
            },
        )
        event.mac = chain.mac(CaseEvent.row(event), before=case.history_head or chain.FIRST)
        case.history_length, case.history_head = event.sequence, event.mac
        case.row_version += 1
        case.changed_at = event.at
        day = local_date(event.at, settings.TIME_ZONE)
        self.ledger.follow(kind, event.sequence, day, outcome=case.outcome)
        self.clock += timedelta(seconds=2)
        return event

    def _user(self) -> str:
        """Make a person who holds nothing but an access code that was thrown away."""
        user = self._add(
            User, id=self._uuid(), language=self.language, created_at=self.clock,
            password="!" + "".join(self.dice.choices("abcdefghjkmnpqrstvwxyz", k=40)),
        )  # fmt: skip
        return user.id

    # The steps

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
                cited = parse(text, edition=data.edition)
                if cited.is_read:
                    self._add(
                        IssueProvision, issue_id=row.id, edition=cited.edition,
                        chapter=cited.chapter, section=cited.section,
                        paragraph=cited.paragraph, letter=cited.letter,
                    )  # fmt: skip

    def _document(self, side: str, title: str, by: str | None, *, pk: str | None = None) -> Row:
        words_of_it = self._write(12)
        content = words_of_it.encode()
        document = self._add(
            Document, id=pk or self._uuid(), data_key_id=self.key.id, original_name=f"{title}.txt",
            sha256=chain.sha256(content), size=len(content), detected_type="text/plain",
            clean_size=len(content), text_size=len(words_of_it), state="clean",
            scanned_at=self.clock, uploaded_by_id=by, created_at=self.clock, not_before=self.clock,
        )  # fmt: skip
        document.content = content
        return self._add(
            CaseDocument,
            id=self._uuid(),
            case_id=self.case.id,
            document_id=document.id,
            title=title,
            side=side,
            provided_by_id=by,
            provided_at=self.clock,
        )

    def _message(self, side: str, sender: str, by: str, **values: Any) -> Row:
        answered = self._chance(0.97) and self.clock < self.now - timedelta(days=9)
        row = self._add(
            Message, id=self._uuid(), case_id=self.case.id, side=side, sender=sender, sent_by_id=by,
            text=self._write(4), sent_at=self.clock, **values,
            read_at=self.clock + timedelta(days=1) if sender == "ncp" or answered else None,
        )  # fmt: skip
        if "subject" not in values:
            self._event(K.MESSAGE_SENT, by, side=side, sender=sender, message=row.pk)
        return row

    def _conflict(self, user: str) -> None:
        self._add(
            ConflictDeclaration, case_id=self.case.id, user_id=user, has_conflict=True,
            explanation="A relative works there.", declared_at=self.clock,
        )  # fmt: skip
        self._event(K.CONFLICT_DECLARED, user, has_conflict=True)

    def _take_in(self) -> None:
        case = self.case
        if self._chance(0.9):
            longest = 12
            if self.begun.registered_on:
                longest = min((self.begun.registered_on - self._today()).days - 1, longest)
            self._pass(1, longest)
            self._event(K.ACKNOWLEDGED, self.officer)
        if self.begun.is_declined:
            self._pass(2, 30)
            self.state = State.NOT_REGISTERED
            reason = self.dice.choices(
                ("enquiry", "incomplete", "wrong_address", "duplicate", "spam"), (40, 22, 20, 8, 10)
            )[0]
            case.not_registered_reason = reason
            case.ended_at = self.clock
            self._message(Side.COMPLAINANT, "ncp", self.officer, subject="")
            self._event(K.NOT_REGISTERED, self.officer, reason=reason)
            raise Over
        if self.begun.registered_on is None:
            raise Over
        self._on(self.begun.registered_on)
        self.state, case.registered_at = State.INITIAL_ASSESSMENT, self.clock
        case.officer_id, case.reference = self.officer, self.reference
        self._add(
            Participation, case_id=case.id, user_id=self.officer, role=ParticipationRole.OFFICER,
            since=self.clock,
        )  # fmt: skip
        self._event(K.REGISTERED, self.officer, reference=self.reference)
        if self._chance(0.03) and self.complainant:
            self._pass(3, 40)
            self.state, case.outcome = State.WITHDRAWN, Outcome.WITHDRAWN
            case.ended_at = self.clock
            self._event(K.WITHDRAWN, self.complainant, outcome=Outcome.WITHDRAWN)
            raise Over

    def _serve(self) -> None:
        self._pass(2, 25)
        self.case.served_at = self.clock
        for party in self.respondents:
            user = self._user()
            self.enterprise = self.enterprise or user
            self._add(
                Participation, case_id=self.case.id, user_id=user,
                role=ParticipationRole.PARTY_MEMBER, side=Side.RESPONDENT,
                party_id=party.id, since=self.clock,
            )  # fmt: skip
        self._event(K.RESPONDENT_NOTIFIED, self.officer)
        self._talk()
        if self._chance(0.75):
            assert self.enterprise
            self._pass(8, 40)
            row = self._message(
                Side.RESPONDENT, "respondent", self.enterprise, subject="Answer", is_response=True
            )
            self._event(
                K.RESPONDENT_RESPONDED, self.enterprise, message=row.pk, recorded_by="respondent"
            )
            if self._chance(0.5):
                item = self._document(
                    Side.RESPONDENT, self.vocabulary.title(self.dice), self.enterprise
                )
                self._event(
                    K.DOCUMENT_ADDED, self.enterprise, side=Side.RESPONDENT, document=item.pk
                )

    def _talk(self) -> None:
        """Messages, more time and standing clocks, as they come in every stage."""
        for _ in range(self.dice.choices((0, 1, 2), (45, 35, 20))[0]):
            self._pass(1, 20)
            if self.complainant and self._chance(0.5):
                self._message(Side.COMPLAINANT, "complainant", self.complainant)
            else:
                self._message(Side.COMPLAINANT, "ncp", self.officer)
        waiting = [item for item in self.ledger.open() if item.due_on > self._today()]
        if self._chance(0.12) and waiting:
            self._pass(1, 10)
            item = self.dice.choice(waiting)
            self.ledger.extend(item, 1, "months")
            self._event(K.DEADLINE_EXTENDED, self.officer, deadline=item.kind)
        if self._chance(0.06):
            self._pause()

    def _pause(self) -> None:
        self._pass(1, 10)
        reason = self.dice.choice(("translation", "parties_talk", "information"))
        pause = self._add(
            Pause, case_id=self.case.id, since=self._today(), reason=reason, by_id=self.officer,
            created_at=self.clock,
        )  # fmt: skip
        self._event(K.DEADLINE_PAUSED, self.officer, reason=reason)
        try:
            self._pass(10, 60)
        except Over:
            self.ledger.pause(pause.since, None)
            raise
        pause.until = self._today()
        self.ledger.pause(pause.since, pause.until)
        self._event(K.DEADLINE_RESUMED, self.officer)

    def _today(self) -> date:
        return local_date(self.clock, settings.TIME_ZONE)

    def _assess(self) -> None:
        case, dice = self.case, self.dice
        self._end_early(0.05)
        self._pass(10, 120)
        criteria = [criterion.code for criterion in self.rules.criteria]
        for issue in self.issues:
            for code in criteria:
                self._add(
                    Assessment, issue_id=issue.id, criterion=code, answered_by_id=self.officer,
                    finding=dice.choices(("met", "partly_met", "not_met"), (70, 15, 15))[0],
                    reasoning=self._write(1), answered_at=self.clock,
                )  # fmt: skip
            self._event(
                K.ASSESSMENT_ANSWERED, self.officer, issue=issue.pk, criteria=sorted(criteria)
            )
        self._pass(3, 60)
        rule = self.rules.decision
        decision = self._add(
            Decision, id=self._uuid(), case_id=case.id, decided_by_rule=rule.by, quorum=rule.quorum,
            proposed_by_id=self.officer, proposed_at=self.clock,
        )  # fmt: skip
        accepts = self._chance(0.62)
        said = {
            issue.pk: accepts and (issue.number == 1 or self._chance(0.8)) for issue in self.issues
        }
        for issue in self.issues:
            self._add(
                IssueDecision, decision_id=decision.id, issue_id=issue.id, accepted=said[issue.pk],
                reasons=self._write(2),
            )  # fmt: skip
        by = self.officer
        self._event(K.DECISION_PROPOSED, by, decision=decision.pk)
        if rule.by == "vote":
            by = self._vote(decision)
        decision.state, decision.settled_at = "adopted", self.clock
        for issue in self.issues:
            issue.accepted = said[issue.pk]
            issue.outcome = "" if said[issue.pk] else Outcome.NOT_ACCEPTED
        case.assessment_concluded_at = self.clock
        if not accepts:
            self.state, case.outcome = State.FINAL_STATEMENT, Outcome.NOT_ACCEPTED
            case.ended_at = self.clock
        else:
            self.state = State.MEDIATION
        self._event(K.ASSESSMENT_CONCLUDED, by, decision=decision.pk)
        if accepts:
            self._event(K.GOOD_OFFICES_OFFERED, by)

    def _vote(self, decision: Row) -> str:
        """Let every member vote for it; who declared a conflict of interest does not."""
        excluded = {row.user_id for row in self.rows if row.model is ConflictDeclaration}
        voters = [pk for pk in self.cast.members if pk not in excluded]
        for member in voters:
            self._pass(0, 4)
            self._add(
                ConflictDeclaration, case_id=self.case.id, user_id=member, has_conflict=False,
                declared_at=self.clock,
            )  # fmt: skip
            self._event(K.CONFLICT_DECLARED, member, has_conflict=False)
            self._add(
                Vote, decision_id=decision.id, member_id=member, ballot="for", cast_at=self.clock
            )
            self._event(K.VOTE_CAST, member, decision=decision.pk)
        return voters[-1]

    def _end_early(self, share: float) -> None:
        if not self._chance(share):
            return
        self._pass(5, 90)
        outcome = self.dice.choices(
            (Outcome.WITHDRAWN, Outcome.LAPSED, Outcome.SETTLED_OUTSIDE, Outcome.TRANSFERRED),
            (40, 25, 25, 10),
        )[0]
        self.state, self.case.outcome = State.FINAL_STATEMENT, outcome
        self.case.ended_at = self.clock
        self._event(K.ENDED_EARLY, self.officer, outcome=outcome)

    def _mediate(self) -> None:
        case, dice = self.case, self.dice
        if self.state != State.MEDIATION:
            return
        accepts = {Side.COMPLAINANT: self._chance(0.95), Side.RESPONDENT: self._chance(0.7)}
        for side, person in ((Side.COMPLAINANT, self.complainant), (Side.RESPONDENT, None)):
            self._pass(2, 16)
            by = person or (self.enterprise if side == Side.RESPONDENT else None) or self.officer
            self._add(
                GoodOfficesReply, case_id=case.id, side=side, accepts=accepts[side], by_id=by,
                at=self.clock,
            )  # fmt: skip
            self._event(K.GOOD_OFFICES_REPLY, by, side=side, accepts=accepts[side])
        self._event(K.GOOD_OFFICES_REPLIED, by)
        self._talk()
        self._end_early(0.04)
        if self.state != State.MEDIATION:
            return
        if all(accepts.values()):
            self._pass(40, 260)
            outcome = dice.choices(
                (Outcome.AGREEMENT, Outcome.PARTIAL_AGREEMENT, Outcome.NO_AGREEMENT), (38, 20, 42)
            )[0]
        else:
            self._pass(5, 50)
            outcome = Outcome.REFUSED_BY_RESPONDENT
            if accepts[Side.RESPONDENT]:
                outcome = Outcome.REFUSED_BY_COMPLAINANT
        examines = outcome != Outcome.AGREEMENT and self._chance(0.2)
        case.good_offices_concluded_at, case.outcome = self.clock, outcome
        self.state = State.EXAMINATION if examines else State.FINAL_STATEMENT
        if not examines:
            case.ended_at = self.clock
        for issue in self.issues:
            if issue.accepted:
                issue.outcome = outcome
        self._event(K.GOOD_OFFICES_CONCLUDED, self.officer, outcome=outcome)
        if examines:
            self._event(K.EXAMINATION_BEGUN, self.officer)
            self._pass(60, 220)
            self.state, case.ended_at = State.FINAL_STATEMENT, self.clock
            self._event(K.EXAMINATION_CONCLUDED, self.officer)

    def _conclude(self, kind: str = "final") -> None:
        """Write, hear and publish a statement."""
        case = self.case
        self._pass(10, 90)
        statement = self._add(
            Statement, id=self._uuid(), case_id=case.id, kind=kind, language=self.language,
            begun_by_id=self.officer, begun_at=self.clock,
        )  # fmt: skip
        text = self._add(
            Version, id=self._uuid(), statement_id=statement.id, language=self.language, number=1,
            title=case.title, summary=self._write(2), text=self._write(16), by_id=self.officer,
            at=self.clock,
        )  # fmt: skip
        self._event(K.STATEMENT_BEGUN, self.officer, statement=statement.pk)
        self._pass(3, 25)
        self._event(K.COMMENTS_OPENED, self.officer, statement=statement.pk)
        self._pass(10, 22)
        self._event(K.COMMENTS_CLOSED, self.officer, statement=statement.pk)
        self._pass(3, 60)
        signer = self.dice.choice(self.cast.members)
        self._event(K.STATEMENT_SIGNED_OFF, signer, statement=statement.pk)
        self._pass(1, 10)
        self.state, case.closed_at = State.CLOSED, self.clock
        case.follow_up_on = None
        if kind == "final" and self._chance(0.4):
            case.follow_up_on = self._today() + timedelta(days=365)
        statement.published_at = text.published_at = self.clock
        statement.published_by_id = self.officer
        statement.follow_up_on = case.follow_up_on
        self._event(K.STATEMENT_PUBLISHED, self.officer, statement=statement.pk)
        self._event(K.CLOSED, self.officer, outcome=case.outcome)
        for item in self.ledger.open():
            if item.kind == "follow_up" and case.follow_up_on:
                item.due_on = item.target_on = case.follow_up_on

    def _follow_up(self) -> None:
        due = self.ledger.next_due()
        if due is None or due.kind != "follow_up" or self._chance(0.1):
            return
        self._on(due.due_on + timedelta(days=self.dice.randint(-20, 90)))
        self.state = State.FOLLOW_UP
        self._event(K.FOLLOW_UP_BEGUN, self.officer)
        self._pass(30, 120)
        self.state = State.FINAL_STATEMENT
        self._event(K.FOLLOW_UP_CONCLUDED, self.officer)
        self._conclude("follow_up")

    def _finish(self) -> None:
        """Put the deadlines into rows and the next of them on the case."""
        case = self.case
        for item in self.ledger.entries:
            row = self._add(
                Deadline, id=self.cast.next_id[Deadline](), case_id=case.id, kind=item.kind,
                owed_by=item.owed_by, opened_on=item.opened_on, opened_by_event=item.sequence,
                target_on=item.target_on, due_on=item.due_on, met_on=item.met_on,
                cancelled_on=item.cancelled_on,
            )  # fmt: skip
            for more in item.extensions:
                self._add(
                    Extension, deadline_id=row.id, length=more.length, unit=more.unit,
                    reason="More time was needed.", by_id=self.officer, created_at=case.changed_at,
                )  # fmt: skip
        nearest = self.ledger.next_due()
        if nearest:
            case.next_due_on, case.next_due_kind = nearest.due_on, nearest.kind
        case.state = self.state
        self.rows.append(case)


def source_key(seed: int, number: int) -> str:
    """Return the key under which an invented case is known, whatever happens to it."""
    return f"{PREFIX}{seed}-{number:08d}"


PREFIX = "synthetic-"
