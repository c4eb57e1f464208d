"""Whoever does whatever in whatever order and on whatever day: the procedure holds.

Several people act on one case, each trying everything, allowed or not. The machine keeps a plain
account of its own and recomputes every date day by day from the rule files, without the code that
it judges.
"""

import tomllib
import uuid
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test.utils import override_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from cases.errors import Conflict
from cases.events import verify
from cases.models import Case, CaseDocument, CaseEvent, Correction, Deadline, Decision, Message
from cases.services import (
    assessment,
    clock,
    conflicts,
    correction,
    correspondence,
    deadlines,
    ending,
    follow_up,
    good_offices,
    registration,
    voting,
)
from mediation import services as mediation
from mediation.models import Appointment, MediationBody, Referral
from tests import factories

REFUSED = (Conflict, PermissionDenied, ValidationError)
BEGINS = datetime(2025, 11, 3, 4, 0, tzinfo=UTC)  # holidays and a change of year lie ahead
KAZAKHSTAN = holidays.country_holidays("KZ")
ZONE = ZoneInfo("Asia/Almaty")
RULES = Path(django_settings.BASE_DIR) / "cases" / "rulesets"

MOVES = {
    ("received", "not_registered"),
    ("received", "initial_assessment"),
    ("received", "withdrawn"),
    ("initial_assessment", "withdrawn"),
    ("initial_assessment", "mediation"),
    ("initial_assessment", "final_statement"),
    ("mediation", "final_statement"),
    ("mediation", "examination"),
    ("examination", "mediation"),
    ("examination", "final_statement"),
    ("final_statement", "closed"),
    ("closed", "follow_up"),
    ("follow_up", "final_statement"),
}
"""The table of the procedure, written down a second time."""

PEOPLE = (
    "officer", "second", "member1", "member2", "member3", "auditor", "administrator",
    "coordinator", "mediator", "complainant", "enterprise", "stranger",
)  # fmt: skip
OFFICERS, MEMBERS = ("officer", "second"), ("member1", "member2", "member3")
OF_OFFICERS = {
    "acknowledge", "register", "decline", "tell", "assess", "propose", "count", "refer",
    "conclude", "examine", "resume_talks", "conclude_examination", "settled", "close",
    "begin_follow_up", "conclude_follow_up", "stop_clock", "run_clock", "give_time", "mistake",
}  # fmt: skip
ALSO_OF = {
    "withdraw": {"complainant"},
    "respond": {"enterprise"},
    "yes": {"complainant", "enterprise"},
    "no": {"complainant", "enterprise"},
    "write": {"complainant", "enterprise"},
}
ACTS = (*sorted(OF_OFFICERS), *sorted(ALSO_OF), "vote_for", "vote_against", "confirm_mistake",
        "reject_mistake", "conflict", "no_conflict", "accept_referral", "decline_referral",
        "appoint", "mediate", "refuse_to_mediate")  # fmt: skip
FOLLOWED_UP = ("agreement", "partial_agreement", "no_agreement", "refused_by_respondent")


# Dates, day by day


def is_working(day):
    return KAZAKHSTAN.is_working_day(day)


def next_working(day):
    while not is_working(day):
        day += timedelta(days=1)
    return day


def after_working_days(day, count):
    while count:
        day += timedelta(days=1)
        count -= is_working(day)
    return day


def after_months(day, count):
    for _ in range(count):
        year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
        day = date(year, month, 1)
    return day


def due_day(rule_of_it, opened_on, pauses, more_months):
    """When something is due: its own time and months of extension, then each pause, then on to a
    working day. `pauses` are pairs of days."""
    months = more_months + (rule_of_it["length"] if rule_of_it["unit"] == "months" else 0)
    day = opened_on
    if months:
        first = after_months(opened_on, months)
        day = first.replace(day=min(opened_on.day, monthrange(first.year, first.month)[1]))
    if rule_of_it["unit"] == "working_days":
        day = after_working_days(day, rule_of_it["length"])
    for since, until in sorted(pauses):
        stood = max(since, opened_on)
        if stood > next_working(day):
            continue
        while stood < until:
            stood += timedelta(days=1)
            if rule_of_it["unit"] != "working_days":
                day += timedelta(days=1)
            elif is_working(stood):
                day = after_working_days(day, 1)
    return next_working(day)


