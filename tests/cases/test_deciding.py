"""Alternates, absences, the chair's voice, consensus, writing, dissent; nobody approves their own
draft."""

import dataclasses
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import RoleAssignment
from cases import rules
from cases.errors import Conflict, Incomplete
from cases.models import Case, Decision
from cases.services import (
    assessment,
    conflicts,
    deadlines,
    drafting,
    meetings,
    proposals,
    seats,
    voting,
)
from cases.services.assessment import OnIssue
from cases.workflow import State
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    """A case whose criteria are answered; four members, one of them the alternate of the first."""
    scene = factories.case_in(State.INITIAL_ASSESSMENT)
    scene.members = [factories.person("decision_maker", name=f"Member {n}") for n in range(4)]
    factories.answer_everything(scene.case, by=scene.officer)
    return scene


@pytest.fixture
def seated(scene, administrator):
    """The second member is the chair, the fourth the alternate of the first."""
    seats.name_chair(scene.members[1], by=administrator)
    seats.name_alternate(scene.members[3], stands_in_for=scene.members[0], by=administrator)
    return scene


def proposal(scene, *, by=None, **more):
    return assessment.propose_decision(
        Case.objects.get(pk=scene.case.pk),
        {issue.pk: OnIssue(True, "Because.") for issue in scene.case.issues.all()},
        by=by or scene.officer,
        **more,
    )


def free(scene, *numbers):
    for number in numbers:
        conflicts.declare(scene.case, by=scene.members[number], has_conflict=False)


def vote(scene, decision, number, ballot="for", **more):
    free(scene, number)
    return voting.cast_vote(
        decision, by=scene.members[number], ballot=ballot, explanation="I say why.", **more
    )


def with_rule(monkeypatch, **changes):
    """Let every case live under rules that decide in another way."""
    load = rules.load

    def changed(name, **more):
        held = load(name, **more)
        return dataclasses.replace(held, decision=dataclasses.replace(held.decision, **changes))

    monkeypatch.setattr(rules, "load", changed)


# Alternates


def test_an_alternate_does_not_vote_while_the_member_can(seated):
    decision = proposal(seated)
    free(seated, 3)
    assert not voting.may_vote(decision, seated.members[3])
    with pytest.raises(PermissionDenied):
        voting.cast_vote(decision, by=seated.members[3], ballot="for")
    assert {item.person for item in voting.holders(decision)} == set(seated.members[:3])


@pytest.mark.parametrize("why", ["absent", "recused"])
def test_an_alternate_votes_where_the_member_is_absent_or_recused(seated, why):
    decision = proposal(seated)
    if why == "absent":
        proposals.record_absence(decision, member=seated.members[0], by=seated.officer)
    else:
        conflicts.declare(seated.case, by=seated.members[0], has_conflict=True)
    vote(seated, decision, 3)
    row = decision.votes.get()
    assert (row.member, row.in_place_of) == (seated.members[3], seated.members[0])
    free(seated, 0) if why == "absent" else None
    assert not voting.may_vote(Decision.objects.get(), seated.members[0])


def test_a_rule_set_without_alternates_lets_none_vote(seated, monkeypatch):
    with_rule(monkeypatch, alternates=False)
    decision = proposal(seated)
    proposals.record_absence(decision, member=seated.members[0], by=seated.officer)
    free(seated, 3)
    with pytest.raises(PermissionDenied):
        voting.cast_vote(decision, by=seated.members[3], ballot="for")


def test_an_absence_ends_unless_the_alternate_has_voted(seated):
    decision = proposal(seated)
    absence = proposals.record_absence(decision, member=seated.members[0], by=seated.officer)
    free(seated, 0)
    assert not voting.may_vote(Decision.objects.get(), seated.members[0])
    proposals.end_absence(absence, by=seated.members[0])
    assert voting.may_vote(Decision.objects.get(), seated.members[0])
    absence = proposals.record_absence(decision, member=seated.members[0], by=seated.officer)
    vote(seated, decision, 3)
    with pytest.raises(Conflict):
        proposals.end_absence(absence, by=seated.officer)


def test_who_voted_is_not_absent_and_nobody_records_it_of_others_but_officers(seated):
    decision = proposal(seated)
    with pytest.raises(PermissionDenied):
        proposals.record_absence(decision, member=seated.members[0], by=seated.members[1])
    vote(seated, decision, 0)
    with pytest.raises(Conflict):
        proposals.record_absence(decision, member=seated.members[0], by=seated.officer)


# The chair


def test_the_voice_of_the_chair_decides_a_tie_and_that_is_on_record(seated):
    decision = proposal(seated)
    vote(seated, decision, 1)
    vote(seated, decision, 0, "against")
    decision = voting.count_votes(decision, by=seated.officer)
    assert decision.state == "adopted"
    assert decision.casting_vote_by == seated.members[1]


