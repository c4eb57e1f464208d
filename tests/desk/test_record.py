"""The pages of the record: history, replay, extracts, who read what, audit, holds and erasures."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import RoleAssignment
from cases import audit, readings
from cases.disclosure import Audience
from cases.errors import Conflict
from cases.kinds import EventKind
from cases.models import AuditPermission, Case, CaseDocument, Erasure, HistoryCheck, Reading
from cases.models.audit import ReadKind
from cases.services import (
    auditing,
    conflicts,
    correspondence,
    destruction,
    extract,
    history_check,
    replay,
    retention,
)
from cases.services.acting import locked
from cases.workflow import State
from desk import history
from sealing import chain, signing
from tests import factories
from tests.desk.conftest import browser
from tests.portal.conftest import signed_in

pytestmark = pytest.mark.django_db

NAMES = ("Айгүл", "Серікқызы", "aigul@example.org", "AltynTau", "smells of chemicals")
OF_A_CASE = (
    "history", "replay", "extract", "case_readings", "retention", "place_hold", "propose_erasure",
)  # fmt: skip


def page(name, *args):
    return reverse(f"desk:{name}", args=args)


@pytest.fixture
def scene():
    return factories.case_in(State.INITIAL_ASSESSMENT, data=factories.withheld())


@pytest.fixture
def over():
    return factories.case_in(State.NOT_REGISTERED)


@pytest.fixture
def auditor():
    return factories.person("auditor")


# Who gets in


@pytest.mark.parametrize("name", OF_A_CASE)
def test_pages_of_the_record_are_for_the_ncp_alone(scene, client, name):
    address = page(name, scene.case.pk)
    assert client.get(address).status_code == 302
    assert browser(scene.officer).get(address).status_code in (200, 409)
    for role in ("mediator", "administrator", "auditor", "partner_ncp"):
        assert browser(factories.person(role)).get(address).status_code == 404, role
    assert signed_in(scene.complainant).get(address).status_code == 404
    outside = factories.person("officer")
    conflicts.declare(scene.case, by=outside, has_conflict=True)
    assert browser(outside).get(address).status_code == 404


@pytest.mark.parametrize("name", OF_A_CASE)
def test_a_member_reads_the_record_after_declaring_no_conflict(scene, member, name):
    address = page(name, scene.case.pk)
    assert browser(member).get(address).status_code == 403
    conflicts.declare(scene.case, by=member, has_conflict=False)
    wanted = 403 if name == "extract" else 200
    assert browser(member).get(address).status_code == wanted


def test_the_list_of_what_is_due_is_for_officers_and_members(client, officer, member, auditor):
    assert client.get(page("retention_due")).status_code == 302
    for user, status in ((officer, 200), (member, 200), (auditor, 404)):
        assert browser(user).get(page("retention_due")).status_code == status


# History


def test_the_history_says_who_changed_what_from_what_to_what(scene):
    text = browser(scene.officer).get(page("history", scene.case.pk)).text
    assert "from “Received” to “Initial assessment”" in text
    assert scene.officer.name in text


def test_filters_find_by_kind_person_and_day(scene):
    shown = history.read(scene.case, Audience.NAMED_OFFICER, history.Filters())
    assert {entry.what for entry in shown.entries} > {"Submission received"}
    by_kind = history.Filters(kind=EventKind.REGISTERED)
    (entry,) = history.read(scene.case, Audience.NAMED_OFFICER, by_kind).entries
    assert entry.who == scene.officer.name
    of_party = history.Filters(person="complainant")
    found = history.read(scene.case, Audience.NAMED_OFFICER, of_party).entries
    assert {entry.who for entry in found} == {"Complainant"}
    tomorrow = timezone.localdate() + timedelta(days=1)
    after = history.Filters(since=tomorrow)
    assert history.read(scene.case, Audience.NAMED_OFFICER, after).entries == []
    response = browser(scene.officer).get(
        page("history", scene.case.pk), {"since": "2026-02-02", "until": "2026-02-01"}
    )
    assert "lies before the first" in response.text


def test_values_of_identities_are_for_the_officers_named_on_the_case(scene, other_officer):
    with locked(scene.case, by=scene.officer) as row:
        party = row.parties.get(side="complainant")
        party.case, party.phone = row, "+7 SECRET"
        party.save()
    address = page("history", scene.case.pk)
    assert "+7 SECRET" in browser(scene.officer).get(address).text
    text = browser(other_officer).get(address).text
    assert "SECRET" not in text
    assert "only officers named on the case read the values" in text


def test_a_report_of_pressure_leaves_no_trace_for_other_officers(scene, other_officer):
    before = len(history.read(scene.case, Audience.NCP, history.Filters()).entries)
    report = correspondence.report_reprisal(scene.case, text="They came.", by=scene.complainant)
    correspondence.answer_reprisal(report, text="We act.", by=scene.officer)
    case = scene.reload()
    assert len(history.read(case, Audience.NCP, history.Filters()).entries) == before
    named = history.read(case, Audience.NAMED_OFFICER, history.Filters())
    assert len(named.entries) == before + 2


def test_a_long_history_costs_the_same_and_turns_pages(scene):
    def queries():
        with CaptureQueriesContext(connection) as ran:
            assert browser(scene.officer).get(address).status_code == 200
        return len(ran)

    address = page("history", scene.case.pk)
    queries()
    few = queries()
    for number in range(history.PAGE + 5):
        with locked(scene.case, by=scene.officer) as row:
            Case.objects.filter(pk=row.pk).update(language=("kk", "ru")[number % 2])
    assert queries() <= few + 1
    shown = history.read(scene.reload(), Audience.NCP, history.Filters())
    assert len(shown.entries) == history.PAGE
    rest = history.read(scene.case, Audience.NCP, history.Filters(before=shown.older))
    assert rest.entries[0].sequence == shown.older - 1


# Replay


def test_replay_shows_the_file_as_it_was(scene):
    case = scene.case
    before = timezone.now()
    with locked(case, by=scene.officer) as row:
        issue = row.issues.get(number=1)
        issue.case, issue.title = row, "Another title"
        issue.save()
        row.issues.get(number=2).provisions.all().delete()
    correspondence.send_message(
        case, side="complainant", text="Later", subject="Later", by=scene.officer
    )
    then = replay.replay(case, before)
    assert then.issues[0].what == "1. The river is polluted"
    assert "Later" not in [item.what for item in then.messages]
    now = replay.replay(case, timezone.now())
    assert now.issues[0].what == "1. Another title"
    assert "Later" in [item.what for item in now.messages]
    assert then.state == "Initial assessment"
    assert then.limits


def test_replay_goes_back_over_states_and_people(scene):
    first = scene.case.events.get(kind=EventKind.RECEIVED).at
    then = replay.replay(scene.case, first)
    assert (then.state, then.officer) == ("Received", "")
    with pytest.raises(replay.NotYet):
        replay.replay(scene.case, first - timedelta(days=1))


def test_replay_asks_for_a_party_by_its_side(scene):
    """Two choices read "a party" and "a party"."""
    page = browser(scene.officer).get(reverse("desk:replay", args=[scene.case.pk]))
    choices = dict(page.context["form"].fields["person"].choices)
    assert str(choices[str(scene.complainant.pk)]) == "Complainant"
    assert str(choices[str(scene.enterprise.pk)]) == "Enterprise"


def test_replay_shows_each_person_what_they_could_read(scene, member):
    now = timezone.now
    name = "Айгүл Серікқызы"
    seen = replay.replay(scene.case, now(), person=scene.officer)
    assert name in [item.what for item in seen.parties]
    other = replay.replay(scene.case, now(), person=scene.enterprise)
    assert name not in [item.what for item in other.parties]
    assert other.could_see
    undeclared = replay.replay(scene.case, now(), person=member)
    assert undeclared.issues == []
    assert undeclared.audience == Audience.COORDINATOR
    moment = now()
    conflicts.declare(scene.case, by=member, has_conflict=True)
    assert not replay.replay(scene.case, now(), person=member).could_see
    assert replay.replay(scene.case, moment, person=member).could_see
    stranger = replay.replay(scene.case, now(), person=factories.person("mediator"))
    assert not stranger.could_see
    assert stranger.why_not


def test_replay_tells_nobody_what_they_may_not_know_today(scene, other_officer):
    correspondence.report_reprisal(scene.case, text="They came.", by=scene.complainant)
    address = page("replay", scene.case.pk)
    asked = {"at": timezone.localdate().isoformat(), "person": str(scene.officer.pk)}
    text = browser(other_officer).get(address, asked).text
    assert "Серікқызы" not in text
    assert "They came." not in text
    assert "left out" in text
    own = browser(scene.officer).get(address, asked).text
    assert "Серікқызы" in own
    assert "They came." in own


def test_replay_from_the_command_line(scene, capsys):
    from django.core.management import CommandError, call_command

    today = timezone.localdate().isoformat()
    call_command("replay", scene.case.reference, "--at", today, "--as", scene.officer.email)
    out = capsys.readouterr().out
    assert "Initial assessment" in out
    assert "Note:" in out
    with pytest.raises(CommandError):
        call_command("replay", "nothing", "--at", today)
    with pytest.raises(CommandError):
        call_command("replay", scene.case.reference, "--at", "yesterday")


# Extracts


def test_a_party_receives_what_it_may_read_and_it_is_on_record(scene):
    made = extract.make(scene.case, side="respondent", by=scene.enterprise, language="en")
    text = made.as_json()
    assert "Серікқызы" not in text
    content = json.loads(text)
    assert signing.is_genuine(
        chain.canonical(content["extract"]), content["signature"], content["public_key"]
    )
    assert made.as_pdf().startswith(b"%PDF")
    event = scene.case.events.order_by("sequence").last()
    assert (event.kind, event.data["side"]) == (EventKind.EXTRACT_MADE, "respondent")
    own = extract.make(scene.case, side="complainant", by=scene.complainant)
    assert own.language == "ru"
    assert "Серікқызы" in own.as_json()


def test_nobody_receives_the_extract_of_the_other_side(scene):
    with pytest.raises(PermissionDenied):
        extract.make(scene.case, side="complainant", by=scene.enterprise)
    with pytest.raises(PermissionDenied):
        extract.make(scene.case, side="respondent", by=scene.complainant)
    with pytest.raises(PermissionDenied):
        extract.make(scene.case, side="respondent", by=factories.person("auditor"))


@pytest.mark.parametrize("kind", ["pdf", "json"])
def test_extracts_at_the_desk_and_in_the_portal(scene, kind):
    desk = browser(scene.officer).post(
        page("extract", scene.case.pk), {"side": "complainant", "kind": kind}
    )
    assert desk.status_code == 200
    assert "attachment" in desk["Content-Disposition"]
    assert scene.case.reference not in desk["Content-Disposition"]
    address = reverse("portal:extract", args=[scene.case.pk])
    client = signed_in(scene.complainant)
    assert client.get(address).status_code == 200
    assert client.post(address, {"kind": kind}).status_code == 200
    assert client.post(address, {"kind": "x"}).status_code == 404
    assert signed_in(factories.people.party_user(language="en")).get(address).status_code == 404


@pytest.mark.parametrize("kind", ["pdf", "json"])
def test_name_of_an_extract_holds_the_day_of_the_ncp(scene, kind):
    """An extract made after midnight bore the day before in its name: the day of Greenwich."""
    evening = datetime.now(UTC).replace(hour=20, minute=30)
    day = (evening + timedelta(hours=5)).strftime("%Y%m%d-0130")  # Almaty
    with time_machine.travel(evening, tick=False):
        answers = [
            browser(scene.officer).post(
                page("extract", scene.case.pk), {"side": "complainant", "kind": kind}
            ),
            signed_in(scene.complainant).post(
                reverse("portal:extract", args=[scene.case.pk]), {"kind": kind}
            ),
        ]
    for answer in answers:
        assert f'filename="extract-{day}.{kind}"' in answer["Content-Disposition"]


# Who read what


@pytest.fixture
def within_an_hour(scene):
    """The middle of the next hour: on the hour, a second reading is rightly a second row."""
    moment = (timezone.now() + timedelta(hours=1)).replace(minute=30)
    with time_machine.travel(moment):
        yield


@pytest.mark.usefixtures("within_an_hour")
def test_reads_are_recorded_once_an_hour_per_person_and_object(scene, other_officer):
    for _ in range(3):
        browser(scene.officer).get(page("case", scene.case.pk))
        browser(other_officer).get(page("case", scene.case.pk))
    browser(scene.officer).get(page("submission", scene.case.pk))
    rows = Reading.objects.filter(case=scene.case)
    assert rows.filter(user=scene.officer, kind=ReadKind.IDENTITIES).count() == 1
    assert rows.filter(user=other_officer, kind=ReadKind.CASE).count() == 1
    assert not rows.filter(user=other_officer, kind=ReadKind.IDENTITIES).exists()
    assert rows.filter(user=scene.officer, kind=ReadKind.SUBMISSION).count() == 1
    text = browser(scene.officer).get(page("case_readings", scene.case.pk)).text
    assert other_officer.name in text
    assert "Case with withheld names" in text


def test_a_download_is_a_read(scene):
    document = factories.document(scene.case)
    item = CaseDocument.objects.create(
        case=scene.case, document=document, title="T", side="complainant"
    )
    for name in ("document", "document_original"):
        served = browser(scene.officer).get(page(name, scene.case.pk, item.pk))
        assert b"Plain words." in b"".join(served.streaming_content)
    kinds = Reading.objects.filter(item=str(item.pk)).values_list("kind", flat=True)
    assert set(kinds) == {ReadKind.DOCUMENT, ReadKind.ORIGINAL}


def test_the_log_of_reads_cannot_be_changed_and_is_kept_a_year(scene):
    readings.note(scene.case, scene.officer, ReadKind.CASE)
    row = Reading.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        Reading.objects.filter(pk=row.pk).update(kind=ReadKind.DOCUMENT)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    Reading.objects.create(
        case=scene.case, user=scene.officer, kind=ReadKind.CASE, hour=timezone.now(),
        at=timezone.now() - timedelta(days=365 * 6),
    )  # fmt: skip
    assert retention.forget_old_logs() == 1
    assert Reading.objects.get() == row


def test_who_read_reports_of_pressure_is_told_to_named_officers_alone(scene, other_officer):
    readings.note(scene.case, scene.officer, ReadKind.REPRISAL)
    address = page("case_readings", scene.case.pk)

    def rows(user):
        return [row.kind for row in browser(user).get(address).context["page"].rows]

    assert ReadKind.REPRISAL in rows(scene.officer)
    assert ReadKind.REPRISAL not in rows(other_officer)


# Audit


def test_an_auditor_reads_the_record_with_every_identity_masked(scene, auditor):
    correspondence.send_message(
        scene.case, side="complainant", text="Dear Айгүл", subject="To Айгүл", by=scene.officer
    )
    client = browser(auditor)
    for address in (
        page("audit"),
        page("audit_case", scene.case.pk),
        page("audit_history", scene.case.pk),
        page("readings"),
        page("audit_ask", scene.case.pk),
    ):
        response = client.get(address)
        assert response.status_code == 200, address
        for name in (*NAMES, scene.case.title):
            assert name not in response.text, (address, name)
    text = client.get(page("audit_case", scene.case.pk)).text
    assert "Complainant 1" in text
    assert scene.case.reference in text


def test_an_auditor_finds_nothing_by_any_other_door(scene, auditor):
    client = browser(auditor)
    for name in ("case", "history", "submission", "ledger", "retention", "replay"):
        assert client.get(page(name, scene.case.pk)).status_code == 404, name
    assert client.get(page("worklist")).url == page("audit")
    assert not Case.objects.visible_to(auditor).exists()
    assert not CaseDocument.objects.visible_to(auditor).exists()
    for name in ("audit_case", "audit_history"):
        assert client.post(page(name, scene.case.pk)).status_code == 405


def test_an_audit_ends_by_itself_and_takes_no_conflict(scene, auditor):
    address = page("audit_case", scene.case.pk)
    conflicted = factories.person("auditor")
    conflicts_row = scene.case.conflicts.create(user=conflicted, has_conflict=True)
    assert browser(conflicted).get(address).status_code == 404
    assert conflicts_row.pk
    assert browser(auditor).get(address).status_code == 200
    RoleAssignment.objects.filter(user=auditor).update(until=timezone.now() - timedelta(minutes=1))
    assert browser(auditor).get(address).status_code == 404
    for user in (scene.officer, factories.person("administrator"), scene.complainant):
        assert browser(user).get(address).status_code == 404


def test_texts_are_read_under_a_permission_with_names_blotted_out(scene, auditor, other_officer):
    with pytest.raises(ValidationError):
        auditing.ask(scene.case, reason=" ", by=auditor)
    asked = auditing.ask(scene.case, reason="Were both sides heard?", by=auditor)
    with pytest.raises(Conflict):
        auditing.ask(scene.case, reason="Again", by=auditor)
    with pytest.raises(PermissionDenied):
        auditing.decide(asked, grant=True, until=timezone.localdate(), by=auditor)
    with pytest.raises(ValidationError):
        auditing.decide(asked, grant=True, until=None, by=other_officer)
    with pytest.raises(ValidationError):
        far = timezone.localdate() + timedelta(days=90)
        auditing.decide(asked, grant=True, until=far, by=other_officer)
    auditing.decide(asked, grant=True, until=timezone.localdate(), by=other_officer)
    correspondence.send_message(
        scene.case, side="complainant", text="Dear Айгүл Серікқызы, aigul@example.org",
        subject="x", by=scene.officer,
    )  # fmt: skip
    text = browser(auditor).get(page("audit_case", scene.case.pk)).text
    assert "smells of chemicals" in text
    for name in ("Айгүл", "Серікқызы", "aigul@example.org", "AltynTau"):
        assert name not in text
    assert "■■■" in text
    assert Reading.objects.filter(user=auditor, kind=ReadKind.AUDIT_TEXTS).exists()
    AuditPermission.objects.update(until=timezone.now() - timedelta(minutes=1))
    text = browser(auditor).get(page("audit_case", scene.case.pk)).text
    assert "smells of chemicals" not in text


def test_an_officer_answers_the_auditor_on_a_page(scene, auditor, other_officer):
    client = browser(auditor)
    address = page("audit_ask", scene.case.pk)
    assert client.post(address, {"reason": ""}).status_code == 200
    assert client.post(address, {"reason": "Check"}).status_code == 302
    asked = AuditPermission.objects.get()
    decide = page("decide_audit", scene.case.pk, asked.pk)
    assert client.get(decide).status_code == 404
    officer = browser(other_officer)
    assert "Check" in officer.get(decide).text
    version = scene.reload().row_version
    done = officer.post(decide, {"answer": "refuse", "row_version": version})
    assert done.status_code == 302
    assert "refused" in client.get(page("audit_case", scene.case.pk)).text
    assert audit.standing_permission(scene.case, auditor) is None


# Holds and erasures


def test_a_hold_is_placed_and_lifted_on_pages(over):
    client = browser(over.officer)
    version = over.reload().row_version
    bad = client.post(page("place_hold", over.case.pk), {"row_version": version})
    assert "Say why nothing may be erased." in bad.text
    done = client.post(
        page("place_hold", over.case.pk), {"row_version": version, "reason": "Court 5"}
    )
    assert done.url == page("retention", over.case.pk)
    text = client.get(page("retention", over.case.pk)).text
    assert "Stands: nothing may be erased" in text
    assert "Court 5" in text
    hold = over.case.holds.get()
    lift = page("lift_hold", over.case.pk, hold.pk)
    client.post(lift, {"row_version": over.reload().row_version, "reason": "Done"})
    assert not retention.is_held(over.case)


def test_two_persons_erase_on_pages(over, other_officer, django_capture_on_commit_callbacks):
    client, second = browser(over.officer), browser(other_officer)
    version = over.reload().row_version
    values = {"row_version": version, "basis": "retention"}
    refused = client.post(page("propose_erasure", over.case.pk), values)
    assert refused.status_code == 409
    values |= {"row_version": over.reload().row_version, "basis": "request"}
    values["legal_basis"] = "Act 12"
    assert client.post(page("propose_erasure", over.case.pk), values).status_code == 302
    row = Erasure.objects.get()
    settle = page("settle_erasure", over.case.pk, row.pk)
    answer = {"answer": "confirm", "row_version": over.reload().row_version}
    assert client.post(settle, answer).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        assert second.post(settle, answer).status_code == 302
    destruction.carry_out_all()
    row.refresh_from_db()
    assert row.completed_at
    text = second.get(page("retention", over.case.pk)).text
    assert row.history_head in text
    assert "The history still ends as it did then." in text
    assert second.get(page("case", over.case.pk)).status_code == 200
    assert second.get(page("history", over.case.pk)).status_code == 200
    assert str(over.case.pk) in second.get(page("retention_due")).text
    auditor = browser(factories.person("auditor"))
    assert row.history_head in auditor.get(page("audit_case", over.case.pk)).text
    with pytest.raises(replay.Gone):
        replay.replay(over.case, timezone.now())


# The proof of all histories


def test_the_check_runs_in_the_worker_and_keeps_its_result(scene, administrator):
    client = browser(administrator)
    address = page("verify_history")
    assert "Check all histories now" in client.get(address).text
    assert client.post(address).status_code == 302
    client.post(address)
    run = HistoryCheck.objects.get()  # a second click joins the first run
    while history_check.go_on(seconds=5):
        pass
    run.refresh_from_db()
    assert run.finished_at
    assert run.faults == []
    assert run.checked == Case.objects.count()
    assert "hold" in client.get(address).text
    assert browser(scene.officer).get(address).status_code == 404


def test_the_check_goes_on_after_a_stop_and_finds_what_was_tampered_with(scene):
    other = factories.filed_case()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_change DISABLE TRIGGER USER")
        cursor.execute("UPDATE cases_change SET field = 'x' WHERE case_id = %s", [scene.case.pk])
        cursor.execute("ALTER TABLE cases_change ENABLE TRIGGER USER")
    run = history_check.ask(by=None)
    HistoryCheck.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))
    assert history_check.go_on() == 0  # another worker has it
    HistoryCheck.objects.update(claimed_until=timezone.now() - timedelta(minutes=1))
    assert history_check.go_on() == 2
    run.refresh_from_db()
    assert run.finished_at
    assert {fault["case"] for fault in run.faults} == {str(scene.case.pk)}
    assert str(other.pk) not in json.dumps(run.faults)


def test_the_log_is_kept_to_the_hour_whatever_day_it_is_in_greenwich():
    """In the evening of Greenwich, when it is tomorrow in Almaty, the log lost a day too early."""
    evening = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    assert retention._moment(evening, 12) == datetime(2025, 11, 22, 20, 30, tzinfo=UTC)
    leap = datetime(2028, 2, 29, 6, 0, tzinfo=UTC)
    assert retention._moment(leap, 12) == datetime(2027, 2, 28, 6, 0, tzinfo=UTC)
