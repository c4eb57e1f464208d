"""The worklist: whose cases, in which order, at what cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Case, Deadline
from cases.payload import RespondentData
from cases.services import assessment, clock, conflicts, correspondence, deadlines
from desk import querysets
from sealing import fields
from tests import factories
from tests.desk.conftest import browser

pytestmark = pytest.mark.django_db


def named(name):
    return factories.submission(respondents=(RespondentData(name, country="KZ"),))


def late(case):
    """Move the deadlines of a case into the past, as time would."""
    yesterday = deadlines.today() - timedelta(days=1)
    Deadline.objects.filter(case=case).update(due_on=yesterday)
    Case.objects.filter(pk=case.pk).update(next_due_on=yesterday)


def titles(response):
    return [row.case.title for row in response.context["rows"]]


def test_officer_sees_what_waits_is_late_and_comes(officer, desk):
    fresh = factories.filed_case(named("Жаңа Мұнай"))
    mine = factories.case_in("initial_assessment", officer=officer, data=named("Алтын Тау"))
    correspondence.send_message(mine.case, side="complainant", text="When?", by=mine.complainant)
    late(mine.case)
    response = desk.get("/desk/")
    assert [row.case for row in response.context["waiting"]] == [fresh, mine.case]
    assert "An unread message" in response.text
    assert [row.case for row in response.context["late"]] == [mine.case]
    assert "Overdue" in response.text


def test_paused_case_is_not_late(officer, desk):
    scene = factories.case_in("initial_assessment", officer=officer)
    clock.pause(scene.case, reason="translation", by=officer)
    late(scene.case)
    response = desk.get("/desk/")
    assert response.context["late"] == []
    assert "Paused" in response.text
    assert titles(desk.get("/desk/?late=late")) == []


def test_member_is_asked_to_vote_until_the_vote_is_cast(officer, member):
    scene = factories.case_in("initial_assessment", officer=officer)
    factories.answer_everything(scene.case, by=officer)
    decision = assessment.propose_decision(
        scene.case,
        {issue.pk: assessment.OnIssue(True, "Yes.") for issue in scene.case.issues.all()},
        by=officer,
    )
    client = browser(member)
    assert "Your vote is asked for" in client.get("/desk/").text
    conflicts.declare(scene.case, by=member, has_conflict=False)
    assessment.cast_vote(decision, by=member, ballot="for")
    assert "Your vote is asked for" not in client.get("/desk/").text


def test_conflict_takes_the_case_out_of_list_search_and_page_at_once(officer, desk):
    scene = factories.case_in("initial_assessment", officer=officer, data=named("Қарағанды Көмір"))
    found = "/desk/?q=көмір"
    assert titles(desk.get("/desk/")) == titles(desk.get(found)) == ["Қарағанды Көмір"]
    conflicts.declare(scene.case, by=officer, has_conflict=True)
    for path in ("/desk/", found, f"/desk/?q={scene.case.reference}", "/desk/?order=due"):
        assert "Қарағанды Көмір" not in desk.get(path).text
    assert desk.get(f"/desk/cases/{scene.case.pk}/").status_code == 404


def test_search_finds_reference_receipt_and_title(officer, desk):
    one = factories.case_in("initial_assessment", officer=officer, data=named("Ұлытау Энергия"))
    other = factories.filed_case(named("Tau Holding"))
    assert titles(desk.get("/desk/?q=ұлытау")) == ["Ұлытау Энергия"]
    assert titles(desk.get(f"/desk/?q={one.case.reference.lower()}")) == ["Ұлытау Энергия"]
    assert titles(desk.get(f"/desk/?q={other.receipt_id.lower()}")) == ["Tau Holding"]
    assert titles(desk.get("/desk/?q=nothing%like_this")) == []


def test_filters_narrow_down(officer, other_officer, desk):
    mine = factories.case_in("initial_assessment", officer=officer, data=named("Mine"))
    theirs = factories.case_in("mediation", officer=other_officer, data=named("Theirs"))
    Case.objects.filter(pk=theirs.case.pk).update(reprisal_risk=True)
    assert titles(desk.get("/desk/?mine=on")) == ["Mine"]
    assert titles(desk.get("/desk/?state=mediation")) == ["Theirs"]
    assert titles(desk.get(f"/desk/?officer={other_officer.pk}")) == ["Theirs"]
    assert titles(desk.get("/desk/?risk=on")) == ["Theirs"]
    late(mine.case)
    assert titles(desk.get("/desk/?late=late")) == ["Mine"]


def test_wrong_filter_is_a_clear_error_and_shows_everything(desk):
    factories.filed_case(named("A"))
    response = desk.get("/desk/?state=nonsense&after=nonsense&officer=1")
    assert response.status_code == 200
    assert "There is a problem" in response.text
    assert titles(response) == ["A"]


def test_risk_of_reprisals_is_not_told_to_members(member, desk):
    case = factories.filed_case(named("A"))
    Case.objects.filter(pk=case.pk).update(reprisal_risk=True)
    assert "Risk of reprisals" in desk.get("/desk/").text
    assert "isk of reprisals" not in browser(member).get("/desk/?risk=on").text


@pytest.mark.parametrize("order", ["", "due"])
def test_pages_follow_each_other_forth_and_back(order, desk):
    now = timezone.now()
    for number in range(60):
        case = factories.filed_case(named(f"Case {number:02}"))
        # Three at the same moment each, so that the id must decide.
        at = now - timedelta(days=number // 3)
        Case.objects.filter(pk=case.pk).update(received_at=at)
    seen, path = [], f"/desk/?order={order}"
    firsts = []
    while path:
        response = desk.get(path)
        firsts.append(titles(response))
        seen += titles(response)
        path = response.context["older"] and "/desk/" + response.context["older"]
        newer = response.context["newer"]
        if newer:
            assert titles(desk.get("/desk/" + newer)) == firsts[-2]
    assert len(seen) == len(set(seen)) == 60
    assert [len(page) for page in firsts] == [25, 25, 10]


def test_administrator_who_is_an_officer_sees_cases():
    both = factories.person("administrator", "officer")
    factories.filed_case(named("A"))
    response = browser(both).get("/desk/")
    assert titles(response) == ["A"]
    assert "/desk/administration/" in response.text


@pytest.mark.parametrize("role", ["officer", "decision_maker"])
def test_list_takes_the_same_queries_for_any_number(role):
    person = factories.person(role)
    client = browser(person)

    def queries(path):
        fields._opened.clear()  # a key is forgotten after half a minute
        client.get(path)
        with CaptureQueriesContext(connection) as counted:
            client.get(path)
        return [query["sql"][:200] for query in counted]

    paths = ("/desk/", "/desk/?late=late&order=due", "/desk/?q=altyn")
    for _ in range(3):
        late(factories.case_in("initial_assessment", officer=factories.person("officer")).case)
        late(factories.filed_case())
    few = [len(queries(path)) for path in paths]
    for _ in range(30):
        factories.filed_case()
    many = [queries(path) for path in paths]
    assert [len(sql) for sql in many] == few, "\n".join(many[0])
    assert max(few) <= 12, "\n".join(many[0])
    assert not any("COUNT(" in sql for sql in many[0])


def test_officer_enters_what_came_on_paper_from_the_worklist(desk, member):
    """The link led to a page that did not exist and was left out without a word."""
    assert 'action="/submit/for-others/"' in desk.get("/desk/").text
    assert desk.post("/submit/for-others/").status_code == 302
    assert "for-others" not in browser(member).get("/desk/").text


def test_many_late_cases_hide_nothing_of_what_comes_this_week(officer, monkeypatch):
    """Both were cut out of one list of the earliest 28: an officer with 30 late cases read
    "Nothing falls due"."""
    today = deadlines.today()
    for _ in range(3):
        factories.filed_case()
    made = factories.filed_case()
    Case.objects.exclude(pk=made.pk).update(next_due_on=today - timedelta(days=3))
    Case.objects.filter(pk=made.pk).update(next_due_on=today + timedelta(days=2))
    visible = Case.objects.visible_to(officer)
    monkeypatch.setattr(querysets, "SHOWN", 2)
    behind, week = querysets.due_soon(officer, visible, today=today)
    assert len(behind) == 2
    assert [case.pk for case in week] == [made.pk]
