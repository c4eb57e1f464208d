"""One invented case, walked through the procedure in memory until today.

It says what happened when and who did it; `writing` seals and stores it. Everything but keys and
nonces follows from the seed and the number, so that the same command gives the same cases.
"""

from __future__ import annotations

from datetime import timedelta

from cases.kinds import EventKind
from cases.models import (
    Assessment,
    ConflictDeclaration,
    Deadline,
    Decision,
    Extension,
    GoodOfficesReply,
    IssueDecision,
    Participation,
    Pause,
    Vote,
)
from cases.models.party import ParticipationRole, Side
from cases.workflow import Outcome, State
from config.synthetic.rows import Row
from config.synthetic.submitting import Submitting
from config.synthetic.walk import Over
from statements.models import Statement, Version

K = EventKind


class Course(Submitting):
    """Walks one case. Afterwards `rows` holds all of it, `text` what can be searched."""

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
