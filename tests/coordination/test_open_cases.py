"""Running cases of an older register: their past dates, no word to anybody, nothing twice."""

import io
import json
from datetime import date, timedelta

import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from cases import open_files, open_templates
from cases.events import verify
from cases.models import Case, CaseEvent, Participation
from cases.services import deadlines, open_cases, registration
from notifications import deadlines as notices
from notifications.models import OutboxMessage
from tests import factories

pytestmark = pytest.mark.django_db


def record(**changes):
    today = deadlines.today()
    row = {
        "id": "17",
        "reference": "OLD-17",
        "state": "initial_assessment",
        "received_on": (today - timedelta(days=60)).isoformat(),
        "acknowledged_on": (today - timedelta(days=58)).isoformat(),
        "registered_on": (today - timedelta(days=50)).isoformat(),
        "served_on": (today - timedelta(days=45)).isoformat(),
        "language": "ru",
        "complainants": [{"name": "Айгүл Серікқызы", "kind": "individual", "withheld": True}],
        "respondents": [{"name": "AltynTau Holding", "country": "KZ"}],
        "issues": [{"title": "The river", "description": "It smells.", "provisions": ["VI.1"]}],
    }
    return row | changes


def file_of(*records):
    return json.dumps({"version": 1, "cases": list(records)}).encode()


def load(*records, by=None, **arguments):
    return open_cases.load(file_of(*records), name="cases.json", by=by, **arguments)


def test_case_stands_where_it_stood_with_its_dates(officer):
    (row,) = load(record(officer=officer.email.upper()), by=officer)
    assert not row.problems
    case = Case.objects.get(source_key="open:17")
    assert (case.state, case.reference, case.officer) == ("initial_assessment", "OLD-17", officer)
    assert case.received_at.date() == deadlines.today() - timedelta(days=60)
    assert case.served_at and case.registered_at
    assert Participation.objects.filter(case=case, user=officer, role="officer").exists()
    assert [event.at.date() for event in case.events.order_by("sequence")] == sorted(
        event.at.date() for event in case.events.all()
    )
    assert case.events.last().kind == "case.loaded_open"
    assert list(verify(case)) == []
    assert not case.parties.get(side="complainant").shown_to_respondent
    assert [str(item) for item in case.issues.get().provisions.all()] == ["VI.1"]


def test_time_frames_follow_from_the_past_dates():
    load(record())
    case = Case.objects.get()
    row = case.deadlines.open().get(kind="initial_assessment")
    assert row.opened_on == deadlines.today() - timedelta(days=60)
    assert row.due_on <= deadlines.today() + timedelta(days=35)
    assert case.deadlines.get(kind="acknowledgement").met_on == (
        deadlines.today() - timedelta(days=58)
    )
    assert case.next_due_on == min(item.due_on for item in case.deadlines.open())


def test_nobody_is_told_and_later_events_are_told_as_usual(officer):
    load(record(officer=officer.email), record(id="18", reference="OLD-18"), by=officer)
    assert OutboxMessage.objects.count() == 0
    # What had passed before the case was loaded stays unsaid too.
    assert Case.objects.first().deadlines.open().filter(due_on__lt=deadlines.today()).exists()
    notices.sweep()
    assert not OutboxMessage.objects.filter(rung__gt=0).exists()
    registration.assign_officer(Case.objects.first(), officer=officer, by=officer)
    assert OutboxMessage.objects.filter(event__kind="officer.assigned").count() == 1


def test_later_rungs_of_a_loaded_case_are_told(officer):
    load(record())
    notices.sweep(on=deadlines.today() + timedelta(days=60))
    assert OutboxMessage.objects.filter(rung__gt=0).exists()


@pytest.mark.parametrize(
    ("state", "dates"),
    [
        ("received", {}),
        ("mediation", {"assessment_concluded_on": 30}),
        ("examination", {"assessment_concluded_on": 30, "good_offices_concluded_on": 20}),
        ("final_statement", {"assessment_concluded_on": 30, "ended_on": 10}),
        ("follow_up", {"assessment_concluded_on": 30, "ended_on": 20, "closed_on": 10}),
    ],
)
def test_every_open_state_can_be_loaded(state, dates):
    row = record(state=state)
    for name, ago in dates.items():
        row[name] = (deadlines.today() - timedelta(days=ago)).isoformat()
    if state == "received":
        for name in ("registered_on", "served_on", "reference"):
            del row[name]
    if state in ("final_statement", "follow_up"):
        row["outcome"] = "no_agreement"
    row["issues"][0]["accepted"] = state != "received"
    (done,) = load(row)
    assert not done.problems
    assert Case.objects.get().state == state
    assert list(verify(Case.objects.get())) == []
    assert OutboxMessage.objects.count() == 0