def test_without_a_chair_or_with_an_older_rule_set_a_tie_fails(scene, administrator, monkeypatch):
    decision = proposal(scene)
    vote(scene, decision, 0)
    vote(scene, decision, 1, "against")
    assert voting.count_votes(decision, by=scene.officer).state == "rejected"
    seats.name_chair(scene.members[0], by=administrator)
    with_rule(monkeypatch, casting_vote=False)
    decision = proposal(scene)
    vote(scene, decision, 0)
    vote(scene, decision, 1, "against")
    assert voting.count_votes(decision, by=scene.officer).state == "rejected"


# Recusal


def test_a_conflict_declared_after_the_vote_sets_the_ballot_aside(scene):
    decision = proposal(scene)
    vote(scene, decision, 0)
    vote(scene, decision, 1)
    conflicts.declare(scene.case, by=scene.members[0], has_conflict=True)
    row = decision.votes.get(member=scene.members[0])
    assert row.set_aside_at
    with pytest.raises(Incomplete):
        voting.count_votes(decision, by=scene.officer)
    kinds = list(scene.case.events.values_list("kind", flat=True))
    assert "vote.set_aside" in kinds
    vote(scene, decision, 2)
    assert Decision.objects.get().state in ("open", "adopted")


# In writing


def test_ballots_in_writing_come_until_a_day_that_gives_time(scene):
    with pytest.raises(ValidationError):
        proposal(scene, closes_on=deadlines.today() + timedelta(days=1))
    day = deadlines.today() + timedelta(days=21)
    decision = proposal(scene, closes_on=day)
    vote(scene, decision, 0)
    vote(scene, decision, 1)
    with pytest.raises(Incomplete):
        voting.count_votes(decision, by=scene.officer)
    with time_machine.travel(timezone.now() + timedelta(days=23), tick=True):
        free(scene, 2)
        with pytest.raises(Conflict):
            voting.cast_vote(decision, by=scene.members[2], ballot="against", explanation="Late.")
        assert voting.count_votes(decision, by=scene.officer).state == "adopted"


def test_the_day_moves_only_to_a_later_one(scene):
    day = deadlines.today() + timedelta(days=21)
    decision = proposal(scene, closes_on=day)
    for earlier in (day, day - timedelta(days=3)):
        with pytest.raises(ValidationError):
            proposals.extend_ballots(decision, closes_on=earlier, by=scene.officer)
    with pytest.raises(PermissionDenied):
        proposals.extend_ballots(decision, closes_on=day + timedelta(days=7), by=scene.members[0])
    proposals.extend_ballots(decision, closes_on=day + timedelta(days=7), by=scene.officer)
    assert Decision.objects.get().closes_on == day + timedelta(days=7)


# Dissent


def test_dissent_goes_with_a_vote_that_is_not_for_it(scene):
    decision = proposal(scene)
    with pytest.raises(ValidationError):
        vote(scene, decision, 0, dissent="I differ.")
    vote(scene, decision, 0, "against", dissent="I differ.", dissent_is_public=True)
    assert decision.votes.get().dissent == "I differ."


def test_dissent_is_written_after_the_adoption_by_who_did_not_vote_for_it(scene):
    decision = proposal(scene)
    vote(scene, decision, 0, "against")
    vote(scene, decision, 1)
    vote(scene, decision, 2)
    vote(scene, decision, 3)
    decision = Decision.objects.get()
    assert decision.state == "adopted"
    voting.record_dissent(decision, by=scene.members[0], text="I differ.", is_public=False)
    with pytest.raises(PermissionDenied):
        voting.record_dissent(decision, by=scene.members[1], text="I too.", is_public=False)


def test_rules_decide_whether_dissent_may_be_published(scene, monkeypatch):
    with_rule(monkeypatch, dissent="recorded")
    decision = proposal(scene)
    with pytest.raises(ValidationError):
        vote(scene, decision, 0, "against", dissent="I differ.", dissent_is_public=True)
    vote(scene, decision, 0, "against", dissent="I differ.")


def test_published_dissent_stands_in_the_draft_of_the_statement_and_other_dissent_does_not(scene):
    from statements.draft import first_draft

    decision = proposal(scene)
    vote(scene, decision, 0, "against", dissent="The link is missing.", dissent_is_public=True)
    vote(scene, decision, 3, "abstain", dissent="Only for the file.")
    vote(scene, decision, 1)
    vote(scene, decision, 2)
    if Decision.objects.get().state == "open":
        voting.count_votes(decision, by=scene.officer)
    case = Case.objects.get(pk=scene.case.pk)
    _title, text = first_draft(case, "initial_assessment", "en")
    assert "The link is missing." in text
    assert scene.members[0].name in text
    assert "Only for the file." not in text
    assert "Because of interest" in text.replace("\\", "")


# Two persons, one person


def test_where_two_decide_a_second_officer_or_a_member_agrees_and_not_the_author(
    scene, monkeypatch, other_officer
):
    with_rule(monkeypatch, by="two", quorum=1, casting_vote=False, consensus=False)
    decision = proposal(scene)
    assert not voting.may_vote(decision, scene.officer)
    assert voting.may_vote(decision, other_officer)
    voting.cast_vote(decision, by=other_officer, ballot="for")
    assert scene.reload().state == State.MEDIATION


