"""A case is split by enterprise in every state in which it is open, with what must follow."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.disclosure import Audience, disclosed
from cases.errors import Incomplete
from cases.events import record_event, verify
from cases.kinds import EventKind
from cases.models import Case, Decision, Message, Participation
from cases.models.party import ParticipationRole
from cases.services import (
    conflicts,
    deadlines,
    ending,
    follow_up,
    good_offices,
    members,
    recall,
    splitting,
)
from cases.services.acting import locked
from notifications.audience import recipients
from notifications.models import OutboxMessage
from statements.models import Statement
from statements.services import hearing, publishing, writing
from statements.standing import standing_of
from tests import factories
from tests.coordination.conftest import canary_submission
from tests.desk.conftest import act, browser, page

pytestmark = pytest.mark.django_db


def case_in(state, officer, **options):
    """Drive a case with two enterprises to a state, both of them with a person."""
    reached = state if state in ("mediation", "final_statement") else "mediation"
    scene = factories.case_in(reached, officer=officer, data=canary_submission(), **options)
    rows = scene.case.participations.filter(side="respondent").select_related("user", "party")
    scene.first, scene.second = (row.user for row in rows.order_by("party__position"))
    if state == "examination":
        type(scene.case).objects.filter(pk=scene.case.pk).update(rule_set="oecd-2023-review@1")
        good_offices.conclude(scene.reload(), outcome="no_agreement", examine=True, by=officer)
    scene.reload()
    return scene


def split(scene, **changes):
    case = scene.reload()
    values = {
        "respondents": list(case.parties.filter(side="respondent", position=2)),
        "issues": {issue.pk: "both" for issue in case.issues.all()[:1]},
        "why": "The buyer answers for other things.",
        "told": "Two cases from now on.",
    } | changes
    return splitting.split(case, by=scene.officer, **values)


def both(scene, new):
    cases = (scene.reload(), Case.objects.get(pk=new.pk))
    for case in cases:
        assert list(verify(case)) == []
    return cases


def test_people_with_a_last_day_go_with_their_enterprise(officer):
    """Only people without a last day were moved: a representative of the enterprise that had left
    read on in the first case until their mandate ended, and found the new one closed to them; so
    did those of the complainants."""
    scene = case_in("mediation", officer)
    until = deadlines.today() + timedelta(days=20)
    more = {"is_representative": True, "mandate": "Power of attorney 5", "until": until}
    added = {
        name: members.add(scene.reload(), name=name, by=by, **more)[0].user
        for name, by in (
            ("Lawyer of the buyer", scene.second),
            ("Lawyer of the holding", scene.first),
            ("Lawyer of the village", scene.complainant),
        )
    }
    plain, _code = members.add(scene.reload(), name="Clerk", by=scene.second, until=until)
    old, new = both(scene, split(scene))
    seen = {
        name: set(Case.objects.visible_to(user).values_list("pk", flat=True))
        for name, user in added.items()
    }
    assert seen == {
        "Lawyer of the buyer": {new.pk},
        "Lawyer of the holding": {old.pk},
        "Lawyer of the village": {old.pk, new.pk},
    }
    assert set(Case.objects.visible_to(plain.user)) == {new}
    for case, named in ((old, "holding"), (new, "buyer")):
        shown = disclosed(case, to=Audience.NAMED_OFFICER).representatives
        names = {row.name for row in shown} & added.keys()
        assert names == {f"Lawyer of the {named}", "Lawyer of the village"}
    row = new.participations.get(user=added["Lawyer of the buyer"])
    later = until + timedelta(days=20)
    changed = members.change_mandate(row, mandate="Longer", until=later, by=scene.second)
    assert members.last_day(changed) == later


@pytest.mark.parametrize("state", ["mediation", "final_statement"])
def test_what_was_decided_stands_in_both_cases(state, officer):
    """After the decision a case could not be split at all."""
    scene = case_in(state, officer)
    old, new = both(scene, split(scene))
    assert new.state == old.state == state
    assert (new.outcome, new.assessment_concluded_at) == (old.outcome, old.assessment_concluded_at)
    (issue,) = new.issues.all()
    first = old.issues.first()
    assert (issue.accepted, issue.outcome) == (True, first.outcome)
    assert issue.assessments.count() == first.assessments.count() > 0
    assert issue.assessments.first().reasoning == first.assessments.first().reasoning
    decision = Decision.objects.get(case=new)
    assert decision.on_issues.get().reasons == "It is material and substantiated."
    assert decision.votes.count() == old.decisions.get().votes.count() > 0


def test_both_sides_of_both_cases_are_told(officer):
    scene = case_in("final_statement", officer)
    new = split(scene)
    told = [row for row in Message.objects.all() if row.text == "Two cases from now on."]
    assert {(row.case_id, row.side) for row in told} == {
        (case, side) for case in (scene.case.pk, new.pk) for side in ("complainant", "respondent")
    }
    assert list(Case.objects.visible_to(scene.second)) == [new]


def test_time_frames_run_on_with_their_days(officer):
    scene = case_in("mediation", officer)
    old, new = both(scene, split(scene))
    held = {row.kind: row.due_on for row in old.deadlines.open()}
    assert "good_offices" in held
    assert {row.kind: row.due_on for row in new.deadlines.open()} == held
    before = new.next_due_on
    deadlines.recompute(new)
    assert new.next_due_on == before


def test_an_accepted_issue_goes_on_in_the_new_case(officer):
    scene = case_in("mediation", officer)
    case = scene.reload()
    second = case.issues.get(number=2)
    second.accepted = False
    second.save()
    with pytest.raises(ValidationError, match="accepted"):
        split(scene, issues={second.pk: "both"})
    with pytest.raises(Incomplete, match="issue 1"):
        split(scene, issues={case.issues.get(number=1).pk: "goes", second.pk: "both"})


# Good offices


def test_a_reply_of_one_enterprise_binds_no_other(officer):
    scene = case_in("mediation", officer)
    good_offices.reply(scene.case, side="complainant", accepts=True, by=scene.complainant)
    good_offices.reply(scene.reload(), side="respondent", accepts=True, by=scene.second)
    assert not scene.reload().deadlines.open().filter(kind="good_offices_reply").exists()
    old, new = both(scene, split(scene))
    assert good_offices.both_sides_agree(new)
    assert [row.side for row in old.replies.all()] == ["complainant"]
    deadline = old.deadlines.open().get(kind="good_offices_reply")
    assert deadline.due_on > deadlines.today()
    assert not new.deadlines.open().filter(kind="good_offices_reply").exists()
    good_offices.reply(old, side="respondent", accepts=False, by=scene.first)
    deadline.refresh_from_db()
    assert deadline.met_on, "the second reply ends the time that ran anew"


def test_the_enterprise_that_goes_is_asked_itself(officer):
    scene = case_in("mediation", officer)
    good_offices.reply(scene.case, side="complainant", accepts=True, by=scene.complainant)
    good_offices.reply(scene.reload(), side="respondent", accepts=True, by=scene.first)
    old, new = both(scene, split(scene))
    assert good_offices.both_sides_agree(old)
    assert [row.side for row in new.replies.all()] == ["complainant"]
    assert new.deadlines.open().filter(kind="good_offices_reply").exists()
    good_offices.reply(new, side="respondent", accepts=True, by=scene.second)
    new.refresh_from_db()
    assert good_offices.both_sides_agree(new)
    assert new.events.filter(kind="good_offices.replied").exists()
    assert not new.deadlines.open().filter(kind="good_offices_reply").exists()


def test_a_reply_that_an_officer_recorded_was_given_for_all(officer):
    scene = case_in("mediation", officer)
    good_offices.reply(scene.case, side="complainant", accepts=True, by=scene.complainant)
    good_offices.reply(scene.reload(), side="respondent", accepts=True, by=officer)
    old, new = both(scene, split(scene))
    assert good_offices.both_sides_agree(old) and good_offices.both_sides_agree(new)


def test_the_mediator_stays_with_the_first_case_and_is_told(officer):
    scene = case_in("mediation", officer)
    mediator = factories.person("mediator")
    Participation.objects.create(
        case=scene.case, user=mediator, role=ParticipationRole.MEDIATOR, since=timezone.now()
    )
    with locked(scene.case) as row:
        record_event(row, EventKind.REFERRAL_PROPOSED, by=officer)
    assert any("mediator stay" in line for line in splitting.what_follows(scene.reload()))
    old, new = both(scene, split(scene))
    assert list(Case.objects.visible_to(mediator)) == [old]
    assert not new.deadlines.filter(kind__in=["referral_reply", "formal_mediation"]).exists()
    assert old.deadlines.open().filter(kind="referral_reply").exists()
    message = OutboxMessage.objects.get(event__case=old, event__kind="case.split")
    assert mediator.pk in recipients(message)


# Review, statement, follow-up


@pytest.mark.parametrize(
    ("asked_by", "state"), [("second", "held_for_review"), ("first", "final_statement")]
)
def test_a_case_held_for_review_is_split_with_the_requests_of_its_own_parties(
    officer, asked_by, state
):
    scene = case_in("final_statement", officer)
    type(scene.case).objects.filter(pk=scene.case.pk).update(state="held_for_review")
    scene.reload().reviews.create(
        case=scene.case, side="respondent", grounds="No time.", asked_by=getattr(scene, asked_by),
        held_at=timezone.now(),
    )  # fmt: skip
    old, new = both(scene, split(scene))
    assert (old.state, new.state) == ("held_for_review", state)
    assert new.reviews.count() == (asked_by == "second")


def test_a_statement_stays_and_is_signed_off_anew(officer):
    scene = case_in("final_statement", officer)
    statement = writing.begin(scene.case, kind="final", language="en", by=officer)
    writing.save_draft(
        statement, language="en", title="Final statement", text="# Facts\n\nThe river is clean.",
        by=officer, based_on=1,
    )  # fmt: skip
    held = hearing.open_comments(statement, by=officer)
    with pytest.raises(Incomplete, match="close the comments"):
        split(scene)
    hearing.comment(held, side="complainant", has_none=True, by=scene.complainant)
    hearing.comment(held, side="respondent", has_none=True, by=scene.first)
    hearing.close_comments(held, by=officer, reason="Both sides have answered.")
    member = scene.members[0]
    statement.refresh_from_db()
    ids = {version.pk for version in publishing.texts_of(statement)}
    publishing.sign_off(statement, versions=ids, by=member)
    assert standing_of(Statement.objects.get()).is_signed
    old, new = both(scene, split(scene))
    assert [row.case for row in Statement.objects.all()] == [old]
    assert not standing_of(Statement.objects.get()).is_signed
    assert writing.kinds_now(new) == ["final"]
    begun = writing.begin(new, kind="final", language="en", by=officer)
    assert "It is material and substantiated." in begun.versions.get().text
    publishing.sign_off(Statement.objects.get(case=old), versions=ids, by=member)
    assert standing_of(Statement.objects.get(case=old)).is_signed


def test_a_follow_up_is_split_with_what_was_promised_and_reported(officer):
    scene = case_in("final_statement", officer)
    day = deadlines.calendar().working_day_from(deadlines.today() + timedelta(days=90))
    item = follow_up.add(
        scene.case, origin="recommendation", owner="both", text="Clean the river.", due_on=day,
        by=officer,
    )  # fmt: skip
    ending.close(scene.reload(), by=officer, statement="x")
    follow_up.begin(scene.reload(), by=officer)
    follow_up.report(item, side="respondent", text="The first one built a plant.", by=scene.first)
    follow_up.report(item, side="complainant", text="It does not run.", by=scene.complainant)
    old, new = both(scene, split(scene))
    assert new.state == "follow_up"
    copy = new.commitments.get()
    assert copy.text == "Clean the river."
    assert [row.side for row in copy.reports.all()] == ["complainant"]
    assert new.follow_up_rounds.get(concluded_at=None).number == 1
    kinds = {row.kind for row in old.deadlines.open()}
    assert {row.kind for row in new.deadlines.open()} == kinds
    follow_up.assess(copy, status="done", text="We saw it.", by=officer)
    assert not new.deadlines.open().filter(kind="commitment").exists()
    follow_up.conclude(Case.objects.get(pk=new.pk), by=officer)
    new = Case.objects.get(pk=new.pk)
    assert writing.kinds_now(new) == ["follow_up"]
    assert old.deadlines.open().filter(kind="commitment").exists()


def test_examination_is_split_too(officer):
    scene = case_in("examination", officer)
    old, new = both(scene, split(scene))
    assert (old.state, new.state) == ("examination", "examination")
    good_offices.conclude_examination(new, by=officer)
    assert Case.objects.get(pk=new.pk).state == "final_statement"


# What must come to its end first, and what holds in both


def test_open_things_come_to_their_end_first(officer):
    scene = case_in("mediation", officer)
    message = scene.case.messages.filter(sender="ncp").first() or Message.objects.create(
        case=scene.case, side="respondent", sender="ncp", sent_by=officer, text="x"
    )
    recall.begin(scene.reload(), message, wrong_side=message.side, reason="Wrong side.", by=officer)
    with pytest.raises(Incomplete, match="recall"):
        split(scene)
    assert Case.objects.count() == 1


def test_who_was_found_partial_is_out_of_both(officer):
    scene = case_in("mediation", officer)
    person, other = factories.person("decision_maker"), scene.members[0]
    made = conflicts.challenge(
        scene.case, challenged=person, side="complainant", reasons="A tie.", by=scene.complainant
    )
    conflicts.reply_to_challenge(made, text="", by=person)
    conflicts.decide_challenge(made, is_upheld=True, answer="Yes.", by=other)
    new = split(scene)
    assert conflicts.is_recused(new, person)
    assert not Case.objects.visible_to(person).filter(pk=new.pk).exists()


def test_the_page_says_what_follows_and_what_stands_in_the_way(officer):
    scene = case_in("mediation", officer)
    desk = browser(officer)
    shown = desk.get(page("split", scene.case)).text
    assert "counts for that enterprise alone" in shown
    assert "It goes into the new case" not in shown
    second = scene.case.parties.get(side="respondent", position=2)
    first, other = scene.case.issues.all()
    form = {f"issue_{first.pk}": "both", f"issue_{other.pk}": "stays", "why": "W", "told": "T"}
    done = act(desk, scene.case, "split", respondents=[str(second.pk)], **form)
    assert done.status_code == 302
    assert desk.get(done["Location"]).status_code == 200