def test_second_run_changes_nothing():
    load(record())
    events = CaseEvent.objects.count()
    (row,) = load(record(state="received", reference="OTHER"))
    assert row.held or row.problems
    assert (Case.objects.count(), CaseEvent.objects.count()) == (1, events)


def test_bad_records_are_named_by_position_and_field_and_the_others_loaded(officer):
    rows = load(
        record(),
        record(id="2", reference="R2", received_on="3 March"),
        record(id="3", reference="R3", officer="nobody@example.org"),
        record(id="4", reference="R4", state="closed"),
        record(id="5", reference="OLD-17"),
        record(id="6", reference="R6", complainants=[{"kind": "alien"}], colour="red"),
        "nonsense",
        record(id="8", reference="R8", served_on="2001-01-01"),
        record(id="17", reference="R9"),
    )
    wrong = {row.position: {item.field for item in row.problems} for row in rows if row.problems}
    assert wrong[2] == {"received_on"}
    assert wrong[3] == {"officer"}
    assert wrong[4] == {"state"}
    assert wrong[5] == {"reference"}
    assert wrong[6] == {"complainants[1].name", "complainants[1].kind", "colour"}
    assert wrong[7] == {""}
    assert wrong[8] == {"served_on"}
    assert wrong[9] == {"id"}
    assert Case.objects.count() == 1


def test_reference_of_another_case_here_is_refused(officer):
    scene = factories.case_in("initial_assessment", officer=officer)
    (row,) = load(record(reference=scene.case.reference))
    assert [item.field for item in row.problems] == ["reference"]


def test_table_with_several_lines_for_one_case_is_read():
    (row,) = open_cases.load(open_templates.as_csv().encode(), name="list.csv", by=None)[:1]
    assert [item.field for item in row.problems] == ["officer"], "the sample names no real officer"
    text = open_templates.as_csv().replace("officer@example.org", "")
    (row,) = open_cases.load(text.encode("utf-8-sig"), name="list.csv", by=None)
    case = Case.objects.get()
    assert not row.problems
    assert case.parties.filter(side="complainant").count() == 2
    assert case.issues.count() == 2
    assert case.received_at.date() == date(2026, 3, 2)


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe", b"[", b'{"cases": []}', b'{"version": 1, "cases": []}', b"name\nx\n",
     b"id,colour\n1,red\n", b"id,state\n1,received,more\n"],
)  # fmt: skip
def test_file_that_is_no_list_is_refused_as_a_whole(data):
    with pytest.raises(open_files.Unreadable):
        open_cases.load(data, name="x.json" if data[:1] in b"[{" else "x.csv", by=None)


def test_only_officers_load(member, administrator):
    for person in (member, administrator):
        with pytest.raises(PermissionDenied):
            load(record(), by=person)
    assert Case.objects.count() == 0


def test_an_unknown_state_is_answered_with_the_states_that_can_be_loaded():
    """The error for a misspelt state offered “closed” and “withdrawn”, which were refused next."""
    ((misspelt,), (over,)) = [
        row.problems for row in load(record(state="asessment"), record(id="18", state="closed"))
    ]
    assert "initial_assessment" in misspelt.why and "mediation" in misspelt.why
    assert "closed" not in misspelt.why and "withdrawn" not in misspelt.why
    assert "is over" in over.why


def test_command_loads_tries_and_says_what_is_wrong(tmp_path, capsys):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(file_of(record()))
    bad.write_bytes(file_of(record(id="9", reference="R9"), record(id="")))
    call_command("import_open", good, "--dry-run")
    assert "1 loaded" in capsys.readouterr().out
    assert Case.objects.count() == 0
    call_command("import_open", good)
    assert Case.objects.count() == 1
    with pytest.raises(CommandError, match="1 of 2"):
        call_command("import_open", bad)
    assert "Record 2, id" in capsys.readouterr().err
    assert Case.objects.count() == 2
    call_command("import_open", "--template")
    assert capsys.readouterr().out.startswith("id,reference,state")


