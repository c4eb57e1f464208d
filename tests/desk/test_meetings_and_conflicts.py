"""Pages of meetings, seats, yearly interests, declarations and challenges, as people click them."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import AnnualDeclaration, Case, Challenge, Decision, Meeting, Seat
from cases.services import assessment, conflicts, interests, meetings
from cases.services.interests import InterestData
from tests import factories
from tests.desk.conftest import act, browser, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(officer):
    scene = factories.case_in("initial_assessment", officer=officer)
    scene.members = [factories.person("decision_maker", name=f"Member {n}") for n in range(3)]
    factories.answer_everything(scene.case, by=officer)
    assessment.propose_decision(
        scene.reload(),
        {issue.pk: assessment.OnIssue(True, "Because.") for issue in scene.case.issues.all()},
        by=officer,
    )
    scene.reload()
    return scene


@pytest.fixture
def meeting(scene):
    row = meetings.plan(
        begins_at=timezone.now() - timedelta(hours=1),
        place="Room 1",
        chair=scene.members[0],
        secretary=scene.officer,
        by=scene.officer,
    )
    meetings.add_item(row, case=scene.case, by=scene.officer)
    row.refresh_from_db()
    return row


def at(name, meeting, *args):
    return reverse(f"desk:{name}", args=[meeting.pk, *args])


def send(client, name, meeting, *args, **data):
    meeting.refresh_from_db()
    return client.post(at(name, meeting, *args), {"row_version": meeting.row_version, **data})


def test_a_meeting_from_the_plan_to_both_signatures(scene, desk):
    chair = browser(scene.members[0])
    typed = {
        "row_version": 0,
        "begins_at": timezone.localtime(timezone.now() - timedelta(hours=2)).strftime(
            "%Y-%m-%dT%H:%M"
        ),
        "place": "Room 1",
        "chair": str(scene.members[0].pk),
        "secretary": str(scene.officer.pk),
    }
    assert desk.post(reverse("desk:plan_meeting"), typed).status_code == 302
    meeting = Meeting.objects.get()
    assert send(desk, "agenda", meeting, case="", title="").status_code == 200
    assert send(desk, "agenda", meeting, case=str(scene.case.pk), title="").status_code == 302
    assert send(desk, "agenda", meeting, case="", title="Dates").status_code == 302
    assert send(desk, "call_meeting", meeting).status_code == 302
    presences = {f"member_{person.pk}": "present" for person in scene.members}
    assert send(desk, "attendance", meeting, **presences).status_code == 302
    for person in scene.members:
        conflicts.declare(scene.case, by=person, has_conflict=False)
    item = meeting.items.get(case=scene.case)
    assert send(browser(scene.members[1]), "agree", meeting, item.pk).status_code == 403
    assert send(chair, "agree", meeting, item.pk).status_code == 302
    assert Decision.objects.get().by_consensus
    assert send(desk, "hold_meeting", meeting).status_code == 302
    shown = desk.get(at("protocol", meeting)).content.decode()
    assert "The members agreed without a vote." in shown
    typed = {"opening": "Opened at nine."}
    typed |= {f"item_{row.pk}": "Agreed." for row in meeting.items.all()}
    assert send(desk, "protocol", meeting, **typed).status_code == 302
    assert send(desk, "sign_protocol", meeting).status_code == 302
    assert send(chair, "sign_protocol", meeting).status_code == 302
    meeting.refresh_from_db()
    assert meeting.state == "signed"
    file = desk.get(at("protocol_file", meeting))
    assert file.content.startswith(b"%PDF")
    assert b"Opened at nine." in desk.get(at("meeting", meeting)).content


def test_a_stale_protocol_keeps_what_was_typed(scene, meeting, desk):
    meetings.record_attendance(
        meeting, {person.pk: "present" for person in scene.members}, by=scene.officer
    )
    send(desk, "hold_meeting", meeting)
    meeting.refresh_from_db()
    answer = desk.post(
        at("protocol", meeting), {"row_version": meeting.row_version - 1, "opening": "My words."}
    )
    assert answer.status_code == 409
    assert b"My words." in answer.content


def test_a_conflict_takes_the_point_off_the_page_and_the_protocol(scene, meeting, desk):
    reference = scene.case.reference
    chair = browser(scene.members[0])
    first = chair.get(at("meeting", meeting)).content.decode()
    assert reference in first
    assert scene.case.title not in first  # not declared: the reference alone
    conflicts.declare(scene.case, by=scene.members[0], has_conflict=True)
    after = chair.get(at("meeting", meeting)).content.decode()
    assert reference not in after
    assert "1 point is not shown to you." in after


@pytest.mark.parametrize("name", ["meetings", "plan_meeting", "committee"])
def test_meetings_are_for_the_people_of_the_ncp(scene, client, name):
    address = reverse(f"desk:{name}")
    assert client.get(address).status_code == 302
    for outsider in (scene.complainant, scene.enterprise, factories.person("mediator")):
        assert browser(outsider).get(address).status_code == 404


def test_only_officers_prepare_meetings_and_only_the_ncp_reads_them(scene, meeting):
    member = browser(scene.members[1])
    assert member.get(at("meeting", meeting)).status_code == 200
    for name in ("agenda", "call_meeting", "attendance", "hold_meeting", "protocol",
                 "sign_protocol", "change_meeting", "call_off_meeting"):  # fmt: skip
        assert member.get(at(name, meeting)).status_code == 403, name
        assert send(member, name, meeting).status_code == 403, name
    for role in ("administrator", "auditor", "mediator"):
        outsider = browser(factories.person(role))
        assert outsider.get(at("meeting", meeting)).status_code == 404


def test_the_list_of_meetings_costs_the_same_for_3_and_for_40(scene, desk):
    def plan(count):
        for _ in range(count):
            meetings.plan(
                begins_at=timezone.now(),
                place="",
                chair=scene.members[0],
                secretary=scene.officer,
                by=scene.officer,
            )

    def queries():
        with CaptureQueriesContext(connection) as held:
            assert desk.get(reverse("desk:meetings")).status_code == 200
        return len(held)

    plan(3)
    queries()
    first = queries()
    plan(37)
    assert queries() == first


# Seats


def test_an_administrator_names_chair_and_alternate_and_others_read(scene, administrator, desk):
    client = browser(administrator)
    address = reverse("desk:committee")
    first, second, third = scene.members
    typed = {"what": "chair", "chair": str(first.pk)}
    assert client.post(address, typed).status_code == 302
    refused = client.post(
        address, {"what": "alternate", "alternate": str(first.pk), "member": str(second.pk)}
    )
    assert refused.status_code == 200
    typed = {"what": "alternate", "alternate": str(third.pk), "member": str(second.pk)}
    assert client.post(address, typed).status_code == 302
    shown = desk.get(address).content.decode()
    assert "alternate of Member 1" in shown
    assert "Name an alternate" not in shown
    assert desk.post(address, typed).status_code == 403
    seat = Seat.objects.get(function="alternate")
    end = reverse("desk:end_seat", args=[seat.pk])
    assert desk.post(end).status_code == 403
    assert client.post(end).status_code == 302
    assert not Seat.objects.filter(function="alternate").current().exists()


# Interests


def test_interests_are_declared_for_the_year_and_hint_at_a_party(scene):
    client = browser(scene.members[0])
    address = reverse("desk:interests")
    half = client.post(address, {"row_version": 0, "name_1": "AltynTau"})
    assert half.status_code == 200
    typed = {"row_version": 0, "kind_1": "employer", "name_1": "AltynTau", "detail_1": "2020"}
    assert client.post(address, typed).status_code == 302
    assert client.post(address, typed).status_code == 409
    shown = client.get(page("declare", scene.case)).content.decode()
    assert "like AltynTau Holding" in shown
    assert "checked" not in shown  # a hint decides nothing
    assert browser(scene.members[1]).get(address).status_code == 200


def test_who_declared_is_on_record_and_what_is_for_the_auditor(scene, administrator, desk):
    interests.declare_year(by=scene.members[0], added=[InterestData("employer", "Kazyna Bank")])
    address = reverse("desk:interests_overview")
    for client in (desk, browser(administrator)):
        shown = client.get(address).content.decode()
        assert "Member 0" in shown
        assert "Member 1" in shown
        assert "Kazyna Bank" not in shown
    assert "Kazyna Bank" in browser(factories.person("auditor")).get(address).content.decode()
    assert browser(scene.members[0]).get(address).status_code == 404
    assert AnnualDeclaration.objects.count() == 1


# Declarations and challenges


def test_the_page_of_declarations_says_who_has_not(scene, desk):
    conflicts.declare(scene.case, by=scene.members[0], has_conflict=False)
    conflicts.declare(scene.case, by=scene.members[1], has_conflict=True, explanation="My brother.")
    shown = desk.get(page("declarations", scene.case)).content.decode()
    assert shown.index("Member 2") < shown.index("Member 0")
    assert "My brother." in shown
    line = desk.get(page("case", scene.case)).content.decode()
    assert reverse("desk:declarations", args=[scene.case.pk]) in line


def test_a_party_challenges_at_the_portal_and_reads_the_answer(scene):
    party = browser(scene.complainant)
    address = reverse("portal:deciders", args=[scene.case.pk])
    shown = party.get(address).content.decode()
    assert "Member 0" in shown

    token = re.search(r'name="token" value="([^"]+)"', shown)[1]
    typed = {"token": token, "challenged": str(scene.members[0].pk), "reasons": "His brother."}
    assert party.post(address, {**typed, "reasons": ""}).status_code == 200
    assert party.post(address, typed).status_code == 302
    assert party.post(address, typed).status_code == 302  # a second click
    made = Challenge.objects.get()
    assert "His brother." not in browser(scene.enterprise).get(address).content.decode()
    challenged, other = browser(scene.members[0]), browser(scene.members[1])
    for number in (0, 1):
        conflicts.declare(scene.case, by=scene.members[number], has_conflict=False)
    assert challenged.get(page("decide_challenge", scene.case, made.pk)).status_code == 403
    waits = other.get(page("decide_challenge", scene.case, made.pk))
    assert waits.status_code == 409 and "may reply until" in waits.text
    assert other.get(page("challenge_reply", scene.case, made.pk)).status_code == 403
    assert "you may reply" in challenged.get("/desk/").text
    assert "may reply until" in party.get(address).text
    for typed in ({}, {"reply": "No tie.", "has_none": "on"}):
        assert act(challenged, scene.case, "challenge_reply", made.pk, **typed).status_code == 200
    answer = act(challenged, scene.case, "challenge_reply", made.pk, reply="He is no relative.")
    assert answer.status_code == 302
    assert act(challenged, scene.case, "challenge_reply", made.pk, reply="x").status_code == 409
    assert "He is no relative." not in party.get(address).text
    shown = other.get(page("decide_challenge", scene.case, made.pk))
    assert shown.status_code == 200 and "He is no relative." in shown.text
    answer = act(
        other, scene.case, "decide_challenge", made.pk, is_upheld="yes", answer="A close tie."
    )
    assert answer.status_code == 302
    assert "A close tie." in party.get(address).content.decode()
    assert challenged.get(page("case", scene.case)).status_code == 404


def test_the_portal_tells_of_the_vote_what_the_rule_set_says(scene, monkeypatch):
    from cases.services import voting

    decision = Decision.objects.get()
    for person in scene.members:
        conflicts.declare(scene.case, by=person, has_conflict=False)
        if Decision.objects.get().state == "open":
            voting.cast_vote(decision, by=person, ballot="for")
    address = reverse("portal:deciders", args=[scene.case.pk])
    shown = browser(scene.complainant).get(address).content.decode()
    assert "For: 2, against: 0, abstained: 0." in shown
    assert "Member 0: For" not in shown
    Case.objects.filter(pk=scene.case.pk).update(rule_set="kz@1")
    shown = browser(scene.complainant).get(address).content.decode()
    assert "For: 2" not in shown


def test_an_interest_that_was_entered_by_mistake_is_taken_back(scene):
    member = scene.members[0]
    client = browser(member)
    interests.declare_year(by=member, added=[InterestData("holding", "AltynTau", "my aunt's")])
    declare = client.get(page("declare", scene.case))
    assert "my aunt" in declare.text
    typed = {"has_conflict": "no", "explanation": declare.context["form"].initial["explanation"]}
    assert act(client, scene.case, "declare", **typed).status_code == 302
    assert "my aunt" in scene.case.conflicts.get(user=member).explanation
    shown = client.get("/desk/interests/").text
    address = re.search(r"/desk/interests/\d+/take-back/", shown)[0]
    assert "1 declaration for a case, too" in client.get(address).text
    assert browser(scene.members[1]).get(address).status_code == 404
    assert client.post(address).status_code == 302
    assert "my aunt" not in client.get("/desk/interests/").text
    assert scene.case.conflicts.get(user=member).explanation == ""
    assert client.post(address).status_code == 409
    auditor = browser(factories.person("auditor")).get("/desk/interests/all/").text
    assert "taken back" in auditor and "AltynTau" not in auditor
