"""Yearly interests hint at a conflict; parties challenge; others decide; recusal is at once."""

from datetime import date

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from cases.disclosure import Audience
from cases.errors import Conflict, Stale
from cases.models import AnnualDeclaration, Case, Challenge, Interest
from cases.services import assessment, conflicts, interests, voting
from cases.services.interests import InterestData
from notifications import interest_reminders
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(officer):
    scene = factories.case_in("initial_assessment", officer=officer, data=factories.withheld())
    scene.members = [factories.person("decision_maker", name=f"Member {n}") for n in range(3)]
    return scene


# Interests


@pytest.mark.parametrize(
    ("interest", "party", "same"),
    [
        ("AltynTau", "AltynTau Holding", True),
        ("АО «АлтынТау»", "АлтынТау", True),
        ("Altyn Tau Holding LLP", "ALTYN TAU HOLDING", True),
        ("AltynTou Holding", "AltynTau Holding", True),
        ("Altyn Bank", "AltynTau Holding", False),
        ("TOO", "TOO Mining", False),
        ("Holding", "AltynTau Mining", False),
    ],
)
def test_names_that_may_mean_the_same(interest, party, same):
    assert interests.resembles(interest, party) is same


def test_a_declared_interest_hints_at_a_disclosed_party_only(scene):
    member = scene.members[0]
    interests.declare_year(
        by=member,
        added=[
            InterestData("employer", "AltynTau"),
            InterestData("family", "Айгүл Серікқызы", "my sister"),
        ],
    )
    hints = interests.hints(scene.case, member, to=Audience.COORDINATOR)
    assert [hint.party for hint in hints] == ["AltynTau Holding"]  # the complainant is withheld
    hints = interests.hints(scene.case, member, to=Audience.NAMED_OFFICER)
    assert {hint.party for hint in hints} == {"AltynTau Holding", "Айгүл Серікқызы"}


