"""Filters, columns, saved views, several cases at once, lists as files: each shows a person what
they may see and no more."""

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import search
from cases.kinds import EventKind
from cases.models import Case, Deadline
from cases.payload import ComplainantData, RespondentData
from cases.services import clock, conflicts, deadlines, describing, registration, reminders
from desk import exports
from desk.models import DefaultView, Export, SavedView
from sealing import fields
from tests import factories
from tests.desk.conftest import act, browser

pytestmark = pytest.mark.django_db

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "\u200b=1",
    "'=1",
    '"=1',
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "−1",
    "|cmd",
    "%0A=1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org","x")',
)
BEHIND = ("a;=1", "a,+1", "a\t@b", 'a",=1', "a|=1", "x\r\n=2", "a;＝1", 'a;"=1"')


def named(name, *, complainant=None, country="KZ"):
    changes = {"respondents": (RespondentData(name, country=country),)}
    if complainant:
        changes["complainants"] = (ComplainantData(complainant, "individual", "KZ"),)
    return factories.submission(**changes)


def titles(response):
    return [row.case.title for row in response.context["rows"]]


def late(case, days=1):
    day = deadlines.today() - timedelta(days=days)
    Deadline.objects.filter(case=case).update(due_on=day)
    Case.objects.filter(pk=case.pk).update(next_due_on=day)


# Filters


def test_filters_by_time(officer, desk):
    due, paused, over = (factories.filed_case(named(name)) for name in ("Due", "Paused", "Over"))
    late(over)
    late(due, days=-3)
    late(paused)
    clock.pause(paused, reason="translation", by=officer)
    Case.objects.filter(pk=paused.pk).update(next_due_on=deadlines.today() - timedelta(days=1))
    assert titles(desk.get("/desk/?late=late")) == ["Over"]
    assert titles(desk.get("/desk/?late=week")) == ["Due"]
    assert titles(desk.get("/desk/?late=paused")) == ["Paused"]
    assert titles(desk.get("/desk/?late=none")) == []


def test_filters_by_chapter_country_and_sector(officer, desk):
    one = factories.case_in("initial_assessment", officer=officer, data=named("Mining"))
    other = factories.filed_case(named("Bank", country="DE"))
    other.issues.all().update(country="FR")
    describing.name_sector(one.case, sector="B", by=officer)
    assert titles(desk.get("/desk/?sector=B")) == ["Mining"]
    assert titles(desk.get("/desk/?country=DE")) == ["Bank"]
    assert titles(desk.get("/desk/?country=FR")) == ["Bank"]
    key = next(
        value
        for value, label in desk.get("/desk/").context["form"].fields["chapter"].choices
        if str(label).startswith("VI.")
    )
    assert titles(desk.get(f"/desk/?chapter={key}")) == ["Bank", "Mining"]
    one.case.issues.first().provisions.all().delete()
    assert titles(desk.get(f"/desk/?chapter={key}")) == ["Bank"]


def test_member_filters_by_what_issues_say_after_declaring_only(officer, member):
    scene = factories.case_in("initial_assessment", officer=officer, data=named("Mining"))
    scene.case.issues.all().update(country="FR")
    client = browser(member)
    assert titles(client.get("/desk/?country=FR")) == []
    assert "France" not in str(
        [r.countries for r in client.get("/desk/?columns=country").context["rows"]]
    )
    conflicts.declare(scene.case, by=member, has_conflict=False)
    assert titles(client.get("/desk/?country=FR")) == ["Mining"]


@pytest.mark.parametrize("is_indexed", [True, False])
def test_party_is_found_by_a_name_that_one_may_know(
    is_indexed, officer, other_officer, member, desk
):
    open_one = factories.case_in(
        "initial_assessment", officer=officer, data=named("Mining", complainant="Ерлан Ахметов")
    )
    hidden = factories.case_in(
        "initial_assessment",
        officer=officer,
        data=factories.withheld(named("Bank", complainant="Ерлан Ахметов")),
    )
    if is_indexed:
        search.index_many([open_one.case, hidden.case])
    path = "/desk/?party=ерлан+ахметов"
    assert titles(desk.get(path)) == ["Bank", "Mining"]
    assert titles(browser(other_officer).get(path)) == ["Mining"]
    assert titles(browser(member).get(path)) == ["Mining"]
    assert titles(desk.get("/desk/?party=bank")) == ["Bank"]
    assert titles(desk.get("/desk/?party=nobody")) == []


