"""Whatever people do in whatever order: no party ever reads what is not disclosed to it.

The machine keeps a plain account of its own (which document was agreed to be shown, which message
belongs to whom) and compares it after every step with what each side can reach.
"""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cases.disclosure import Audience, disclosed
from cases.errors import Conflict
from cases.events import verify
from cases.models import Case, CaseDocument, Message, Serving
from cases.services import clock, correspondence, disclosing, ending, registration, withholding
from cases.workflow import State
from documents.models import Document
from tests import factories

REFUSED = (Conflict, PermissionDenied, ValidationError)
SIDES = ("complainant", "respondent")
AUDIENCES = ("ncp", "party_and_ncp", "parties", "mediation")
NAME = "Айгүл Серікқызы"


class Disclosure(RuleBasedStateMachine):
    """One case, its two sides and an officer."""

    @initialize(withheld=st.booleans())
    def file(self, withheld):
        self.room = transaction.atomic()
        self.room.__enter__()
        data = factories.submission()
        self.withheld = withheld
        self.scene = factories.case_in(
            State.RECEIVED, data=factories.withheld(data) if withheld else data
        )
        self.officer = self.scene.officer
        self.may_read = {side: set() for side in SIDES}
        self.texts = {side: set() for side in SIDES}
        self.answers = set()
        self.count = 0

    def teardown(self):
        if hasattr(self, "room"):
            transaction.set_rollback(True)
            self.room.__exit__(None, None, None)

    @property
    def case(self):
        return Case.objects.get(pk=self.scene.case.pk)

    def person(self, side):
        return self.scene.complainant if side == "complainant" else self.scene.enterprise

    def attempt(self, act):
        """Do something that the state may refuse; say whether it was done."""
        try:
            with transaction.atomic():
                act()
        except REFUSED:
            return False
        return True

    @rule()
    def register(self):
        self.attempt(lambda: registration.register(self.case, by=self.officer))

    @rule()
    def tell_the_enterprise(self):
        if self.attempt(lambda: registration.notify_respondents(self.case, by=self.officer)):
            row = self.case.participations.filter(side="respondent").first()
            self.scene.enterprise = row.user

    @rule(side=st.sampled_from(SIDES), withhold=st.booleans())
    def give_a_document(self, side, withhold):
        person = self.person(side)
        if person is None:
            return
        self.count += 1
        document = factories.document(self.case, name=f"file{self.count}.txt")
        made = []
        done = self.attempt(
            lambda: made.append(
                correspondence.add_document(
                    self.case,
                    document,
                    title=f"Paper {self.count}",
                    side=side,
                    by=person,
                    asked_to_withhold=withhold,
                    reason="A trade secret" if withhold else "",
                )
            )
        )
        if done:
            self.may_read[side].add(made[0].pk)

    @precondition(lambda self: CaseDocument.objects.filter(case=self.scene.case).exists())
    @rule(
        data=st.data(), audience=st.sampled_from(["ncp", "party_and_ncp", "parties", "mediation"])
    )
    def decide(self, data, audience):
        item = self._some(data)
        if self.attempt(
            lambda: disclosing.decide_audience(item, audience=audience, by=self.officer)
        ) and audience in ("ncp", "party_and_ncp"):
            self._taken_back(item)

    @precondition(lambda self: CaseDocument.objects.filter(case=self.scene.case).exists())
    @rule(data=st.data(), grant=st.booleans())
    def decide_on_withholding(self, data, grant):
        item = self._some(data)
        self.attempt(
            lambda: withholding.decide_withholding(
                item,
                granted=grant,
                ground="A trade secret.",
                reason="We looked at it.",
                by=self.officer,
            )
        )

    @precondition(lambda self: Serving.objects.filter(case_document__case=self.scene.case).exists())
    @rule(data=st.data())
    def agree(self, data):
        waiting = list(Serving.objects.filter(case_document__case=self.scene.case))
        serving = data.draw(st.sampled_from(waiting))
        item = serving.case_document
        person = self.person(item.side)
        if person and self.attempt(lambda: disclosing.agree(serving, by=person)):
            for side in SIDES:
                self.may_read[side].add(item.pk)

    @precondition(lambda self: CaseDocument.objects.filter(case=self.scene.case).exists())
    @rule(data=st.data())
    def pull(self, data):
        item = self._some(data)
        person = self.person(item.side)
        if person and self.attempt(lambda: disclosing.pull(item, by=person)):
            self._taken_back(item)

    @rule(side=st.sampled_from(SIDES), by_officer=st.booleans())
    def write(self, side, by_officer):
        person = self.officer if by_officer else self.person(side)
        if person is None:
            return
        self.count += 1
        text = f"Between {side} and the office {self.count}"
        if self.attempt(
            lambda: correspondence.send_message(self.case, side=side, text=text, by=person)
        ):
            self.texts[side].add(text)

    @precondition(lambda self: self.scene.enterprise is not None)
    @rule()
    def answer(self):
        self.count += 1
        text = f"The enterprise answers {self.count}"
        if self.attempt(
            lambda: correspondence.respond(self.case, text=text, by=self.scene.enterprise)
        ):
            self.answers.add(text)

    @rule()
    def report_pressure(self):
        self.count += 1
        text = f"They came to my house {self.count}"
        if self.attempt(
            lambda: correspondence.report_reprisal(self.case, text=text, by=self.scene.complainant)
        ):
            self.texts["complainant"].add(text)

    @rule()
    def stop_the_clock(self):
        self.attempt(lambda: clock.pause(self.case, reason="safety", by=self.officer))

    @precondition(lambda self: self.count > 4)
    @rule()
    def withdraw(self):
        self.attempt(lambda: ending.withdraw(self.case, by=self.scene.complainant))

    def _some(self, data):
        items = list(CaseDocument.objects.filter(case=self.scene.case).order_by("pk"))
        return data.draw(st.sampled_from(items))

    def _taken_back(self, item):
        for side in SIDES:
            if side != item.side:
                self.may_read[side].discard(item.pk)

    @invariant()
    def each_side_reads_its_documents_and_those_agreed_to_be_shown(self):
        for side in SIDES:
            person = self.person(side)
            if person is not None:
                reads = set(CaseDocument.objects.visible_to(person).values_list("pk", flat=True))
                assert reads <= self.may_read[side], side

    @invariant()
    def each_side_reads_its_own_messages_and_the_answer(self):
        for side in SIDES:
            person = self.person(side)
            if person is not None:
                reads = {m.text for m in Message.objects.visible_to(person)}
                own = {text for text in reads if text.startswith(("Between", "They came"))}
                assert own == self.texts[side], side
                assert {text for text in reads if text.startswith("The enterprise")} == self.answers

    @invariant()
    def a_withheld_name_reaches_no_projection_but_the_officers_and_her_own(self):
        if not hasattr(self, "scene"):
            return
        for audience in (Audience.RESPONDENT, Audience.PUBLIC, Audience.COORDINATOR, Audience.NCP):
            if self.withheld:
                assert NAME not in repr(disclosed(self.case, to=audience))

    @invariant()
    def the_enterprise_reads_nothing_of_pressure(self):
        if self.scene.enterprise is None:
            return
        view = disclosed(self.case, to=Audience.RESPONDENT)
        assert not [event for event in view.events if event.kind.startswith("reprisal")]
        assert not [item for item in view.deadlines if "reprisal" in item.kind]

    @invariant()
    def the_history_holds(self):
        assert list(verify(self.case)) == []


@pytest.mark.django_db
def test_no_party_reads_what_is_not_disclosed_to_it():
    assert not Document.objects.exists()
    run_state_machine_as_test(
        Disclosure,
        settings=settings(
            max_examples=12,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
        ),
    )