def test_interests_are_unreadable_in_the_database(scene):
    interests.declare_year(
        by=scene.members[0], added=[InterestData("employer", "AltynTau", "director")]
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, detail FROM cases_interest")
        row = cursor.fetchone()
    assert "AltynTau" not in row[0]
    assert "director" not in row[1]


def test_a_year_is_declared_once_and_changed_with_a_version(scene):
    member = scene.members[0]
    row = interests.declare_year(by=member, version=0)
    assert row.row_version == 1  # none is a declaration too
    with pytest.raises(Stale):
        interests.declare_year(by=member, version=0)
    interests.declare_year(by=member, added=[InterestData("other", "A club")], version=1)
    held = Interest.objects.get()
    interests.declare_year(by=member, ended=[held.pk], version=2)
    assert interests.standing(AnnualDeclaration.objects.get()) == []
    assert Interest.objects.count() == 1


def test_nobody_ends_an_interest_of_somebody_else(scene):
    interests.declare_year(by=scene.members[0], added=[InterestData("other", "A club")])
    theirs = Interest.objects.get()
    interests.declare_year(by=scene.members[1], ended=[theirs.pk])
    theirs.refresh_from_db()
    assert theirs.ended_at is None


def test_who_has_not_declared_is_reminded_once_for_each_rung(scene, officer):
    interests.declare_year(by=scene.members[0])
    year = interests.current_year()
    first = interest_reminders.sweep(on=date(year, 1, 10))
    assert first == len(mail.outbox) == interests.owing().__len__()
    assert scene.members[0].email not in {address for item in mail.outbox for address in item.to}
    assert officer.email in {address for item in mail.outbox for address in item.to}
    assert interest_reminders.sweep(on=date(year, 1, 11)) == 0
    assert interest_reminders.sweep(on=date(year, 2, 10)) == first
    assert not any("AltynTau" in item.body for item in mail.outbox)


# Challenges


def challenge(scene, person, **more):
    arguments = {
        "side": "complainant", "reasons": "His brother is the director.",
        "by": scene.complainant, **more,
    }  # fmt: skip
    return conflicts.challenge(scene.case, challenged=person, **arguments)


def test_a_party_challenges_who_decides_with_reasons(scene, officer):
    made = challenge(scene, scene.members[0])
    assert made.decided_at is None
    with pytest.raises(Conflict):
        challenge(scene, scene.members[0])
    challenge(scene, officer)
    with pytest.raises(ValidationError):
        challenge(scene, scene.members[1], reasons=" ")
    with pytest.raises(ValidationError):
        challenge(scene, factories.person("administrator"))
    with pytest.raises(PermissionDenied):
        challenge(scene, scene.members[1], by=scene.enterprise)
    with pytest.raises(PermissionDenied):
        challenge(scene, scene.members[1], by=officer)


def test_others_decide_and_upheld_means_out_of_the_case_at_once(scene):
    challenged, other = scene.members[0], scene.members[1]
    conflicts.declare(scene.case, by=challenged, has_conflict=False)
    made = challenge(scene, challenged)
    with pytest.raises(PermissionDenied):
        conflicts.decide_challenge(made, is_upheld=False, answer="No.", by=challenged)
    with pytest.raises(PermissionDenied):  # not declared yet
        conflicts.decide_challenge(made, is_upheld=True, answer="Yes.", by=other)
    conflicts.declare(scene.case, by=other, has_conflict=False)
    conflicts.decide_challenge(made, is_upheld=True, answer="He is his brother.", by=other)
    assert not Case.objects.visible_to(challenged).filter(pk=scene.case.pk).exists()
    with pytest.raises(PermissionDenied):
        conflicts.declare(scene.case, by=challenged, has_conflict=False)
    with pytest.raises(Conflict):
        conflicts.decide_challenge(made, is_upheld=False, answer="No.", by=other)
    assert challenged not in conflicts.deciders(scene.case)


def test_a_challenge_that_is_not_upheld_changes_nothing(scene):
    challenged, other = scene.members[:2]
    for member in (challenged, other):
        conflicts.declare(scene.case, by=member, has_conflict=False)
    made = challenge(scene, challenged)
    conflicts.decide_challenge(made, is_upheld=False, answer="No tie is known.", by=other)
    assert Case.objects.visible_to(challenged).filter(pk=scene.case.pk).exists()
    side = Challenge.objects.visible_to(scene.complainant).get()
    assert side.answer == "No tie is known."
    assert not Challenge.objects.visible_to(scene.enterprise).exists()


def test_an_upheld_challenge_sets_the_ballot_of_an_open_proposal_aside(scene, officer):
    factories.answer_everything(scene.case, by=officer)
    decision = assessment.propose_decision(
        scene.reload(),
        {issue.pk: assessment.OnIssue(True, "Because.") for issue in scene.case.issues.all()},
        by=officer,
    )
    for member in scene.members[:2]:
        conflicts.declare(scene.case, by=member, has_conflict=False)
    voting.cast_vote(decision, by=scene.members[0], ballot="for")
    made = challenge(scene, scene.members[0])
    conflicts.decide_challenge(made, is_upheld=True, answer="Yes.", by=scene.members[1])
    assert decision.votes.get().set_aside_at


def test_two_who_are_challenged_do_not_decide_on_each_other(scene):
    for member in scene.members[:2]:
        conflicts.declare(scene.case, by=member, has_conflict=False)
    first = challenge(scene, scene.members[0])
    challenge(scene, scene.members[1])
    assert not conflicts.may_decide_challenge(first, scene.members[1])


def test_officers_decide_on_a_challenge_only_where_no_member_is_left(scene, other_officer):
    made = challenge(scene, scene.members[0])
    assert not conflicts.may_decide_challenge(made, other_officer)
    for member in scene.members[1:]:
        conflicts.declare(scene.case, by=member, has_conflict=True)
    assert conflicts.may_decide_challenge(made, other_officer)


def test_an_officer_who_is_recused_loses_the_case(scene, officer):
    conflicts.declare(scene.case, by=scene.members[0], has_conflict=False)
    made = challenge(scene, officer)
    conflicts.decide_challenge(made, is_upheld=True, answer="Yes.", by=scene.members[0])
    assert Case.objects.get(pk=scene.case.pk).officer is None
