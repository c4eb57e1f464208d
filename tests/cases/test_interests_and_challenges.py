"""Yearly interests hint at a conflict; parties challenge; others decide; recusal is at once."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from cases.disclosure import Audience
from cases.errors import Conflict, Incomplete, Stale
from cases.events import verify
from cases.models import AnnualDeclaration, Case, Challenge, Interest
from cases.services import assessment, conflicts, deadlines, interests, voting
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


def challenge(scene, person, *, is_heard=True, **more):
    arguments = {
        "side": "complainant", "reasons": "His brother is the director.",
        "by": scene.complainant, **more,
    }  # fmt: skip
    made = conflicts.challenge(scene.case, challenged=person, **arguments)
    return conflicts.reply_to_challenge(made, text="", by=person) if is_heard else made


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


# The reply of the challenged person


@pytest.fixture
def challenged(scene):
    """A member who is challenged, and another who decides."""
    for member in scene.members[:2]:
        conflicts.declare(scene.case, by=member, has_conflict=False)
    scene.challenge = challenge(scene, scene.members[0], is_heard=False)
    return scene


def test_others_wait_for_the_reply_as_long_as_the_rules_say(challenged):
    """Others used to decide before the challenged person could say a word."""
    item, other = challenged.challenge, challenged.members[1]
    tomorrow = timezone.now() + timedelta(days=1)
    with (
        time_machine.travel(tomorrow, tick=False),
        pytest.raises(Incomplete, match="Member 0 may reply until"),
    ):
        conflicts.decide_challenge(item, is_upheld=True, answer="Yes.", by=other)
    after = timezone.now() + timedelta(days=(item.reply_until - deadlines.today()).days + 1)
    with time_machine.travel(after, tick=False):
        conflicts.decide_challenge(item, is_upheld=True, answer="Yes.", by=other)


def test_a_reply_is_on_record_and_read_by_those_who_decide(challenged):
    item, (person, other, _third) = challenged.challenge, challenged.members
    with pytest.raises(PermissionDenied):
        conflicts.reply_to_challenge(item, text="Not so.", by=other)
    conflicts.reply_to_challenge(item, text="He is no relative of mine.", by=person)
    with pytest.raises(Conflict):
        conflicts.reply_to_challenge(item, text="And again.", by=person)
    assert Challenge.objects.visible_to(other).get().reply == "He is no relative of mine."
    assert Challenge.objects.ripe(on=deadlines.today()).exists()
    conflicts.decide_challenge(item, is_upheld=False, answer="No tie.", by=other)
    events = list(challenged.reload().events.values_list("kind", flat=True))
    assert events[-2:] == ["challenge.replied", "challenge.decided"]
    with pytest.raises(Conflict):
        conflicts.reply_to_challenge(item, text="Too late.", by=person)


def test_no_reply_can_be_said_and_ends_the_wait(challenged):
    item, (person, other, _third) = challenged.challenge, challenged.members
    assert not Challenge.objects.ripe(on=deadlines.today()).exists()
    conflicts.reply_to_challenge(item, text=" ", by=person)
    conflicts.decide_challenge(item, is_upheld=False, answer="No tie.", by=other)


def test_who_leaves_by_a_declaration_is_not_waited_for(challenged):
    item, (person, other, _third) = challenged.challenge, challenged.members
    conflicts.declare(challenged.case, by=person, has_conflict=True)
    assert Challenge.objects.ripe(on=deadlines.today()).exists()
    conflicts.decide_challenge(item, is_upheld=True, answer="They left.", by=other)


def test_no_party_reads_the_reply(challenged):
    conflicts.reply_to_challenge(
        challenged.challenge, text="My brother-in-law.", by=challenged.members[0]
    )
    from portal import deciders

    (own,) = deciders.own_challenges(challenged.reload(), challenged.complainant)
    assert "brother-in-law" not in repr(own)
    from cases.disclosure import disclosed

    for to in (Audience.COMPLAINANT, Audience.RESPONDENT):
        assert "challenge.replied" not in {
            event.kind for event in disclosed(challenged.case, to=to).events
        }


# Interests taken back


def prefill(scene, member, *, has_conflict=False, extra=""):
    """Declare for a case with what an interest of the year puts into the explanation."""
    interests.declare_year(by=member, added=[InterestData("holding", "AltynTau", "three shares")])
    hints = interests.hints(scene.case, member, to=Audience.COORDINATOR)
    lines = {hint.id: f"Shares: {hint.interest}, {hint.detail}" for hint in hints}
    text = "\n".join([*lines.values(), extra]).strip()
    conflicts.declare(
        scene.case, by=member, has_conflict=has_conflict, explanation=text,
        prefilled=interests.still_there(hints, text, lines),
    )  # fmt: skip
    return Interest.objects.get(declaration__user=member)


def everywhere(scene):
    """Return all that the database holds readable of a case's declarations and their history."""
    rows = scene.case.conflicts.all()
    texts = [row.explanation for row in rows]
    for change in scene.case.changes.all():
        texts += [change.before, change.after]
    for item in Interest.objects.all():
        texts += [item.name, item.detail]
    return "\n".join(texts)


