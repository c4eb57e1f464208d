"""Meetings: agenda, attendance, a protocol drafted from the records, two signatures; seats."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cases.errors import Conflict, Incomplete, Stale
from cases.models import AgendaItem, Attendance, Meeting, ProtocolSignature, Seat
from cases.services import assessment, conflicts, meetings, protocols, seats, voting
from cases.workflow import State
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    scene = factories.case_in(State.INITIAL_ASSESSMENT)
    scene.members = [factories.person("decision_maker", name=f"Member {n}") for n in range(4)]
    factories.answer_everything(scene.case, by=scene.officer)
    scene.decision = assessment.propose_decision(
        scene.reload(),
        {issue.pk: assessment.OnIssue(True, "Because.") for issue in scene.case.issues.all()},
        by=scene.officer,
    )
    scene.reload()
    return scene


@pytest.fixture
def meeting(scene):
    return meetings.plan(
        begins_at=timezone.now() - timedelta(hours=1),
        place="Room 1",
        chair=scene.members[0],
        secretary=scene.officer,
        by=scene.officer,
    )


def there(scene, *numbers):
    return {
        person.pk: "present" if number in numbers else "excused"
        for number, person in enumerate(scene.members)
    }


def held(scene, meeting):
    meetings.add_item(meeting, case=scene.reload(), by=scene.officer)
    meetings.add_item(meeting, title="Dates of next year", by=scene.officer)
    meetings.record_attendance(meeting, there(scene, 0, 1, 2), by=scene.officer)
    for number in (0, 1):
        conflicts.declare(scene.case, by=scene.members[number], has_conflict=False)
        voting.cast_vote(scene.decision, by=scene.members[number], ballot="for")
    return protocols.hold(meeting, by=scene.officer)


def test_officers_prepare_a_member_chairs_and_another_keeps_the_protocol(scene, meeting):
    arguments = {"begins_at": timezone.now(), "place": "", "by": scene.officer}
    with pytest.raises(ValidationError):
        meetings.plan(**arguments, chair=scene.officer, secretary=scene.officer)
    with pytest.raises(ValidationError):
        meetings.plan(**arguments, chair=scene.members[0], secretary=scene.members[1])
    with pytest.raises(PermissionDenied):
        meetings.plan(
            **{**arguments, "by": scene.members[0]},
            chair=scene.members[0],
            secretary=scene.officer,
        )
    assert meeting.number == 1


def test_a_case_comes_onto_the_agenda_once_with_its_open_proposal(scene, meeting):
    item = meetings.add_item(meeting, case=scene.case, by=scene.officer)
    assert item.decision == scene.decision
    with pytest.raises(Conflict):
        meetings.add_item(meeting, case=scene.case, by=scene.officer)
    with pytest.raises(ValidationError):
        meetings.add_item(meeting, title=" ", by=scene.officer)


def test_who_has_a_conflict_puts_no_such_case_on_an_agenda(scene, meeting, other_officer):
    conflicts.declare(scene.case, by=other_officer, has_conflict=True)
    with pytest.raises(PermissionDenied):
        meetings.add_item(meeting, case=scene.case, by=other_officer)


def test_the_members_are_told_of_each_case_that_is_called(scene, meeting):
    with pytest.raises(Incomplete):
        meetings.call(meeting, by=scene.officer)
    meetings.add_item(meeting, case=scene.case, by=scene.officer)
    meetings.call(meeting, by=scene.officer)
    assert scene.case.events.filter(kind="meeting.called").count() == 1


def test_whoever_is_not_there_is_absent_for_the_vote(scene, meeting):
    meetings.add_item(meeting, case=scene.case, by=scene.officer)
    meetings.record_attendance(meeting, there(scene, 0, 1), by=scene.officer)
    absent = set(scene.decision.absences.filter(ended_at=None).values_list("member", flat=True))
    assert absent == {scene.members[2].pk, scene.members[3].pk}
    meetings.record_attendance(meeting, there(scene, 0, 1, 2), by=scene.officer)
    absent = set(scene.decision.absences.filter(ended_at=None).values_list("member", flat=True))
    assert absent == {scene.members[3].pk}
    assert Attendance.objects.count() == 4


def test_the_protocol_is_drafted_from_the_records(scene, meeting):
    conflicts.declare(scene.case, by=scene.members[2], has_conflict=True)
    held(scene, meeting)
    meeting.refresh_from_db()
    item = AgendaItem.objects.get(case=scene.case)
    assert "Member 0 opened the meeting" in meeting.protocol
    assert "Excused: Member 3." in meeting.protocol
    assert "Took no part, by a conflict of interest: Member 2." in item.protocol
    assert "For: 2, against: 0, abstained: 0. Adopted." in item.protocol


def test_a_meeting_is_not_ended_before_it_began_or_without_attendance(scene, meeting):
    with pytest.raises(Incomplete):
        protocols.hold(meeting, by=scene.officer)
    meetings.change(
        meeting,
        begins_at=timezone.now() + timedelta(days=1),
        place="",
        chair=scene.members[0],
        secretary=scene.officer,
        by=scene.officer,
    )
    meetings.record_attendance(meeting, there(scene, 0), by=scene.officer)
    with pytest.raises(Incomplete):
        protocols.hold(meeting, by=scene.officer)


def test_both_sign_and_a_changed_text_is_signed_anew(scene, meeting, other_officer):
    held(scene, meeting)
    with pytest.raises(PermissionDenied):
        protocols.sign(meeting, by=other_officer)
    protocols.sign(meeting, by=scene.members[0])
    with pytest.raises(Conflict):
        protocols.sign(meeting, by=scene.members[0])
    protocols.edit_protocol(meeting, opening="Opened.", texts={}, by=scene.officer)
    assert protocols.signed_by(Meeting.objects.get()) == {}
    protocols.sign(meeting, by=scene.officer)
    assert Meeting.objects.get().state == "held"
    protocols.sign(meeting, by=scene.members[0])
    meeting.refresh_from_db()
    assert meeting.state == "signed"
    assert set(protocols.signed_by(meeting)) == {"chair", "secretary"}
    assert scene.case.events.filter(kind="protocol.signed").count() == 1
    with pytest.raises(Conflict):
        protocols.edit_protocol(meeting, opening="Other.", texts={}, by=scene.officer)


def test_a_changed_row_shows_at_the_signature(scene, meeting):
    held(scene, meeting)
    protocols.sign(meeting, by=scene.members[0])
    item = AgendaItem.objects.get(case=scene.case)
    item.protocol = "Rejected."
    item.save()
    assert protocols.signed_by(Meeting.objects.get()) == {}


def test_a_signature_cannot_be_changed_in_the_database(scene, meeting):
    from django.db import DatabaseError, transaction

    held(scene, meeting)
    protocols.sign(meeting, by=scene.members[0])
    with pytest.raises(DatabaseError), transaction.atomic():
        ProtocolSignature.objects.update(digest="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        ProtocolSignature.objects.all().delete()


def test_nobody_writes_the_protocol_of_a_case_that_is_closed_to_them(scene, meeting):
    held(scene, meeting)
    item = AgendaItem.objects.get(case=scene.case)
    before = item.protocol
    conflicts.declare(scene.case, by=scene.members[0], has_conflict=True)
    protocols.edit_protocol(
        meeting, opening="Opened.", texts={item.pk: "Mine."}, by=scene.members[0]
    )
    item.refresh_from_db()
    assert item.protocol == before


def test_a_stale_form_is_refused(scene, meeting):
    version = meeting.row_version
    meetings.add_item(meeting, title="One", by=scene.officer, version=version)
    with pytest.raises(Stale):
        meetings.add_item(meeting, title="Two", by=scene.officer, version=version)


# Seats


def test_administrators_name_one_chair_and_one_alternate_of_a_member(scene, administrator, officer):
    first, second, third, _fourth = scene.members
    with pytest.raises(PermissionDenied):
        seats.name_chair(first, by=officer)
    seats.name_chair(first, by=administrator)
    seats.name_chair(second, by=administrator)
    assert [seat.user for seat in Seat.objects.current()] == [second]
    with pytest.raises(ValidationError):
        seats.name_chair(officer, by=administrator)
    seat = seats.name_alternate(third, stands_in_for=first, by=administrator)
    for one, other in ((third, second), (_fourth, first)):
        with pytest.raises(Conflict):
            seats.name_alternate(one, stands_in_for=other, by=administrator)
    for one, other in ((first, first), (second, _fourth), (_fourth, third), (first, _fourth)):
        with pytest.raises((ValidationError, Conflict)):
            seats.name_alternate(one, stands_in_for=other, by=administrator)
    with pytest.raises(ValidationError):
        seats.name_chair(third, by=administrator)
    seats.end_seat(seat, by=administrator)
    assert Seat.objects.filter(function="alternate").current().count() == 0
