"""Internal notes and tasks: for the NCP's own readers, encrypted, told without content."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.errors import Conflict
from cases.models import Note, NoteVersion, Task
from cases.services import conflicts, deadlines, notes
from notifications import delivery, task_reminders
from notifications.models import Delivery, OutboxMessage
from tests import factories
from tests.desk.conftest import browser, page

pytestmark = pytest.mark.django_db
NAME = "Айгүл Серікқызы"


@pytest.fixture
def case(in_assessment):
    return in_assessment.case


@pytest.fixture
def aliya(db):
    return factories.person("officer", name="Aliya Bekova")


@pytest.fixture
def auditor(db):
    return factories.person("auditor")


def told():
    while delivery.spread_one():
        pass
    rows = Delivery.objects.filter(channel="inbox", message__event__kind__startswith="note.")
    return {row.user for row in rows}


def test_a_note_is_written_read_and_tells_whom_it_names(case, desk, aliya, other_officer):
    answer = desk.post(page("notes", case), {"text": "@Aliya Bekova please call the union."})
    assert answer.status_code == 302
    assert "please call the union" in browser(other_officer).get(page("notes", case)).text
    assert told() == {aliya}
    delivery.drain()
    (sent,) = [item for item in mail.outbox if item.to == [aliya.email]]
    assert "union" not in sent.body + sent.subject and "Aliya" not in sent.body + sent.subject


def test_people_are_chosen_from_a_list_without_a_script(case, desk, aliya):
    form = desk.get(page("notes", case)).context["form"]
    assert str(aliya.pk) in dict(form.fields["mentioned"].choices)
    desk.post(page("notes", case), {"text": "Look.", "mentioned": [str(aliya.pk)]})
    assert told() == {aliya}


def test_part_of_a_name_is_enough_where_one_alone_has_it(case, officer, aliya):
    assert notes.named_in("Ask @aliya, and write to a@example.org.", [aliya, officer]) == [aliya]
    twin = factories.person("officer", name="Aliya Other")
    with pytest.raises(ValidationError, match="more than one"):
        notes.named_in("Ask @Aliya", [aliya, twin])
    assert notes.named_in("Ask @Aliya Other", [aliya, twin]) == [twin]


def test_who_does_not_see_the_case_cannot_be_mentioned(case, desk, officer, aliya, member):
    conflicts.declare(case, by=aliya, has_conflict=True)
    for text in ("@Aliya Bekova look", f"@{member.name} look"):
        answer = desk.post(page("notes", case), {"text": text})
        assert answer.status_code == 200 and text in answer.text
    with pytest.raises(ValidationError):
        notes.write_note(case, text="Look", mentioned=[aliya], by=officer)
    assert not Note.objects.exists()


def test_a_withheld_name_stays_with_the_named_officers(case, desk, officer, other_officer):
    answer = desk.post(page("notes", case), {"text": f"{NAME} called."})
    assert answer.status_code == 200 and "withheld" in answer.text
    desk.post(page("notes", case), {"text": f"{NAME} called.", "for_named_officers": "on"})
    assert NAME in desk.get(page("notes", case)).text
    assert NAME not in browser(other_officer).get(page("notes", case)).text
    assert not Note.objects.visible_to(other_officer).exists()
    with pytest.raises(PermissionDenied):
        notes.write_note(case, text="Mine", by=other_officer, for_named_officers=True)


def test_notes_are_sealed_in_the_database(case, officer):
    notes.write_note(case, text="A canary sings.", by=officer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM cases_note")
        assert "canary" not in cursor.fetchone()[0]


def test_parties_mediators_and_others_read_nothing(case, in_assessment, officer, auditor):
    notes.write_note(case, text="Between us.", by=officer)
    mediator = factories.person("mediator")
    for person in (in_assessment.complainant, in_assessment.enterprise, mediator):
        assert not Note.objects.visible_to(person).exists()
        for name in ("notes", "tasks"):
            assert browser(person).get(page(name, case)).status_code == 404
    assert browser(auditor).get(page("notes", case)).status_code == 404
    assert browser(auditor).post(page("notes", case), {"text": "x"}).status_code == 404
    assert browser(auditor).post(page("tasks", case), {"text": "x"}).status_code == 404


def test_a_member_reads_and_writes_after_declaring(case, member, client):
    assert client.get(page("notes", case)).status_code == 302
    theirs = browser(member)
    assert theirs.get(page("notes", case)).status_code == 403
    conflicts.declare(case, by=member, has_conflict=False)
    assert theirs.post(page("notes", case), {"text": "I agree."}).status_code == 302
    conflicts.declare(case, by=member, has_conflict=True)
    assert theirs.get(page("notes", case)).status_code == 404
    assert not Note.objects.visible_to(member).exists()


def test_its_author_changes_a_note_for_a_day_and_every_wording_stays(
    case, desk, officer, other_officer, time_machine
):
    note = notes.write_note(case, text="First.", by=officer)
    address = page("note_change", case, note.pk)
    assert browser(other_officer).get(address).status_code == 403
    assert desk.post(address, {"text": "Second."}).status_code == 302
    text = desk.get(page("notes", case)).text
    assert "Second." in text and "First." in text
    assert NoteVersion.objects.get().text == "First."
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    note.refresh_from_db()
    with pytest.raises(Conflict):
        notes.change_note(note, text="Third.", by=officer)


def test_a_task_is_given_done_and_taken_up_again(case, desk, aliya, officer):
    day = deadlines.today() + timedelta(days=3)
    data = {"text": "Call the union", "assignee": str(aliya.pk), "due_on": day.isoformat()}
    assert desk.post(page("tasks", case), data).status_code == 302
    task = Task.objects.get()
    assert list(Task.objects.waiting_for(aliya)) == [task]
    assert not Task.objects.waiting_for(officer)
    assert list(Task.objects.waiting_for(officer, aliya)) == [task]
    theirs = browser(aliya)
    assert theirs.post(page("task_settle", case, task.pk), {"done": "yes"}).status_code == 302
    assert not Task.objects.waiting_for(aliya)
    assert theirs.post(page("task_settle", case, task.pk), {"done": "yes"}).status_code == 409
    desk.post(page("task_settle", case, task.pk), {"done": "no"})
    assert list(Task.objects.waiting_for(aliya)) == [task]
    conflicts.declare(case, by=aliya, has_conflict=True)
    assert not Task.objects.waiting_for(aliya)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": ""}, "Write what is to be done"),
        ({"due_on": "2001-01-01"}, "today or a day ahead"),
        ({"text": f"Call {NAME}"}, "withheld"),
        ({"assignee": "nobody"}, "valid choice"),
    ],
)
def test_a_wrong_task_is_given_back_with_all_that_was_typed(case, desk, officer, changes, said):
    day = deadlines.today() + timedelta(days=3)
    data = {"text": "Call them", "assignee": str(officer.pk), "due_on": day.isoformat()} | changes
    answer = desk.post(page("tasks", case), data)
    assert answer.status_code == 200 and said in answer.text
    assert data["text"] in answer.text
    assert not Task.objects.exists()


def test_reminders_of_tasks_go_out_once(case, officer, aliya):
    today = deadlines.today()
    task = notes.give_task(
        case, text="Call", assignee=aliya, due_on=today + timedelta(days=3), by=officer
    )
    assert task_reminders.sweep(on=today) == 0
    assert task_reminders.sweep(on=today + timedelta(days=2)) == 1
    assert task_reminders.sweep(on=today + timedelta(days=2)) == 0
    assert task_reminders.sweep(on=today + timedelta(days=5)) == 1  # three days were missed
    while delivery.spread_one():
        pass
    rows = Delivery.objects.filter(message__task=task, channel="inbox")
    assert {row.user for row in rows} == {aliya}
    assert browser(aliya).get("/notifications/").status_code in (200, 404)
    notes.finish_task(task, by=aliya)
    assert task_reminders.sweep(on=today + timedelta(days=12)) == 0
    assert OutboxMessage.objects.filter(task=task).count() == 2


def test_pages_and_the_case_page_cost_the_same_with_many(case, desk, officer, aliya):
    def fill(count):
        for number in range(count):
            notes.write_note(case, text=f"Note {number}", by=officer, mentioned=[aliya])
            notes.give_task(
                case, text=f"Task {number}", assignee=aliya, due_on=deadlines.today(), by=officer
            )

    def cost():
        found = []
        for name in ("notes", "tasks", "case"):
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(page(name, case)).status_code == 200
            found.append(len(queries))
        return found

    fill(3)
    few = cost()
    fill(30)
    assert cost() == few
    assert max(few) <= 15
    text = desk.get(page("case", case)).text
    assert "33 notes" in text and "33 open" in text
