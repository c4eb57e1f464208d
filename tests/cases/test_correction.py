"""A wrong step is taken back with all that hangs on it; what cannot be undone is said."""

import pytest

from cases.models import Deadline, Undone
from cases.services import correction, ending, good_offices, undoing
from desk import correcting
from statements.models import Statement
from statements.services import writing
from tests import factories

pytestmark = pytest.mark.django_db


def take_back(scene, *, by):
    proposed = correction.propose(scene.reload(), reason="Wrong click.", by=scene.officer)
    correcting.settle(proposed, confirm=True, by=by)
    scene.reload()
    return proposed


def running(case):
    return set(case.deadlines.open().values_list("kind", flat=True))


def test_deadlines_run_again_as_before_the_step(officer, other_officer):
    scene = factories.case_in("mediation", officer=officer)
    before = running(scene.case)
    dates = dict(scene.case.deadlines.open().values_list("kind", "due_on"))
    good_offices.conclude(scene.reload(), outcome="no_agreement", by=officer)
    assert running(scene.reload()) != before
    take_back(scene, by=other_officer)
    assert scene.case.state == "mediation"
    assert running(scene.case) == before
    assert dict(scene.case.deadlines.open().values_list("kind", "due_on")) == dates


def test_what_a_step_opened_lapses_with_it(officer, other_officer):
    members = [factories.person("decision_maker") for _ in range(2)]
    scene = factories.case_in("initial_assessment", officer=officer, members=members)
    before = running(scene.case)
    factories.decide(scene)
    opened = running(scene.reload()) - before
    assert {"good_offices", "good_offices_reply"} <= opened
    take_back(scene, by=other_officer)
    assert scene.case.state == "initial_assessment"
    # The answer of the enterprise is not owed a second time where it lapsed with the decision.
    assert not opened & running(scene.case)
    assert "initial_assessment" in running(scene.case)
    assert Deadline.objects.filter(case=scene.case, kind="good_offices", met_on=None).exists()


def test_a_decision_taken_back_leaves_the_issues_open_and_stays_on_record(officer, other_officer):
    scene = factories.case_in("mediation", officer=officer)
    proposed = take_back(scene, by=other_officer)
    assert set(scene.case.issues.values_list("accepted", flat=True)) == {None}
    assert scene.case.decisions.get().state == "undone"
    assert "decision" in proposed.undone.values_list("kind", flat=True)


def test_replies_to_an_offer_taken_back_count_no_more_and_are_kept_sealed(officer, other_officer):
    scene = factories.case_in("mediation", officer=officer)
    good_offices.reply(scene.reload(), side="complainant", accepts=True, by=scene.complainant)
    take_back(scene, by=other_officer)
    assert not scene.case.replies.exists()
    kept = Undone.objects.get(kind="replies")
    assert '"accepts": true' in kept.copy


def test_a_statement_begun_is_set_aside(officer, other_officer):
    scene = factories.case_in("final_statement", officer=officer)
    statement = writing.begin(scene.reload(), kind="final", language="en", by=officer)
    take_back(scene, by=other_officer)
    assert scene.case.state == "mediation"
    assert Statement.objects.get(pk=statement.pk).set_aside_at


def test_requests_that_lapsed_with_an_early_end_wait_again(officer, other_officer):
    from datetime import timedelta

    from cases.services import deadlines, requests

    scene = factories.case_in("initial_assessment", officer=officer)
    (asked,) = requests.ask(
        scene.reload(), sides=["complainant"], text="Please send.",
        due_on=deadlines.today() + timedelta(days=20), by=officer,
    )  # fmt: skip
    ending.withdraw(scene.reload(), by=officer)
    asked.deadline.refresh_from_db()
    assert asked.deadline.cancelled_on
    take_back(scene, by=other_officer)
    asked.deadline.refresh_from_db()
    assert asked.deadline.is_open and scene.case.outcome == ""


def test_what_cannot_be_undone_is_said(officer):
    scene = factories.case_in("mediation", officer=officer)
    found = [str(text) for text in correcting.remains(scene.reload())]
    assert str(undoing.REMAINS["assessment.concluded"]) in found


def test_rejecting_a_correction_undoes_nothing(officer, other_officer):
    scene = factories.case_in("mediation", officer=officer)
    before = running(scene.case)
    proposed = correction.propose(scene.reload(), reason="Hm.", by=officer)
    correcting.settle(proposed, confirm=False, by=other_officer)
    assert (scene.reload().state, running(scene.case)) == ("mediation", before)
    assert not Undone.objects.exists()