def rules_of(name):
    """The rules of a file and its parent, that are on and need no special condition."""
    data = tomllib.loads((RULES / f"{name}.toml").read_text())
    found = {}
    if "extends" in data:
        found = {item["kind"]: item for item in rules_of(data["extends"].split("@")[0])}
    for item in data.get("deadline", ()):
        found[item["kind"]] = {**found.get(item["kind"], {}), **item}
    return [
        item
        for item in found.values()
        if item.get("enabled", True)
        and not item.get("condition")
        and item["kind"] not in deadlines.ABOUT_SOMETHING
    ]


@dataclass
class Running:
    """A deadline that runs, as the history has it."""

    kind: str
    opened_on: date
    sequence: int


@dataclass
class Step:
    """An act that moved the case: what a correction goes back to."""

    state: str
    first: int
    running: list = field(default_factory=list)


class Procedure(RuleBasedStateMachine):
    """One case and everybody around it."""

    @initialize(rule_set=st.sampled_from(["kz", "oecd-2023"]), turn=st.integers(0, 2))
    def file(self, rule_set, turn):
        self.turn = turn
        self.room = transaction.atomic()
        self.room.__enter__()
        self.clock = time_machine.travel(BEGINS, tick=False)
        self.time = self.clock.start()
        self.rules = rules_of(rule_set)
        with override_settings(RULE_SET=rule_set):
            self.scene = factories.case_in("received")
        self.pk = self.scene.case.pk
        self.people = {
            "officer": self.scene.officer,
            "second": factories.person("officer"),
            **{name: factories.person("decision_maker") for name in MEMBERS},
            "auditor": factories.person("auditor"),
            "administrator": factories.person("administrator"),
            "coordinator": factories.person("coordinator"),
            "mediator": factories.person("mediator"),
            "complainant": self.scene.complainant,
            "enterprise": None,
            "stranger": factories.case_in("received").complainant,
        }
        self.body = MediationBody.objects.create(name="Bridge")
        for role in ("coordinator", "mediator"):
            self.body.members.create(user=self.people[role], role=role)
        self.conflicted, self.declared, self.mediated = set(), set(), set()
        self.let_in = set()
        self.steps = []
        self.running = []
        self.seen = 0
        self.read_history()

    def teardown(self):
        if hasattr(self, "room"):
            self.clock.stop()
            transaction.set_rollback(True)
            self.room.__exit__(None, None, None)

    @property
    def case(self):
        return Case.objects.get(pk=self.pk)

    # What people try

    @rule(days=st.integers(1, 45))
    def days_pass(self, days):
        self.time.shift(timedelta(days=days))

    @rule(act=st.sampled_from(ACTS), who=st.sampled_from(PEOPLE))
    def anybody_tries_anything(self, act, who):
        self.attempt(act, who)

    @rule(act=st.sampled_from(ACTS), who=st.sampled_from(("officer", "member1", "member2")))
    def somebody_of_the_office_acts(self, act, who):
        self.attempt(act, who)

    @rule(data=st.data())
    def the_next_step_is_taken(self, data):
        """Without this most walks would never leave the first states."""
        ways = {
            "received": [("register", "officer")],
            "initial_assessment": [
                ("tell", "officer"), ("assess", "officer"), ("propose", "officer"),
                ("no_conflict", "member1"), ("no_conflict", "member2"), ("no_conflict", "member3"),
                ("vote_for", "member1"), ("vote_for", "member2"), ("vote_for", "member3"),
            ],
            "mediation": [
                ("yes", "complainant"), ("yes", "enterprise"), ("refer", "officer"),
                ("accept_referral", "coordinator"), ("appoint", "coordinator"),
                ("mediate", "mediator"), ("conclude", "officer"), ("examine", "officer"),
            ],
            "examination": [("conclude_examination", "officer"), ("resume_talks", "officer")],
            "final_statement": [("close", "officer")],
            "closed": [("begin_follow_up", "officer")],
            "follow_up": [("conclude_follow_up", "officer")],
        }.get(self.case.state, [("write", "officer")])  # fmt: skip
        for act, who in ways[: data.draw(st.integers(1, len(ways)))]:
            self.attempt(act, who)

    @rule(who=st.sampled_from(("officer", "second", "member1")))
    def a_mistake_is_taken_back(self, who):
        self.attempt("mistake", "officer")
        self.attempt("confirm_mistake", "second" if who == "officer" else who)

    def attempt(self, act, who):
        """Let a person try something; compare what came of it with the account."""
        person = self.people[who]
        if person is None:
            return
        person.__dict__.pop("roles", None)
        self.time.shift(timedelta(minutes=1))
        before = self.case
        try:
            with transaction.atomic():
                getattr(self, act)(person)
        except REFUSED:
            after = self.case
            assert (after.state, after.history_length, after.row_version) == (
                before.state, before.history_length, before.row_version,
            ), f"{act} by {who} was refused and left a trace"  # fmt: skip
            return
        after = self.case
        assert self.may(act, who), f"{who} could {act} in {before.state}"
        self.note(act, who, before, after)
        self.read_history()

    def may(self, act, who):
        """Who may do what at all, whatever the state of the case."""
        if act in ("conflict", "no_conflict"):
            return who in (*OFFICERS, *MEMBERS, "mediator", "coordinator")
        if act in ("accept_referral", "decline_referral", "appoint"):
            return who == "coordinator" and who not in self.conflicted
        if act in ("mediate", "refuse_to_mediate"):
            return who == "mediator"
        is_officer = who in OFFICERS and who not in self.conflicted
        if act in ("vote_for", "vote_against"):
            return who in MEMBERS and who in self.declared
        if act in ("confirm_mistake", "reject_mistake"):
            return (is_officer or (who in MEMBERS and who in self.declared)) and (
                who != self.proposed_by
            )
        return is_officer or who in ALSO_OF.get(act, ())

    def note(self, act, who, before, after):
        """Keep account of what an act did to people and to the state."""
        assert after.history_length > before.history_length, f"{act} left no event"
        if act in ("conflict", "refuse_to_mediate"):
            self.conflicted.add(who)
            self.declared.discard(who)
            self.let_in.discard(who)
        elif act in ("no_conflict", "mediate"):
            self.conflicted.discard(who)
            self.declared.add(who)
        if act == "mistake":
            self.proposed_by = who
        if act == "refer":
            self.let_in.add("coordinator")
        if act == "decline_referral":
            self.let_in -= {"coordinator", "mediator"}
        if act == "mediate":
            self.let_in.add("mediator")
        if act == "tell":
            rows = after.participations.filter(side="respondent").select_related("user")
            self.people["enterprise"] = rows.first().user
        if before.state == after.state:
            return
        if act == "confirm_mistake":
            step = self.steps.pop()
            assert after.state == step.state, "a correction leads to the state before"
            self.went_back_to = step
            return
        assert (before.state, after.state) in MOVES, f"{act}: {before.state} to {after.state}"
        self.steps.append(Step(before.state, before.history_length + 1, list(self.running)))

    # The acts

    def acknowledge(self, by):
        registration.acknowledge(self.case, by=by)

    def register(self, by):
        registration.register(self.case, by=by)

    def decline(self, by):
        registration.decline_registration(self.case, by=by, reason="enquiry", reply="Ask there.")

    def tell(self, by):
        registration.notify_respondents(self.case, by=by)

    def respond(self, by):
        correspondence.respond(self.case, text="We did nothing wrong.", by=by)

    def write(self, by):
        side = "respondent" if by == self.people["enterprise"] else "complainant"
        correspondence.send_message(self.case, side=side, text="When?", by=by)

    def assess(self, by):
        factories.answer_everything(self.case, by=by)

    def propose(self, by):
        # Every third proposal declines everything.
        accepts = Decision.objects.filter(case=self.pk).count() % 3 != self.turn
        said = {pk: assessment.OnIssue(accepts, "We looked at it.") for pk in self.issues()}
        assessment.propose_decision(self.case, said, by=by)

    def issues(self):
        return list(self.case.issues.values_list("pk", flat=True))

    def decision(self):
        found = Decision.objects.filter(case=self.pk).order_by("-proposed_at").first()
        if found is None:
            raise ValidationError("There is no proposal.")
        return found

    def vote_for(self, by):
        voting.cast_vote(self.decision(), by=by, ballot="for")

    def vote_against(self, by):
        voting.cast_vote(self.decision(), by=by, ballot="against", explanation="Too vague.")

    def count(self, by):
        voting.count_votes(self.decision(), by=by)

    def yes(self, by):
        self.reply(by, accepts=True)

    def no(self, by):
        self.reply(by, accepts=False)

    def reply(self, by, *, accepts):
        side = "respondent" if by == self.people["enterprise"] else "complainant"
        good_offices.reply(self.case, side=side, accepts=accepts, by=by)

    def refer(self, by):
        mediation.propose_referral(self.case, self.body, by=by, issues=self.issues())

    def referral(self):
        found = Referral.objects.filter(case=self.pk).order_by("-proposed_at").first()
        if found is None:
            raise ValidationError("There is no referral.")
        return found

    def accept_referral(self, by):
        mediation.accept_referral(self.referral(), by=by)

    def decline_referral(self, by):
        mediation.decline_referral(self.referral(), by=by, reason="Nobody is free.")

    def appoint(self, by):
        mediation.appoint_mediator(self.referral(), self.people["mediator"], by=by)

    def appointment(self):
        found = Appointment.objects.filter(referral__case=self.pk).order_by("-pk").first()
        if found is None:
            raise ValidationError("Nobody is appointed.")
        return found

    def mediate(self, by):
        mediation.declare(self.appointment(), by=by, has_conflict=False)

    def refuse_to_mediate(self, by):
        mediation.declare(self.appointment(), by=by, has_conflict=True)

    def conclude(self, by):
        good_offices.conclude(self.case, outcome="no_agreement", by=by)

    def examine(self, by):
        good_offices.conclude(self.case, outcome="no_agreement", by=by, examine=True)

    def resume_talks(self, by):
        good_offices.resume(self.case, by=by)

    def conclude_examination(self, by):
        good_offices.conclude_examination(self.case, by=by)

    def settled(self, by):
        ending.end_early(self.case, outcome="settled_outside", by=by)

    def withdraw(self, by):
        ending.withdraw(self.case, by=by)

    def close(self, by):
        ending.close(self.case, by=by, statement=uuid.uuid4())

    def begin_follow_up(self, by):
        follow_up.begin(self.case, by=by)

    def conclude_follow_up(self, by):
        follow_up.conclude(self.case, by=by)

    def stop_clock(self, by):
        clock.pause(self.case, reason="information", by=by)

    def run_clock(self, by):
        clock.resume(self.case, by=by)

    def give_time(self, by):
        row = Deadline.objects.filter(case=self.pk, kind="initial_assessment").first()
        clock.extend(row, length=1, unit="months", reason="It is long.", by=by)

    def mistake(self, by):
        correction.propose(self.case, reason="A wrong click.", by=by)

    def confirm_mistake(self, by):
        self.settle(by, confirm=True)

    def reject_mistake(self, by):
        self.settle(by, confirm=False)

    def settle(self, by, *, confirm):
        found = Correction.objects.filter(case=self.pk, settled_at=None).first()
        if found is None:
            raise ValidationError("Nothing is proposed.")
        correction.settle(found, confirm=confirm, by=by)

    def conflict(self, by):
        conflicts.declare(self.case, by=by, has_conflict=True)

    def no_conflict(self, by):
        conflicts.declare(self.case, by=by, has_conflict=False)

    # The history, read from its beginning

    def read_history(self):
        """Take the events that are new into the account of what runs."""
        for event in CaseEvent.objects.filter(case=self.pk, sequence__gt=self.seen).order_by(
            "sequence"
        ):
            self.take(event)
            self.seen = event.sequence

    def take(self, event):
        day = event.at.astimezone(ZONE).date()
        if event.kind == "correction.confirmed":
            self.running = list(self.went_back_to.running)
            return
        # A served case that ends early loses what a withdrawn one loses. It owes its statement, and
        # a follow-up its own, in the time that good offices leave for it.
        early = event.kind == "case.ended_early"
        kind = "case.withdrawn" if early else event.kind
        ended = [item for item in self.rules if self.ends(item, kind)]
        self.running = [row for row in self.running if row.kind not in {r["kind"] for r in ended}]
        for item in self.rules:
            begins = kind in item["starts"] or kind in item.get("restarts", ())
            owes = early or event.kind == "follow_up.concluded"
            begins = begins or (owes and "good_offices.concluded" in item["starts"])
            if not begins or not self.applies(item, event):
                continue
            if item["kind"] not in {row.kind for row in self.running}:
                self.running.append(Running(item["kind"], day, event.sequence))

    @staticmethod
    def ends(item, kind):
        usual = ["case.not_registered", "case.withdrawn", "case.closed"]
        return kind in (*item["ends"], *item.get("lapses", usual), *item.get("restarts", ()))

    def applies(self, item, event):
        if item["kind"] != "follow_up":
            return True
        followed_up = CaseEvent.objects.filter(
            case=self.pk, kind="follow_up.concluded", sequence__lt=event.sequence
        )
        return event.data["outcome"] in FOLLOWED_UP and not followed_up.exists()

    # What must hold after every step

    @invariant()
    def the_history_is_complete_and_verifies(self):
        if not hasattr(self, "pk"):
            return
        case = self.case
        numbers = list(case.events.order_by("sequence").values_list("sequence", flat=True))
        assert numbers == list(range(1, case.history_length + 1))
        assert list(verify(case)) == []

    @invariant()
    def deadlines_are_those_of_the_slow_recomputation(self):
        if not hasattr(self, "pk"):
            return
        case = self.case
        held = {row.kind: row for row in case.deadlines.open()}
        assert set(held) == {row.kind for row in self.running}, case.state
        pauses = list(case.pauses.all())
        if any(pause.until is None for pause in pauses):
            return
        by_kind = {item["kind"]: item for item in self.rules}
        stood = [(pause.since, pause.until) for pause in pauses]
        expected = {}
        for row in self.running:
            more = held[row.kind].extensions.count()
            expected[row.kind] = due_day(by_kind[row.kind], row.opened_on, stood, more)
            assert held[row.kind].opened_on == row.opened_on, row.kind
            assert held[row.kind].due_on == expected[row.kind], row.kind
        assert case.next_due_on == min(expected.values(), default=None)

    @invariant()
    def nobody_sees_what_a_role_or_a_conflict_forbids(self):
        if not hasattr(self, "pk"):
            return
        state = self.case.state
        for who, person in self.people.items():
            if person is None:
                continue
            sees = Case.objects.visible_to(person).filter(pk=self.pk).exists()
            assert sees == self.sees(who, state), f"{who} in {state}"
            if not sees:
                rows = (Deadline, Message, CaseDocument)
                for model in rows:
                    assert not model.objects.visible_to(person).filter(case=self.pk).exists(), who

    def sees(self, who, state):
        if who in self.conflicted:
            return False
        if who in (*OFFICERS, *MEMBERS, "complainant", "enterprise"):
            return True
        return who in self.let_in and state == "mediation"


@pytest.mark.django_db
def test_the_procedure_holds_whoever_does_whatever(settings):
    settings.REQUIRE_AUTHORITY = False
    run_state_machine_as_test(Procedure, settings=SETTINGS)


SETTINGS = settings(
    phases=[Phase.generate],
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
)
