"""Cases of the demonstration, lived through the services on the days on which they happened."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.test.utils import override_settings
from django.utils.translation import override

from accounts import services as accounts
from accounts.models import User
from cases import rules
from cases.models import Case
from cases.models.party import Side
from cases.services import (
    assessment,
    clock,
    conflicts,
    consultations,
    consulted_bodies,
    correspondence,
    deadlines,
    ending,
    filing,
    follow_up,
    good_offices,
    proceedings,
    registration,
    review,
)
from config.demonstration import committee
from config.demonstration.submissions import submission
from config.demonstration.words import (
    ACCEPTED,
    ADVICE,
    ANSWERED,
    COMMENT,
    GROUNDS,
    PROMISED,
    REASONS,
)
from mediation import services as mediation
from mediation.models import MediationBody, Referral, RoomAudience
from sealing.models import DataKey
from statements.models import CommentRound, Statement
from statements.services import hearing, publishing, writing
from statements.standing import latest_versions


class Story:
    """One case on its way. `after(days)` sets the clock to that many days after it was filed."""

    def __init__(
        self, row: dict[str, Any], people: dict[str, User], body: MediationBody, now: datetime
    ) -> None:
        self.row, self.people, self.body = row, people, body
        self.filed_at = now - timedelta(days=row["days_ago"])
        self.last = self.filed_at
        self.now = now
        self.language = row["language"]
        self.case: Case
        self.complainant: User
        self.enterprises: list[User] = []

    @contextmanager
    def after(self, days: float) -> Iterator[None]:
        """Live a moment of the past; a day that has not come yet is now."""
        moment = max(min(self.filed_at + timedelta(days=days), self.now), self.last)
        self.last = moment + timedelta(minutes=1)
        with time_machine.travel(moment, tick=True), override(self.language):
            yield
        if hasattr(self, "case"):
            self.case = Case.objects.get(pk=self.case.pk)

    @property
    def officer(self) -> User:
        return self.people["officer"]

    @property
    def members(self) -> list[User]:
        return [self.people[key] for key in ("member", "member2", "member3")]

    def file(self) -> None:
        row = self.row
        self.complainant = accounts.party_user(language=self.language)
        with self.after(0), override_settings(RULE_SET=row.get("rule_set", "kz")):
            self.case = filing.file_submission(
                submission(row),
                filed_by=self.complainant,
                data_key=DataKey.generate(),
                idempotency_key=uuid.uuid4(),
            ).case

    def acknowledge(self) -> None:
        with self.after(3):
            registration.acknowledge(self.case, by=self.officer)

    def register(self) -> None:
        with self.after(6):
            registration.register(self.case, by=self.officer)

    def serve(self) -> None:
        with self.after(14):
            registration.notify_respondents(self.case, by=self.officer)
            rows = self.case.participations.filter(side=Side.RESPONDENT).order_by("pk")
            self.enterprises = [row.user for row in rows.select_related("user")]

    def answer(self) -> None:
        with self.after(30):
            correspondence.respond(self.case, text=self.row["response"], by=self.enterprises[0])
        with self.after(32):
            correspondence.send_message(
                self.case, side=Side.COMPLAINANT, text=self.row["wanted"], by=self.complainant
            )

    def assess(self) -> None:
        criteria = rules.load(self.case.rule_set).criteria
        with self.after(50):
            for issue in self.case.issues.all():
                answers = {
                    criterion.code: assessment.Answer("met", REASONS[self.language])
                    for criterion in criteria
                }
                assessment.answer_criteria(issue, answers, by=self.officer)
            committee.cite(self.case, by=self.officer)

    def propose(self) -> None:
        with self.after(70):
            assessment.propose_decision(
                self.case,
                {
                    issue.pk: assessment.OnIssue(accepted=True, reasons=ACCEPTED[self.language])
                    for issue in self.case.issues.all()
                },
                by=self.officer,
            )

    def vote(self) -> None:
        decision = self.case.decisions.order_by("proposed_at").last()
        for day, member in zip((74, 76), self.members, strict=False):
            decision.refresh_from_db()
            if decision.state != "open":
                break
            with self.after(day):
                conflicts.declare(self.case, by=member, has_conflict=False)
                assessment.cast_vote(decision, by=member, ballot="for")

    def reply(self, *, respondent: bool = True) -> None:
        with self.after(80):
            good_offices.reply(self.case, side=Side.COMPLAINANT, accepts=True, by=self.complainant)
        with self.after(84):
            good_offices.reply(
                self.case, side=Side.RESPONDENT, accepts=respondent, by=self.enterprises[0]
            )

    def reach_good_offices(self) -> None:
        for step in (
            self.file, self.acknowledge, self.register, self.serve, self.answer, self.assess,
            self.propose, self.vote,
        ):  # fmt: skip
            step()

    # Paths, one for each `path` of the data

    def received(self) -> None:
        self.file()

    def acknowledged(self) -> None:
        self.file()
        self.acknowledge()

    def not_registered(self) -> None:
        self.file()
        with self.after(5):
            registration.decline_registration(
                self.case, by=self.officer, reason="wrong_address", reply=self.row["reply"]
            )

    def withdrawn(self) -> None:
        self.file()
        self.register()
        with self.after(20):
            ending.withdraw(self.case, by=self.complainant, reason=self.row["reason"])

    def assessment(self) -> None:
        self.file()
        self.acknowledge()
        self.register()

    def served(self) -> None:
        for step in (self.file, self.acknowledge, self.register, self.serve, self.answer):
            step()
        with self.after(40):
            clock.pause(self.case, reason="translation", by=self.officer)
        with self.after(47):
            clock.resume(self.case, by=self.officer)

    def proposed(self) -> None:
        for step in (
            self.file, self.acknowledge, self.register, self.serve, self.answer, self.assess,
            self.propose,
        ):  # fmt: skip
            step()
        with self.after(76):
            conflicts.declare(self.case, by=self.members[1], has_conflict=False)
            decision = self.case.decisions.get()
            assessment.cast_vote(decision, by=self.members[1], ballot="for")

    def offered(self) -> None:
        self.reach_good_offices()
        with self.after(82):
            good_offices.reply(self.case, side=Side.COMPLAINANT, accepts=True, by=self.complainant)

    def refer(self) -> Referral:
        self.reach_good_offices()
        self.reply()
        with self.after(90):
            issues = [issue.pk for issue in self.case.issues.filter(accepted=True)]
            return mediation.propose_referral(
                self.case, self.body, by=self.officer, issues=issues, note=self.row["wanted"]
            )

    def referred(self) -> None:
        self.refer()

    def mediating(self) -> None:
        referral = self.refer()
        coordinator, mediator = self.people["coordinator"], self.people["mediator"]
        with self.after(95):
            mediation.accept_referral(referral, by=coordinator)
        with self.after(98):
            appointment = mediation.appoint_mediator(referral, mediator, by=coordinator)
        with self.after(100):
            mediation.declare(appointment, by=mediator, has_conflict=False)
        with self.after(108):
            mediation.give_consent(self.case, by=self.complainant, agrees=True)
            mediation.give_consent(self.case, by=self.enterprises[0], agrees=True)
        referral.refresh_from_db()
        with self.after(112):
            mediation.start(referral, by=mediator)
        with self.after(126):
            mediation.record_session(
                referral,
                mediation.SessionData(
                    kind="joint",
                    held_on=deadlines.today(),
                    for_complainant="Три жителя",
                    complainant_had_authority=True,
                    for_respondent="Директор завода",
                    respondent_had_authority=True,
                    others="Переводчик",
                    agenda_agreed=True,
                    note="К следующей встрече: сроки установки фильтров, публикация замеров.",
                    note_audience=RoomAudience.JOINT,
                ),
                by=mediator,
            )

    def examined(self) -> None:
        self.reach_good_offices()
        self.reply(respondent=False)
        with self.after(110):
            good_offices.conclude(
                self.case, outcome="refused_by_respondent", by=self.officer, examine=True
            )
        self.ask_others()

    def ask_others(self) -> None:
        """A ministry is asked for advice, and a court deals with the same matter."""
        body, question, court, reason = ADVICE[self.language]
        with self.after(112):
            self.case.refresh_from_db()
            ministry = consulted_bodies.save_body(
                None, kind="ministry", name=body, language=self.language, by=self.officer
            )
            consultations.ask(
                self.case,
                body=ministry,
                way="letter",
                question=question,
                due_on=(self.filed_at + timedelta(days=140)).date(),
                by=self.officer,
            )
            self.case.refresh_from_db()
            facts = proceedings.Facts(
                forum=court, stage="pending", prejudice="partly", prejudice_reason=reason
            )
            day = (self.filed_at + timedelta(days=200)).date()
            proceedings.save(self.case, None, facts, next_check_on=day, by=self.officer)

    def ended(self, outcome: str = "agreement") -> None:
        self.reach_good_offices()
        self.reply()
        with self.after(170):
            good_offices.conclude(self.case, outcome=outcome, by=self.officer)

    def write(self) -> Statement:
        with self.after(185):
            return writing.begin(self.case, kind="final", language=self.language, by=self.officer)

    def hear(self, statement: Statement, *, day: int = 188) -> CommentRound:
        with self.after(day):
            opened = hearing.open_comments(statement, by=self.officer)
        with self.after(day + 4):
            hearing.comment(
                opened, side=Side.COMPLAINANT, by=self.complainant, text=COMMENT[self.language]
            )
        return opened

    def commenting(self) -> None:
        self.ended("partial_agreement")
        self.hear(self.write(), day=self.row["days_ago"] - 6)

    def published(self) -> None:
        self.ended()
        statement = self.write()
        opened = self.hear(statement)
        with self.after(196):
            hearing.comment(opened, side=Side.RESPONDENT, by=self.enterprises[0], has_none=True)
        with self.after(200):
            hearing.close_comments(opened, by=self.officer, reason=ANSWERED[self.language])
            statement.refresh_from_db()
            writing.set_details(
                statement,
                follow_up_on=(self.filed_at + timedelta(days=570)).date(),
                lessons="",
                by=self.officer,
            )
        with self.after(206):
            versions = {version.pk for version in latest_versions(statement).values()}
            publishing.sign_off(statement, versions=versions, by=self.members[0])
        with self.after(209):
            publishing.publish(statement, by=self.officer)

    def follow_up(self) -> None:
        self.published()
        text, report = PROMISED[self.language]
        with self.after(210):
            self.case.refresh_from_db()
            promised = follow_up.add(
                self.case, origin="agreement", owner="respondent", text=text, by=self.officer
            )
        with self.after(575):
            self.case.refresh_from_db()
            follow_up.begin(self.case, by=self.officer)
        with self.after(576):
            follow_up.report(promised, side=Side.RESPONDENT, text=report, by=self.enterprises[0])

    def held_for_review(self) -> None:
        self.ended("no_agreement")
        statement = self.write()
        opened = self.hear(statement)
        with self.after(196):
            hearing.comment(opened, side=Side.RESPONDENT, by=self.enterprises[0], has_none=True)
        with self.after(200):
            hearing.close_comments(opened, by=self.officer, reason=ANSWERED[self.language])
        with self.after(205):
            self.case.refresh_from_db()
            conflicts.declare(self.case, by=self.members[0], has_conflict=False)
        with self.after(206):
            # One officer decided this case: no member has declared yet.
            conflicts.declare(self.case, by=self.members[0], has_conflict=False)
            versions = {version.pk for version in latest_versions(statement).values()}
            publishing.sign_off(statement, versions=versions, by=self.members[0])
        grounds = GROUNDS[self.language]
        with self.after(208):
            self.case.refresh_from_db()
            review.ask(self.case, side=Side.COMPLAINANT, grounds=grounds, by=self.complainant)
        with self.after(209):
            review.hold(self.case, by=self.officer)


def start(now: datetime | None = None) -> datetime:
    """Return the moment that counts as now, to the second."""
    return (now or datetime.now(UTC)).replace(microsecond=0)