def test_columns_show_what_is_kept_from_nobody(officer, desk):
    factories.case_in(
        "initial_assessment",
        officer=officer,
        data=factories.withheld(named("Bank", complainant="Ерлан Ахметов")),
    )
    response = desk.get("/desk/?columns=parties&columns=chapters&columns=received&columns=country")
    assert "Complainant 1; Bank" in response.text
    assert "Ерлан" not in response.text
    assert ">IV, V, VI<" in response.text


@pytest.mark.parametrize("order", ["oldest", "reference"])
def test_orders_page_forth_and_back(order, officer, desk):
    for number in range(12):
        case = factories.filed_case(named(f"Case {number:02}"))
        at = timezone.now() - timedelta(days=number // 3)
        Case.objects.filter(pk=case.pk).update(
            received_at=at, reference=f"KZ-2026-{number:03}" if number < 11 else None
        )
    first = desk.get(f"/desk/?order={order}&size=10")
    second = desk.get("/desk/" + first.context["older"])
    assert len(titles(first)) == 10
    assert len(titles(second)) == (2 if order == "oldest" else 1)
    assert not set(titles(first)) & set(titles(second))
    assert titles(desk.get("/desk/" + second.context["newer"])) == titles(first)


@pytest.mark.parametrize("role", ["officer", "decision_maker"])
def test_the_list_costs_the_same_whatever_it_holds(role):
    person = factories.person(role)
    colleague = factories.person("officer")
    for _ in range(3):
        scene = factories.case_in(
            "initial_assessment", officer=person if role == "officer" else colleague
        )
        late(scene.case)
        factories.filed_case()
    client = browser(person)

    def queries(path):
        fields._opened.clear()  # a key is forgotten after half a minute
        client.get(path)
        with CaptureQueriesContext(connection) as counted:
            client.get(path)
        return [query["sql"][:160] for query in counted]

    everything = "&".join(f"columns={name}" for name in ("title", "parties", "country", "chapters"))
    few = [queries(path) for path in ("/desk/", f"/desk/?{everything}")]
    for number in range(57):
        case = factories.filed_case(named(f"Case {number:02}"))
        if number % 3 == 0:
            late(case)
    for path, before in zip(("/desk/", f"/desk/?{everything}"), few, strict=True):
        assert len(queries(path)) == len(before), "\n".join(queries(path))
        assert len(before) <= 12, "\n".join(before)
    counts = {len(queries(f"/desk/?size={size}")) for size in (10, 25, 50, 100)}
    assert len(counts) == 1


def test_each_line_of_the_day_names_the_next_step(officer, desk):
    fresh = factories.filed_case(named("Fresh"))
    scene = factories.case_in("initial_assessment", officer=officer, data=named("Mine"))
    late(scene.case)
    response = desk.get("/desk/")
    waiting = {row.case.pk: row for row in response.context["waiting"]}
    assert waiting[fresh.pk].next.url == f"/desk/cases/{fresh.pk}/acknowledge/"
    (row,) = response.context["late"]
    assert row.next.url == f"/desk/cases/{scene.case.pk}/assess/"
    assert row.next.url in response.text


def test_sector_is_named_on_a_page_of_the_case(officer, desk):
    scene = factories.case_in("initial_assessment", officer=officer)
    assert act(desk, scene.case, "sector", sector="Z").status_code == 200
    act(desk, scene.case, "sector", sector="B")
    assert scene.reload().sector == "B"
    assert scene.case.events.filter(kind=EventKind.SECTOR_NAMED).exists()


# Saved views


def saved(client, name="Mine", query="state=received", **data):
    return client.post("/desk/views/save/", {"name": name, "query": query, **data})


def test_view_keeps_filters_order_and_columns(officer, desk):
    factories.filed_case(named("New"))
    factories.case_in("initial_assessment", officer=officer, data=named("Old"))
    response = saved(desk, query="state=received&columns=title&columns=sector&after=x&nonsense=1")
    assert titles(desk.get(response.url)) == ["New"]
    assert set(desk.get(response.url).context["columns"]) == {"title", "sector"}
    view = SavedView.objects.get()
    assert "nonsense" not in view.query and "after" not in view.query
    assert "Mine" in desk.get("/desk/").text


def test_view_lies_encrypted(desk):
    saved(desk, name="Жалоба Серикова", query="party=Серикова")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name || query FROM desk_savedview")
        assert "ерикова" not in cursor.fetchone()[0]


def test_shared_view_shows_each_reader_their_own_rows(officer, other_officer, desk):
    scene = factories.case_in("initial_assessment", officer=officer, data=named("One"))
    factories.filed_case(named("Other"))
    response = saved(desk, name="All", query="order=oldest", is_shared="on")
    theirs = browser(other_officer)
    assert titles(theirs.get(response.url)) == ["One", "Other"]
    conflicts.declare(scene.case, by=other_officer, has_conflict=True)
    assert titles(theirs.get(response.url)) == ["Other"]
    assert titles(desk.get(response.url)) == ["One", "Other"]


def test_view_that_looks_for_a_typed_name_is_never_shared(desk, other_officer):
    response = saved(desk, query="party=Серикова", is_shared="on")
    assert "can only be your own" in response.text
    assert not SavedView.objects.exists()
    saved(desk, query="party=Серикова")
    view = SavedView.objects.get()
    desk.post(f"/desk/views/{view.pk}/", {"name": "x", "is_shared": "on"})
    view.refresh_from_db()
    assert not view.is_shared
    assert browser(other_officer).get(f"/desk/?view={view.pk}").status_code == 404


def test_views_of_others_are_neither_changed_nor_deleted(desk, other_officer):
    saved(desk, is_shared="on")
    view = SavedView.objects.get()
    theirs = browser(other_officer)
    for path in ("", "delete/"):
        assert theirs.post(f"/desk/views/{view.pk}/{path}", {"name": "x"}).status_code == 404
    assert SavedView.objects.filter(pk=view.pk).exists()
    assert theirs.get("/desk/views/").status_code == 200


def test_list_opens_with_the_chosen_view_until_it_is_shared_no_more(desk, officer, other_officer):
    factories.filed_case(named("New"))
    factories.case_in("initial_assessment", officer=officer, data=named("Old"))
    saved(desk, is_shared="on")
    view = SavedView.objects.get()
    theirs = browser(other_officer)
    theirs.post(f"/desk/views/{view.pk}/default/")
    assert titles(theirs.get("/desk/")) == ["New"]
    assert titles(desk.get("/desk/")) == ["Old", "New"]
    desk.post(f"/desk/views/{view.pk}/", {"name": "Renamed"})
    assert not DefaultView.objects.exists()
    assert titles(theirs.get("/desk/")) == ["Old", "New"]
    desk.post(f"/desk/views/{view.pk}/delete/")
    assert not SavedView.objects.exists()


# Several cases at once


def together(client, cases, act, **data):
    rows = [f"{case.pk}:{case.row_version}" for case in cases]
    return client.post("/desk/together/", {"act": act, "rows": rows, **data})


def test_cases_are_assigned_each_by_its_own_rules(officer, other_officer, desk):
    free, conflicted, closed = (factories.filed_case(named(n)) for n in ("A", "B", "C"))
    conflicts.declare(conflicted, by=other_officer, has_conflict=True)
    stale = Case.objects.get(pk=closed.pk)
    registration.acknowledge(closed, by=officer)
    conflicted.refresh_from_db()
    cases = [free, conflicted, stale]
    asked = together(desk, cases, "assign")
    assert "3 cases are chosen" in asked.text
    done = together(desk, cases, "assign", confirmed="1", officer=str(other_officer.pk))
    outcomes = {item.case.title: item for item in done.context["outcomes"]}
    assert [outcomes[name].is_done for name in "ABC"] == [True, False, False]
    assert "The case has changed" in outcomes["C"].why
    assert Case.objects.get(pk=free.pk).officer == other_officer
    assert Case.objects.get(pk=conflicted.pk).officer is None


def test_cases_under_a_conflict_are_as_if_not_ticked(officer, desk):
    mine, hidden = factories.filed_case(named("A")), factories.filed_case(named("B"))
    conflicts.declare(hidden, by=officer, has_conflict=True)
    hidden.refresh_from_db()
    done = together(desk, [mine, hidden], "assign", confirmed="1", officer=str(officer.pk))
    assert [item.case for item in done.context["outcomes"]] == [mine]
    assert together(desk, [hidden], "assign").status_code == 302


def test_reminders_go_to_whoever_owes_and_once_a_day(officer, desk):
    from notifications.models import OutboxMessage

    scene = factories.case_in("initial_assessment", officer=officer, data=named("A"))
    owed = reminders.next_owed(scene.case)
    done = together(desk, [scene.case], "remind", confirmed="1")
    assert [item.is_done for item in done.context["outcomes"]] == [True]
    event = scene.reload().events.get(kind=EventKind.DEADLINE_REMINDED)
    assert event.data["deadline"] == str(owed.pk)
    assert OutboxMessage.objects.filter(event=event).exists()
    again = together(desk, [scene.case], "remind", confirmed="1")
    assert "already today" in again.context["outcomes"][0].why


def test_reminder_reaches_the_side_that_owes_and_no_other(officer):
    from cases.services import requests
    from notifications.audience import recipients
    from notifications.models import OutboxMessage

    scene = factories.case_in("initial_assessment", officer=officer)
    requests.ask(
        scene.case,
        sides=["complainant"],
        text="Please send.",
        due_on=deadlines.today() + timedelta(days=2),
        by=officer,
    )
    reminders.remind(scene.case, by=officer)
    message = OutboxMessage.objects.get(event__kind=EventKind.DEADLINE_REMINDED)
    assert {person for person, _room in recipients(message).values()} == {scene.complainant}


@pytest.mark.parametrize("role", ["decision_maker", "auditor", "administrator", "mediator"])
def test_only_officers_act_on_several_cases(role):
    case = factories.filed_case()
    client = browser(factories.person(role))
    assert together(client, [case], "assign").status_code == 404
    assert 'name="rows"' not in client.get("/desk/", follow=True).text
    assert together(Client(), [case], "assign").status_code == 302


# Files


def exported(client, kind="csv", query=""):
    response = client.post("/desk/export/", {"format": kind, "query": query})
    return b"".join(response.streaming_content)


def cells(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_begins_a_formula(text):
    found = exports.safe(text)
    assert found.startswith("'")
    assert not any(letter in found for letter in "\t\r\n")


@pytest.mark.parametrize("text", BEHIND)
def test_no_formula_hides_behind_a_separator(text):
    import re

    for separator in ';,|\t"':
        for piece in exports.safe(text).split(separator)[1:]:
            assert not re.match(r"[\s\"]*[=+@＝＋＠]", piece), piece


@pytest.mark.parametrize("text", ["Ұлытау Энергия", "KZ-2026-001", "a - b", "3 months", "", "Ё"])
def test_plain_texts_stay_as_they_are(text):
    assert exports.safe(text) == text


def test_export_gives_the_day_of_receipt_at_the_ncp(desk):
    """A case that was filed after midnight stood in the export with the day before, while the
    list and the case page gave the right one."""
    case = factories.filed_case(named("Night"))
    at = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)
    Case.objects.filter(pk=case.pk).update(received_at=at)
    (line,) = cells(exported(desk, query="columns=received"))[1:]
    assert "2026-03-02" in line


def test_files_hold_what_the_list_shows(officer, desk):
    factories.case_in("initial_assessment", officer=officer, data=named("=cmd|' /C calc'!A0"))
    factories.filed_case(named("Ұлытау"))
    rows = cells(exported(desk, query="columns=title&columns=state"))
    assert rows[0] == ["Reference", "Case", "State"]
    assert [row[1] for row in rows[1:]] == ["Ұлытау", "'=cmd|' /C calc'!A0"]
    assert len(cells(exported(desk, query="state=received"))) == 2
    with zipfile.ZipFile(io.BytesIO(exported(desk, "xlsx"))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
        properties = book.read("docProps/core.xml").decode()
    assert "<f>" not in sheet and "Ұлытау" in strings
    assert "Ұлытау" not in properties and officer.name not in properties


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_files_never_hold_withheld_names_or_cases_under_a_conflict(kind, officer, desk):
    factories.case_in(
        "initial_assessment",
        officer=officer,
        data=factories.withheld(named("Bank", complainant="Ерлан Ахметов")),
    )
    hidden = factories.case_in("initial_assessment", officer=officer, data=named("Secret"))
    conflicts.declare(hidden.case, by=officer, has_conflict=True)
    content = exported(desk, kind, query="columns=title&columns=parties&columns=officer")
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    assert b"Complainant 1; Bank" in content
    assert "Ерлан".encode() not in content and b"Secret" not in content


def test_taking_a_list_out_is_on_record_without_what_was_typed(officer, desk, member):
    factories.filed_case(named("One"))
    response = desk.post(
        "/desk/export/", {"format": "csv", "query": "party=Ахметов&state=received&q=KZ"}
    )
    assert response["Content-Disposition"] == 'attachment; filename="cases.csv"'
    row = Export.objects.get()
    assert (row.user, row.format, row.cases) == (officer, "csv", 0)
    assert row.filters == {"party": True, "q": True, "state": "received"}
    assert "by the name of a party" in desk.get("/desk/exports/").text
    assert officer.name not in browser(member).get("/desk/exports/").text.split("<main")[1]
    for role in ("auditor", "administrator"):
        assert officer.name in browser(factories.person(role)).get("/desk/exports/").text
    with pytest.raises(DatabaseError), transaction.atomic():
        Export.objects.update(cases=5)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


def test_file_is_sent_in_pieces_at_a_fixed_cost_a_batch(officer, desk):
    for number in range(12):
        factories.filed_case(named(f"Case {number}"))
    desk.get("/desk/")
    with CaptureQueriesContext(connection) as counted:
        rows = cells(exported(desk, query="columns=title&columns=parties&columns=chapters"))
    assert len(rows) == 13
    assert len(counted) <= 16


@pytest.mark.parametrize("role", ["administrator", "mediator", "interpreter"])
def test_people_without_cases_take_no_list_out(role):
    client = browser(factories.person(role))
    assert client.post("/desk/export/", {"format": "csv"}).status_code == 404
    assert Client().post("/desk/export/", {"format": "csv"}).status_code == 302
    assert client.get("/desk/search/?q=river").status_code == 404
    assert client.get("/desk/views/").status_code == 404


def test_letter_that_was_called_for_is_one_click_away(officer, desk):
    scene = factories.case_in(
        "initial_assessment", officer=officer, data=named("Mine"), served=False
    )
    path = f"/desk/cases/{scene.case.pk}/letters/registration/"
    late(scene.case)
    assert path in desk.get("/desk/").text
    response = desk.get("/desk/?columns=title&columns=next")
    assert path in response.text and "The letter is drafted" in response.text
    assert desk.get(path).status_code == 200
    assert path not in browser(factories.person("decision_maker")).get("/desk/?columns=next").text
    assert "Next step" not in exported(desk, query="columns=title&columns=next").decode()