def workbook(*rows, sheets=1):
    """Return a workbook whose sheets hold these rows; a value with `=` is a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for number in range(sheets):
            sheet = book.add_worksheet(f"Sheet {number + 1}")
            for line, row in enumerate(rows):
                for place, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(line, place, value, day)
                    elif isinstance(value, str) and value.startswith("="):
                        sheet.write_formula(line, place, value)
                    else:
                        sheet.write(line, place, value)
    return out.getvalue()


HEAD = ("id", "reference", "state", "received_on", "registered_on", "complainant_name",
        "respondent_name", "issue_title")  # fmt: skip


def line(number, **changes):
    today = deadlines.today()
    row = dict(
        zip(
            HEAD,
            (number, f"OLD-{number}", "initial_assessment", today - timedelta(days=60),
             today - timedelta(days=50), "Jane Doe", "Example Mining", "The river"),
            strict=True,
        )
    )  # fmt: skip
    return tuple((row | changes).values())


def test_workbook_to_fill_in_can_be_loaded_as_it_is(officer):
    rows = open_cases.load(open_templates.as_workbook(), name="list.xlsx", by=officer)
    assert [str(item) for row in rows for item in row.problems] == [
        "Cases!G2, officer: no officer here has this address"
    ]
    assert len(rows) == 1, "the sheet with the explanations holds no case"


def test_workbook_is_read_with_its_numbers_and_days(officer):
    data = workbook(HEAD, line(17), line(17, complainant_name="Village council", reference=""))
    (row,) = open_cases.load(data, name="list.xlsx", by=officer)
    assert not row.problems
    case = Case.objects.get(source_key="open:17")
    assert case.received_at.date() == deadlines.today() - timedelta(days=60)
    assert case.parties.filter(side="complainant").count() == 2


def test_wrong_rows_of_a_workbook_are_named_by_sheet_and_cell(officer):
    data = workbook(
        HEAD,
        line(1),
        line(2, received_on="15.03.2026"),
        line(3, issue_title="=A2&B2"),
        line(4, complainant_name=""),
        (*line(5), "stray"),
        line(6, reference="OLD-1"),
    )
    rows = open_cases.load(data, name="list.xlsx", by=officer)
    assert Case.objects.count() == 1
    told = {row.label: [str(item) for item in row.problems] for row in rows}
    assert told["Sheet 1!2"] == []
    assert told["Sheet 1!3"] == ["Sheet 1!D3, received_on: must be a day like 2026-03-15"]
    assert told["Sheet 1!4"] == [
        "Sheet 1!H4, issue_title: is a formula (=A2&B2); put its value there"
    ]
    assert told["Sheet 1!5"] == ["Sheet 1!F5, complainants: needs at least one"]
    assert told["Sheet 1!6"] == ["Sheet 1!I6: stands under no name of a column"]
    assert told["Sheet 1!7"] == ["Sheet 1!B7, reference: stands in record 2 already"]


def test_lines_of_one_case_stand_on_one_sheet(officer):
    rows = open_cases.look(workbook(HEAD, line(1), sheets=2), name="list.xlsx")
    assert [len(row.problems) for row in rows] == [0, 2]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (workbook(("name",), ("x",)), "No sheet"),
        (workbook(("id", "colour"), (1, "red")), "colour"),
        (workbook(("id", "id"), (1, 2)), "twice"),
        (workbook(("id",)), "no case"),
        (b"PK\x03\x04", "no workbook"),
        (b"\xd0\xcf\x11\xe0 old", "password"),
    ],
)
def test_workbook_that_is_no_list_is_refused_as_a_whole(data, why):
    with pytest.raises(open_files.Unreadable, match=why):
        open_cases.look(data, name="list.xlsx")


def test_command_writes_a_workbook_and_loads_it(tmp_path, officer, capsys):
    path = tmp_path / "list.xlsx"
    call_command("import_open", "--workbook", path)
    assert path.read_bytes().startswith(b"PK")
    path.write_bytes(workbook(HEAD, line(1), line(2, state="gone")))
    with pytest.raises(CommandError, match="1 of 2"):
        call_command("import_open", path)
    assert "Sheet 1!C3, state" in capsys.readouterr().err


def test_lines_that_repeat_a_party_mean_the_same_one(officer):
    """Whoever filled in every column of every line of a case got each party and each issue once
    for every line: two enterprises of one name, and two letters to it."""
    head = (
        "id,reference,state,received_on,registered_on,complainant_name,complainant_kind,"
        "respondent_name,issue_title,issue_description\n"
    )
    line = (
        "A,2019/7,initial_assessment,2026-06-01,2026-06-05,Bees,association,Honey Ltd,{},Sprayed.\n"
    )
    rows = open_cases.load(
        (head + line.format("Bees die") + line.format("Nobody asked")).encode(),
        name="cases.csv",
        by=officer,
    )
    assert [row.problems for row in rows] == [[]]
    parties = rows[0].made.parties
    assert sorted(party.name for party in parties.all()) == ["Bees", "Honey Ltd"]
    assert [issue.title for issue in rows[0].made.issues.order_by("number")] == [
        "Bees die",
        "Nobody asked",
    ]
