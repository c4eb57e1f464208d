"""Who decides: the proposal, the ballots, the quorum, the count."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cases.errors import Conflict, Incomplete
from cases.models import Case
from cases.services import assessment, conflicts
from cases.services.assessment import OnIssue, cast_vote, count_votes, may_vote
from cases.workflow import State
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    scene = factories.case_in(State.INITIAL_ASSESSMENT)
    scene.members = [factories.person("decision_maker") for _ in range(5)]
    factories.answer_everything(scene.case, by=scene.officer)
    return scene


def proposal(scene, *, accept=True, by=None):
    return assessment.propose_decision(
        Case.objects.get(pk=scene.case.pk),
        {issue.pk: OnIssue(accept, "Because.") for issue in scene.case.issues.all()},
        by=by or scene.officer,
    )


def vote(scene, decision, number, ballot="for"):
    member = scene.members[number]
    conflicts.declare(scene.case, by=member, has_conflict=False)
    return cast_vote(decision, by=member, ballot=ballot, explanation="I say why.")


def test_a_vote_decides_as_soon_as_nobody_can_change_the_result(scene):
    decision = proposal(scene)
    for number in range(2):
        assert vote(scene, decision, number).state == "open"
    assert vote(scene, decision, 2).state == "adopted"
    assert scene.reload().state == State.MEDIATION


def test_with_the_quorum_the_officer_may_count_the_ballots_that_were_cast(scene):
    decision = proposal(scene)
    vote(scene, decision, 0)
    with pytest.raises(Incomplete):
        count_votes(decision, by=scene.officer)
    vote(scene, decision, 1)
    assert count_votes(decision, by=scene.officer).state == "adopted"
    assert scene.reload().state == State.MEDIATION
    with pytest.raises(Conflict):
        count_votes(decision, by=scene.officer)


def test_nobody_but_an_officer_counts(scene):
    decision = proposal(scene)
    vote(scene, decision, 0)
    vote(scene, decision, 1)
    with pytest.raises(PermissionDenied):
        count_votes(decision, by=scene.members[0])


def test_a_tie_rejects_and_a_new_proposal_may_follow(scene):
    decision = proposal(scene)
    vote(scene, decision, 0)
    vote(scene, decision, 1, "against")
    assert count_votes(decision, by=scene.officer).state == "rejected"
    assert scene.reload().state == State.INITIAL_ASSESSMENT
    assert proposal(scene).state == "open"


def test_abstaining_counts_for_the_quorum_and_for_no_side(scene):
    decision = proposal(scene)
    vote(scene, decision, 0, "abstain")
    vote(scene, decision, 1)
    assert count_votes(decision, by=scene.officer).state == "adopted"


def test_a_voice_against_says_why(scene):
    decision = proposal(scene)
    conflicts.declare(scene.case, by=scene.members[0], has_conflict=False)
    with pytest.raises(ValidationError):
        cast_vote(decision, by=scene.members[0], ballot="against")


def test_who_declared_nothing_or_a_conflict_does_not_vote(scene):
    decision = proposal(scene)
    with pytest.raises(PermissionDenied):
        cast_vote(decision, by=scene.members[0], ballot="for")
    conflicts.declare(scene.case, by=scene.members[0], has_conflict=True)
    with pytest.raises(PermissionDenied):
        cast_vote(decision, by=scene.members[0], ballot="for")


def test_nobody_votes_twice_or_on_their_own_proposal(scene):
    both = factories.person("officer", "decision_maker")
    conflicts.declare(scene.case, by=both, has_conflict=False)
    decision = proposal(scene, by=both)
    assert not may_vote(decision, both)
    vote(scene, decision, 0)
    with pytest.raises(Conflict):
        cast_vote(decision, by=scene.members[0], ballot="for")


def test_declining_every_issue_leads_to_the_statement(scene):
    decision = proposal(scene, accept=False)
    for number in range(3):
        vote(scene, decision, number)
    assert scene.reload().state == State.FINAL_STATEMENT
    assert scene.case.outcome == "not_accepted"


def test_accepting_one_issue_of_two_is_enough_for_good_offices(scene):
    first, second = scene.case.issues.all()
    decision = assessment.propose_decision(
        scene.reload(),
        {first.pk: OnIssue(True, "Yes."), second.pk: OnIssue(False, "No.")},
        by=scene.officer,
    )
    for number in range(3):
        vote(scene, decision, number)
    assert scene.reload().state == State.MEDIATION
    outcomes = {issue.number: (issue.accepted, issue.outcome) for issue in scene.case.issues.all()}
    assert outcomes == {1: (True, ""), 2: (False, "not_accepted")}


def test_a_proposal_needs_every_criterion_and_every_issue():
    scene = factories.case_in(State.INITIAL_ASSESSMENT)
    with pytest.raises(Incomplete):
        proposal(scene)
    factories.answer_everything(scene.case, by=scene.officer)
    first = scene.case.issues.first()
    with pytest.raises(Incomplete):
        assessment.propose_decision(
            scene.reload(), {first.pk: OnIssue(True, "Yes.")}, by=scene.officer
        )


def test_an_officer_who_stands_on_a_side_runs_nothing(scene):
    from cases.models import Participation
    from cases.permissions import may_run_procedure

    friend = factories.person("officer")
    assert may_run_procedure(scene.case, friend)
    Participation.objects.create(
        case=scene.case, user=friend, role="representative", side="complainant"
    )
    assert not may_run_procedure(Case.objects.get(pk=scene.case.pk), friend)