def test_where_one_decides_the_proposal_stands_at_once(scene, monkeypatch):
    with_rule(monkeypatch, by="one", quorum=1, casting_vote=False, consensus=False)
    assert proposal(scene).state == "adopted"
    assert scene.reload().state == State.MEDIATION


# Nobody approves their own draft


@pytest.mark.parametrize("wrote", ["proposed", "drafted", "neither"])
@pytest.mark.parametrize("rule", ["two", "vote"])
def test_nobody_approves_their_own_draft(scene, monkeypatch, wrote, rule):
    with_rule(
        monkeypatch, by=rule, quorum=1 if rule == "two" else 2, casting_vote=False, consensus=False
    )
    both = factories.person("officer", "decision_maker")
    issue = scene.case.issues.first()
    conflicts.declare(scene.case, by=both, has_conflict=False)
    if wrote == "drafted":
        drafting.save_draft(issue, accepted=True, reasons="Mine.", by=both, based_on=0)
    decision = proposal(scene, by=both if wrote == "proposed" else scene.officer)
    assert voting.may_vote(decision, both) is (wrote == "neither")
    if wrote == "neither":
        voting.cast_vote(decision, by=both, ballot="for")
    else:
        with pytest.raises(PermissionDenied):
            voting.cast_vote(decision, by=both, ballot="for")
        assert both not in voting.voters(decision)


# Consensus


def meeting_with(scene, decision, *, present=(0, 1, 2), chair=1):
    meeting = meetings.plan(
        begins_at=timezone.now() - timedelta(hours=1),
        place="Room 1",
        chair=scene.members[chair],
        secretary=scene.officer,
        by=scene.officer,
    )
    meetings.add_item(meeting, case=Case.objects.get(pk=scene.case.pk), by=scene.officer)
    meetings.record_attendance(
        meeting,
        {
            person.pk: "present" if number in present else "absent"
            for number, person in enumerate(scene.members)
        },
        by=scene.officer,
    )
    meeting.refresh_from_db()
    return meeting


def test_members_who_are_together_agree_without_a_vote(scene):
    decision = proposal(scene)
    free(scene, 0, 1, 2)
    meeting = meeting_with(scene, decision)
    proposals.adopt_by_consensus(decision, meeting, by=scene.members[1])
    decision.refresh_from_db()
    assert (decision.state, decision.by_consensus) == ("adopted", True)
    assert scene.reload().state == State.MEDIATION
    assert not decision.votes.exists()


def test_consensus_needs_the_chair_a_quorum_declarations_and_no_voice_against(scene):
    decision = proposal(scene)
    free(scene, 0, 1)
    meeting = meeting_with(scene, decision)
    with pytest.raises(PermissionDenied):
        proposals.adopt_by_consensus(decision, meeting, by=scene.members[0])
    with pytest.raises(PermissionDenied):
        proposals.adopt_by_consensus(decision, meeting, by=scene.officer)
    with pytest.raises(Incomplete):  # the third has not declared
        proposals.adopt_by_consensus(decision, meeting, by=scene.members[1])
    vote(scene, decision, 2, "against")
    with pytest.raises(Incomplete):
        proposals.adopt_by_consensus(decision, meeting, by=scene.members[1])
    assert Decision.objects.get().state == "open"


def test_consensus_is_not_for_rules_without_it_nor_for_a_chair_who_wrote_the_proposal(
    scene, monkeypatch
):
    RoleAssignment.objects.create(user=scene.members[1], role="officer")
    chair = type(scene.members[1]).objects.get(pk=scene.members[1].pk)
    decision = proposal(scene, by=chair)
    free(scene, 0, 1, 2)
    meeting = meeting_with(scene, decision)
    with pytest.raises(PermissionDenied):
        proposals.adopt_by_consensus(decision, meeting, by=chair)
    proposals.drop_proposal(decision, by=scene.officer)
    with_rule(monkeypatch, consensus=False)
    decision = proposal(scene)
    meeting = meeting_with(scene, decision)
    with pytest.raises(PermissionDenied):
        proposals.adopt_by_consensus(decision, meeting, by=chair)


# Proposals


def test_a_proposal_taken_back_counts_no_ballots_and_another_may_follow(scene):
    decision = proposal(scene)
    vote(scene, decision, 0)
    with pytest.raises(PermissionDenied):
        proposals.drop_proposal(decision, by=scene.members[0])
    assert proposals.drop_proposal(decision, by=scene.officer).state == "dropped"
    with pytest.raises(Conflict):
        vote(scene, decision, 1)
    assert proposal(scene).state == "open"


def test_a_running_case_keeps_its_way_of_deciding_when_the_rules_change(scene):
    Case.objects.filter(pk=scene.case.pk).update(rule_set="kz@1")
    decision = proposal(scene)
    assert not voting.rule_of(Decision.objects.get()).casting_vote
    assert rules.load("kz").decision.casting_vote
    vote(scene, decision, 0)
    vote(scene, decision, 1, "against")
    assert voting.count_votes(decision, by=scene.officer).state == "rejected"
