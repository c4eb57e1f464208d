"""Several people vote, count and write at once: a voice counts once, one result, no text lost."""

import pytest

from cases.errors import Conflict
from cases.events import verify
from cases.models import Case, Decision, DraftReasons
from cases.services import assessment, conflicts, drafting, meetings, protocols, voting
from cases.workflow import State
from tests import factories
from tests.cases.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene():
    scene = factories.case_in(State.INITIAL_ASSESSMENT)
    scene.members = [factories.person("decision_maker") for _ in range(5)]
    factories.answer_everything(scene.case, by=scene.officer)
    for member in scene.members:
        conflicts.declare(scene.case, by=member, has_conflict=False)
    return scene


def proposal(scene):
    return assessment.propose_decision(
        scene.reload(),
        {issue.pk: assessment.OnIssue(True, "Because.") for issue in scene.case.issues.all()},
        by=scene.officer,
    )


def test_members_who_vote_at_once_and_an_officer_who_counts_make_one_result(scene):
    decision = proposal(scene)
    voting.cast_vote(decision, by=scene.members[0], ballot="for")
    voting.cast_vote(decision, by=scene.members[1], ballot="for")
    calls = [
        lambda by=by: voting.cast_vote(decision, by=by, ballot="for") for by in scene.members[2:]
    ]
    results = at_once(*calls, *[lambda: voting.count_votes(decision, by=scene.officer)] * 2)
    refused = [item for item in results if isinstance(item, Exception)]
    assert all(isinstance(item, Conflict) for item in refused), refused
    decision.refresh_from_db()
    assert decision.state == "adopted"
    case = Case.objects.get(pk=scene.case.pk)
    assert case.state == State.MEDIATION
    assert case.events.filter(kind="assessment.concluded").count() == 1
    assert list(verify(case)) == []


def test_a_double_click_is_one_ballot(scene):
    decision = proposal(scene)
    results = at_once(
        *[lambda: voting.cast_vote(decision, by=scene.members[0], ballot="abstain")] * 4
    )
    assert sum(isinstance(item, Conflict) for item in results) == 3
    assert decision.votes.count() == 1


def test_a_ballot_and_a_conflict_of_the_same_member_at_once_leave_no_ballot_that_counts(scene):
    decision = proposal(scene)
    member = scene.members[0]
    at_once(
        lambda: voting.cast_vote(decision, by=member, ballot="for"),
        lambda: conflicts.declare(scene.case, by=member, has_conflict=True),
    )
    assert not voting.counted(Decision.objects.get())


def test_of_two_who_save_the_same_draft_at_once_one_is_told_of_the_other(scene):
    issue = scene.case.issues.first()
    other = factories.person("officer")
    results = at_once(
        *[
            lambda by=by: drafting.save_draft(
                issue, accepted=True, reasons=f"By {by.name}.", by=by, based_on=0
            )
            for by in (scene.officer, other)
        ]
    )
    told = [item for item in results if isinstance(item, drafting.DraftChanged)]
    assert len(told) == 1
    assert told[0].latest.reasons == DraftReasons.objects.get().reasons


def test_chair_and_secretary_who_sign_at_once_close_the_protocol_once(scene):
    from django.utils import timezone

    meeting = meetings.plan(
        begins_at=timezone.now(),
        place="",
        chair=scene.members[0],
        secretary=scene.officer,
        by=scene.officer,
    )
    meetings.add_item(meeting, case=scene.reload(), by=scene.officer)
    meetings.record_attendance(meeting, {scene.members[0].pk: "present"}, by=scene.officer)
    protocols.hold(meeting, by=scene.officer)
    at_once(
        *[lambda by=by: protocols.sign(meeting, by=by) for by in (scene.members[0], scene.officer)]
    )
    meeting.refresh_from_db()
    assert meeting.state == "signed"
    assert scene.case.events.filter(kind="protocol.signed").count() == 1
