"""The workshop of the initial assessment and the ways to a decision, as people click them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cases.models import Case, Decision, DraftReasons, Evidence, Gist, Message, Position
from cases.services import (
    assessment,
    conflicts,
    correspondence,
    deadlines,
    drafting,
    proposals,
    seats,
    voting,
)
from desk.querysets import waiting_for
from tests import factories
from tests.desk.conftest import act, browser, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(officer):
    """A served case whose enterprise answered, with a message of the complainant."""
    scene = factories.case_in("initial_assessment", officer=officer)
    correspondence.respond(
        scene.case, text="We built a filter in May. The water is clean.", by=scene.enterprise
    )
    correspondence.send_message(
        scene.case, side="complainant", text="Our cattle still die. We have photographs.",
        by=scene.complainant,
    )  # fmt: skip
    scene.members = [factories.person("decision_maker", name=f"Member {n}") for n in range(3)]
    scene.reload()
    return scene


def proposed(scene, **more):
    factories.answer_everything(scene.reload(), by=scene.officer)
    return assessment.propose_decision(
        scene.reload(),
        {issue.pk: assessment.OnIssue(True, "Because.") for issue in scene.case.issues.all()},
        by=scene.officer,
        **more,
    )


def criteria(**changes):
    return {"finding_interest": "met", "reasoning_interest": "They live there.", **changes}


def test_evidence_is_chosen_from_the_case_with_its_place_and_can_be_dropped(scene, desk):
    message = scene.case.messages.get(side="complainant")
    shown = desk.get(page("assess_issue", scene.case, 1)).content.decode()
    assert "Our cattle still die" not in shown  # the list names it, it does not repeat it
    assert f"message:{message.pk}" in shown
    answer = act(
        desk, scene.case, "assess_issue", 1,
        **criteria(source_interest=f"message:{message.pk}", place_interest="line 1"),
    )  # fmt: skip
    assert answer.status_code == 302
    row = Evidence.objects.get()
    assert (row.message, row.place) == (message, "line 1")
    act(desk, scene.case, "assess_issue", 1, **criteria(**{f"drop_{row.pk}": "on"}))
    assert not Evidence.objects.exists()


def test_evidence_without_an_answer_or_from_another_case_is_refused(scene, desk, officer):
    message = scene.case.messages.get(side="complainant")
    answer = act(desk, scene.case, "assess_issue", 1, source_interest=f"message:{message.pk}")
    assert answer.status_code == 200
    assert b"Answer the question before you cite evidence" in answer.content
    other = factories.case_in("initial_assessment", officer=officer)
    theirs = correspondence.send_message(
        other.case, side="complainant", text="Hello.", by=other.complainant
    )
    answer = act(
        desk, scene.case, "assess_issue", 1, **criteria(source_interest=f"message:{theirs.pk}")
    )
    assert answer.status_code == 200
    assert not Evidence.objects.exists()


def test_a_report_of_pressure_is_never_offered_as_evidence(scene, desk):
    correspondence.report_reprisal(scene.case, text="They threaten us.", by=scene.complainant)
    report = Message.objects.get(is_reprisal_report=True)
    shown = desk.get(page("assess_issue", scene.reload(), 1)).content.decode()
    assert str(report.pk) not in shown


def test_what_a_side_has_not_seen_is_named_until_it_was_told_the_gist(scene, desk):
    message = scene.case.messages.get(side="complainant")
    factories.answer_everything(scene.reload(), by=scene.officer)
    assessment.answer_criteria(
        scene.case.issues.first(),
        {},
        cited={"interest": [assessment.Cited(message=message)]},
        by=scene.officer,
    )
    shown = desk.get(page("propose", scene.case)).content.decode()
    assert "not seen by: Enterprise" in shown
    typed = {"accepted_1": "yes", "reasons_1": "A", "accepted_2": "no", "reasons_2": "B"}
    refused = act(desk, scene.case, "propose", **typed)
    assert refused.status_code == 200
    assert not Decision.objects.exists()
    gist = reverse("desk:give_gist", args=[scene.case.pk, "respondent", "message", message.pk])
    assert gist in shown
    scene.case.refresh_from_db()
    desk.post(gist, {"row_version": scene.case.row_version, "text": "Cattle are said to die."})
    told = Gist.objects.get()
    assert told.told_by_message.text == "Cattle are said to die."
    assert told.told_by_message.side == "respondent"
    assert "not seen by" not in desk.get(page("propose", scene.case)).content.decode()
    assert act(desk, scene.case, "propose", **typed).status_code == 302
    assert Decision.objects.get().state == "open"


def test_an_officer_may_go_on_without_and_that_is_on_record(scene, desk):
    message = scene.case.messages.get(side="complainant")
    factories.answer_everything(scene.reload(), by=scene.officer)
    assessment.answer_criteria(
        scene.case.issues.first(),
        {},
        cited={"interest": [assessment.Cited(message=message)]},
        by=scene.officer,
    )
    typed = {"accepted_1": "yes", "reasons_1": "A", "accepted_2": "no", "reasons_2": "B"}
    answer = act(desk, scene.case, "propose", despite_unseen="on", **typed)
    assert answer.status_code == 302
    event = scene.case.events.get(kind="decision.proposed")
    assert event.data["unseen"] == 1


def test_both_sides_stand_beside_each_other_with_their_sources(scene, desk):
    message = scene.case.messages.get(side="respondent")
    address = page("add_position", scene.case, 1, "respondent")
    typed = {"source": f"message:{message.pk}", "quote": "The water is dirty."}
    scene.case.refresh_from_db()
    refused = desk.post(address, {"row_version": scene.case.row_version, **typed})
    assert b"do not stand in the message" in refused.content
    typed["quote"] = "We built a filter … The water is clean."
    assert desk.post(address, {"row_version": scene.case.row_version, **typed}).status_code == 302
    shown = desk.get(page("assess_issue", scene.case, 1)).content.decode()
    assert "We built a filter … The water is clean." in shown
    assert "Since spring the water" in shown
    position = Position.objects.get()
    scene.case.refresh_from_db()
    desk.post(
        page("remove_position", scene.case, position.pk),
        {"row_version": scene.case.row_version},
    )
    assert not Position.objects.exists()


def draft_data(**changes):
    return {
        "based_on_1": "0", "based_on_2": "0", "accepted_1": "part", "scope_1": "The water only.",
        "reasons_1": "It is material.", "accepted_2": "", "reasons_2": "", **changes,
    }  # fmt: skip


def test_a_draft_may_be_half_done_and_comes_back_in_the_proposal(scene, desk):
    assert act(desk, scene.case, "draft", **draft_data()).status_code == 302
    row = DraftReasons.objects.get()
    assert (row.accepted, row.scope, row.reasons) == (True, "The water only.", "It is material.")
    factories.answer_everything(scene.reload(), by=scene.officer)
    shown = desk.get(page("propose", scene.case)).content.decode()
    assert "It is material." in shown
    answer = act(
        desk, scene.case, "propose", accepted_1="part", scope_1="The water only.",
        reasons_1="It is material.", accepted_2="no", reasons_2="Not linked.",
    )  # fmt: skip
    assert answer.status_code == 302
    first = Decision.objects.get().on_issues.get(issue__number=1)
    assert first.in_full.startswith("Accepted in part: The water only.")


def test_two_who_write_the_same_draft_lose_nothing(scene, desk, other_officer):
    act(desk, scene.case, "draft", **draft_data(reasons_1="The first text."))
    second = browser(other_officer)
    answer = act(second, scene.case, "draft", **draft_data(reasons_1="The second text."))
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "The first text." in shown
    assert "The second text." in shown
    assert DraftReasons.objects.get().reasons == "The first text."
    again = act(second, scene.case, "draft", **draft_data(based_on_1="1", reasons_1="Both texts."))
    assert again.status_code == 302
    assert DraftReasons.objects.get().reasons == "Both texts."


def test_two_who_write_on_different_issues_do_not_meet(scene, desk, other_officer):
    act(desk, scene.case, "draft", **draft_data())
    answer = act(
        browser(other_officer), scene.case, "draft",
        **draft_data(based_on_1="1", accepted_2="no", reasons_2="Not linked."),
    )  # fmt: skip
    assert answer.status_code == 302
    assert DraftReasons.objects.count() == 2


def test_earlier_decisions_on_the_same_provision_stand_beside_it(scene, desk, officer):
    earlier = factories.case_in("mediation", officer=officer, members=scene.members)
    shown = desk.get(page("assess_issue", scene.case, 1)).content.decode()
    assert earlier.case.reference in shown
    assert "It is material and substantiated." in shown
    conflicts.declare(earlier.case, by=officer, has_conflict=True)
    hidden = desk.get(page("assess_issue", scene.reload(), 1)).content.decode()
    assert earlier.case.reference not in hidden


def test_the_brief_reads_on_a_page_and_as_pdf(scene, desk):
    proposed(scene)
    shown = desk.get(page("brief", scene.case, 1))
    assert "We built a filter in May." in shown.content.decode()
    file = desk.get(page("brief_file", scene.case, 1))
    assert file["Content-Type"] == "application/pdf"
    assert file.content.startswith(b"%PDF")
    member = browser(scene.members[0])
    assert member.get(page("brief", scene.case, 1)).status_code == 403
    conflicts.declare(scene.case, by=scene.members[0], has_conflict=False)
    assert member.get(page("brief", scene.case, 1)).status_code == 200


def test_a_link_never_votes_and_leads_to_the_sign_in(scene, client):
    proposed(scene)
    address = page("vote", scene.case)
    answer = client.get(address)
    assert answer.status_code == 302
    assert reverse("account_login") in answer["Location"]
    conflicts.declare(scene.case, by=scene.members[0], has_conflict=False)
    assert browser(scene.members[0]).get(f"{address}?ballot=for").status_code == 200
    assert not Decision.objects.get().votes.exists()


def test_a_member_votes_against_with_a_dissenting_opinion(scene):
    proposed(scene)
    conflicts.declare(scene.case, by=scene.members[0], has_conflict=False)
    member = browser(scene.members[0])
    refused = act(member, scene.case, "vote", ballot="for", dissent="But.")
    assert refused.status_code == 200
    answer = act(
        member, scene.case, "vote", ballot="against", explanation="No link.",
        dissent="The link is missing.", dissent_is_public="on",
    )  # fmt: skip
    assert answer.status_code == 302
    shown = member.get(page("decision", scene.case, Decision.objects.get().pk)).content.decode()
    assert "The link is missing." in shown
    assert "Member 1" in shown  # still to vote


def test_the_page_of_a_decision_costs_the_same_however_many_voted(
    scene, desk, django_assert_max_num_queries
):
    decision = proposed(scene)
    desk.get(page("decision", scene.case, decision.pk))

    def queries():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as held:
            desk.get(page("decision", scene.case, decision.pk))
        return len(held)

    first = queries()
    for _ in range(12):
        person = factories.person("decision_maker")
        conflicts.declare(scene.case, by=person, has_conflict=False)
        if Decision.objects.get().state == "open":
            voting.cast_vote(decision, by=person, ballot="abstain")
    assert queries() <= first


def test_an_absence_is_recorded_and_ended_by_the_member(scene, desk):
    proposed(scene)
    member = scene.members[0]
    assert act(desk, scene.case, "absence", member=str(member.pk)).status_code == 302
    conflicts.declare(scene.case, by=member, has_conflict=False)
    theirs = browser(member)
    assert theirs.get(page("vote", scene.case)).status_code in (403, 409)
    absence = Decision.objects.get().absences.get()
    other = browser(scene.members[1])
    conflicts.declare(scene.case, by=scene.members[1], has_conflict=False)
    assert other.get(page("end_absence", scene.case, absence.pk)).status_code == 403
    assert act(theirs, scene.case, "end_absence", absence.pk).status_code == 302
    assert theirs.get(page("vote", scene.case)).status_code == 200


def test_the_worklist_asks_for_a_vote_whoever_can_vote_and_nobody_else(scene, administrator):
    seats.name_alternate(scene.members[2], stands_in_for=scene.members[0], by=administrator)
    both = factories.person("officer", "decision_maker")
    issue = scene.case.issues.first()
    drafting.save_draft(issue, accepted=True, reasons="Mine.", by=both, based_on=0)
    decision = proposed(scene)

    def asked(person):
        reasons = waiting_for(person, Case.objects.visible_to(person))
        return "vote" in {reason for _case, reason in reasons}

    assert asked(scene.members[0])
    assert not asked(scene.members[2])
    assert not asked(both)
    proposals.record_absence(decision, member=scene.members[0], by=scene.officer)
    assert not asked(scene.members[0])
    assert asked(scene.members[2])


def test_more_time_in_writing_and_taking_back(scene, desk):
    day = deadlines.today() + timedelta(days=30)
    proposed(scene, closes_on=day)
    shown = desk.get(page("extend_ballots", scene.case))
    assert shown.status_code == 200
    early = act(desk, scene.case, "extend-ballots".replace("-", "_"), closes_on=str(day))
    assert early.status_code == 200
    later = day + timedelta(days=5)
    assert act(desk, scene.case, "extend_ballots", closes_on=str(later)).status_code == 302
    assert act(desk, scene.case, "take_back_proposal").status_code == 302
    assert Decision.objects.get().state == "dropped"


@pytest.mark.parametrize(
    "name", ["draft", "propose", "vote", "declarations", "latest_decision", "absence"]
)
def test_pages_of_the_workshop_are_closed_to_others(scene, client, name):
    proposed(scene)
    address = page(name, scene.case)
    assert client.get(address).status_code == 302
    for outsider in (
        scene.complainant,
        scene.enterprise,
        factories.person("mediator"),
        factories.person("administrator"),
    ):
        assert browser(outsider).get(address).status_code == 404
    conflicted = factories.person("officer")
    conflicts.declare(scene.case, by=conflicted, has_conflict=True)
    assert browser(conflicted).get(address).status_code == 404
    undeclared = factories.person("decision_maker")
    assert browser(undeclared).get(address).status_code == 403
    assert Case.objects.get(pk=scene.case.pk).state == "initial_assessment"


def test_letter_and_statement_follow_from_the_adopted_decision(scene, desk):
    decision = proposed(scene)
    assert (
        "What follows" not in desk.get(page("decision", scene.case, decision.pk)).content.decode()
    )
    for member in scene.members:
        conflicts.declare(scene.case, by=member, has_conflict=False)
        if Decision.objects.get().state == "open":
            voting.cast_vote(decision, by=member, ballot="for")
    shown = desk.get(page("decision", scene.case, decision.pk)).content.decode()
    for address in (
        reverse("desk:write_letter", args=[scene.case.pk, "assessment_outcome"]),
        reverse("statements:workshop", args=[scene.case.pk]),
    ):
        assert address in shown
        assert desk.get(address).status_code == 200


def test_who_comes_to_a_closed_door_of_the_decision_is_told_why(scene, desk):
    proposed(scene)
    again = desk.get(page("propose", scene.case))
    assert again.status_code == 409
    assert "A proposal is waiting for the members already." in again.content.decode()
    member, ill = scene.members[0], scene.members[1]
    for person in (member, ill):
        conflicts.declare(scene.reload(), has_conflict=False, by=person)
    decision = scene.case.decisions.get()
    voting.cast_vote(decision, ballot="for", by=member)
    second = browser(member).get(page("vote", scene.case))
    assert second.status_code == 409
    assert "You voted on this proposal already." in second.content.decode()
    proposals.record_absence(decision, member=ill, by=scene.officer)
    absent = browser(ill).get(page("vote", scene.case))
    assert absent.status_code == 409
    assert "It is on record that you cannot vote" in absent.content.decode()
    early = desk.get(page("count_votes", scene.case))
    assert early.status_code == 409
    assert "Too few members have voted" in early.content.decode()