def test_an_interest_taken_back_leaves_no_word_behind(scene):
    """It stayed in the explanation that it had prefilled, and in the history of that."""
    member = scene.members[0]
    interest = prefill(scene, member, extra="I know nobody there.")
    assert "three shares" in everywhere(scene)
    done = interests.take_back(interest, by=member)
    assert (done.cut, done.kept) == (1, 0)
    assert "three shares" not in everywhere(scene)
    row = scene.case.conflicts.get(user=member)
    assert row.explanation == "I know nobody there."
    assert row.explanation_cut_at
    event = scene.reload().events.last()
    assert (event.kind, event.by) == ("interest.taken_back", member)
    assert list(verify(scene.case)) == []
    assert interests.standing(interests.latest(member)) == []
    with pytest.raises(Conflict):
        interests.take_back(interest, by=member)


def test_a_line_that_was_changed_by_hand_takes_the_explanation_with_it(scene):
    member = scene.members[0]
    interest = prefill(scene, member)
    row = scene.case.conflicts.get(user=member)
    row.explanation = "I hold three shares of AltynTau since 2019."
    row.save()
    interests.take_back(interest, by=member)
    assert scene.case.conflicts.get(user=member).explanation == ""


def test_what_is_no_more_in_the_explanation_is_not_remembered(scene):
    member = scene.members[0]
    interests.declare_year(by=member, added=[InterestData("holding", "AltynTau")])
    hints = interests.hints(scene.case, member, to=Audience.COORDINATOR)
    lines = {hint.id: "Shares: AltynTau" for hint in hints}
    assert interests.still_there(hints, "No tie at all.", lines) == {}


@pytest.mark.parametrize("why", ["conflict", "challenge", "vote"])
def test_words_on_which_something_rests_stay_in_the_case(scene, officer, why):
    member = scene.members[0]
    interest = prefill(scene, member, has_conflict=why == "conflict")
    if why == "challenge":
        challenge(scene, member)
    if why == "vote":
        factories.answer_everything(scene.case, by=officer)
        decision = assessment.propose_decision(
            scene.reload(),
            {issue.pk: assessment.OnIssue(True, "Because.") for issue in scene.case.issues.all()},
            by=officer,
        )
        voting.cast_vote(decision, by=member, ballot="for")
    done = interests.take_back(interest, by=member)
    assert (done.cut, done.kept) == (0, 1)
    assert "three shares" in scene.case.conflicts.get(user=member).explanation
    interest.refresh_from_db()
    assert (interest.name, interest.detail) == ("", "")


def test_copies_of_other_years_go_with_it(scene, monkeypatch):
    member = scene.members[0]
    year = interests.current_year()
    first = interests.declare_year(by=member, added=[InterestData("other", "A club", "secret")])
    monkeypatch.setattr(interests, "current_year", lambda: year + 1)
    interests.declare_year(by=member, kept=[InterestData("other", "A club", "secret")])
    interests.take_back(first.interests.get(), by=member)
    assert [item.name for item in Interest.objects.all()] == ["", ""]


def test_nobody_takes_back_what_somebody_else_declared(scene):
    interest = prefill(scene, scene.members[0])
    with pytest.raises(PermissionDenied):
        interests.take_back(interest, by=scene.members[1])
