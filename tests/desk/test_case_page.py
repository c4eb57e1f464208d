"""The page of a case: all of it, for those who may read it, in a constant number of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, CaseDocument, Issue, Message, ParallelProceeding
from cases.services import conflicts, correspondence, letters, notes, relations
from desk.about import _names
from desk.neighbours import query_of
from documents.models import Document
from mediation import services as mediation
from tests import factories
from tests.desk.conftest import browser, page

pytestmark = pytest.mark.django_db
NAME = "Айгүл Серікқызы"
STATES = (
    "received",
    "not_registered",
    "withdrawn",
    "initial_assessment",
    "mediation",
    "final_statement",
)


@pytest.mark.parametrize("state", STATES)
def test_officer_reads_the_page_in_every_state(state, officer, desk):
    scene = factories.case_in(state, officer=officer)
    response = desk.get(page("case", scene.case))
    assert response.status_code == 200
    assert "The river is polluted" in response.text
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("state", STATES)
def test_every_action_offered_leads_to_a_page(state, officer, desk, other_officer):
    """A button without a page behind it would be worse than none."""
    scene = factories.case_in(state, officer=officer)
    for person in (officer, other_officer, *scene.members):
        client = browser(person)
        response = client.get(page("case", scene.case))
        for offer in (*response.context["next_offers"], *response.context["other_offers"]):
            answer = client.get(offer["url"])
            if answer.status_code == 302:
                assert client.get(answer["Location"]).status_code == 200
            else:
                assert answer.status_code == 200, offer["action"].name


def test_a_name_that_the_enterprise_may_not_know_is_withheld_from_the_public_too(
    in_assessment, desk
):
    """The page said "the enterprise" alone where the person had said yes to the public, and the
    officer had to know by heart that the public reads a pseudonym all the same."""
    in_assessment.case.parties.filter(side="complainant").update(
        shown_to_mediator=True, shown_to_respondent=False, shown_to_public=True
    )
    shown = desk.get(page("case", in_assessment.case)).text
    assert "Withheld from: the enterprise, the public<" in shown


def test_withheld_name_is_read_by_the_named_officer_alone(
    in_assessment, desk, other_officer, member
):
    named = desk.get(page("case", in_assessment.case)).text
    assert NAME in named
    assert "Withheld from: the enterprise, the mediator, the public" in named
    for person in (other_officer, member):
        for name in ("case", "history"):
            assert NAME not in browser(person).get(page(name, in_assessment.case)).text


def test_others_read_a_pseudonym_and_why(in_assessment, other_officer):
    text = browser(other_officer).get(page("case", in_assessment.case)).text
    assert "Complainant 1" in text
    assert "Only the officers named on this case know it" in text
    assert "aigul@example.org" not in text
    assert "+77010000001" not in text


def test_submission_as_sent_is_for_named_officers(in_assessment, desk, other_officer):
    assert NAME in desk.get(page("submission", in_assessment.case)).text
    assert browser(other_officer).get(page("submission", in_assessment.case)).status_code == 403


def test_member_reads_names_only_before_declaring(member, officer):
    scene = factories.case_in("initial_assessment", officer=officer)
    client = browser(member)
    before = client.get(page("case", scene.case)).text
    assert NAME in before
    assert "AltynTau Holding" in before
    assert "The river is polluted" not in before
    assert client.get(page("history", scene.case)).status_code == 403
    conflicts.declare(scene.case, by=member, has_conflict=False)
    assert "The river is polluted" in client.get(page("case", scene.case)).text
    assert client.get(page("history", scene.case)).status_code == 200


def test_administrator_sees_no_case(in_assessment, administrator):
    client = browser(administrator)
    assert client.get(page("case", in_assessment.case)).status_code == 404
    assert client.get(page("register", in_assessment.case)).status_code == 404
    assert client.get("/desk/")["Location"] == "/desk/administration/"


def test_parties_and_strangers_find_no_desk(in_assessment, client, mediator):
    assert client.get(page("case", in_assessment.case)).status_code == 302
    for person in (in_assessment.complainant, in_assessment.enterprise, mediator):
        assert browser(person).get(page("case", in_assessment.case)).status_code == 404
        assert browser(person).get("/desk/").status_code == 404


def test_officer_who_stands_on_a_side_reads_at_the_portal(in_assessment, other_officer):
    in_assessment.case.participations.create(
        user=other_officer, role="representative", side="respondent"
    )
    assert browser(other_officer).get(page("case", in_assessment.case)).status_code == 404


def test_auditor_reads_no_case_page_but_the_masked_record(in_assessment):
    auditor = browser(factories.person("auditor"))
    for name in ("case", "assess", "message"):
        assert auditor.get(page(name, in_assessment.case)).status_code == 404
    response = auditor.get(page("audit_case", in_assessment.case))
    assert "The river is polluted" not in response.text
    assert NAME not in response.text


def test_report_of_reprisals_is_for_the_named_officer(in_assessment, desk, other_officer):
    correspondence.report_reprisal(
        in_assessment.case, text="They came to my house.", by=in_assessment.complainant
    )
    assert "They came to my house." in desk.get(page("case", in_assessment.case)).text
    other = browser(other_officer).get(page("case", in_assessment.case)).text
    assert "They came to my house." not in other


def test_the_head_says_in_one_sentence_what_the_case_is_about(in_assessment, desk, other_officer):
    about = desk.get(page("case", in_assessment.case)).context["page"].about
    assert about.sentence == f"{NAME} against AltynTau Holding"
    assert about.issues == ((1, "The river is polluted"), (2, "Wages were not paid"))
    assert about.countries == ("Kazakhstan",) and set(about.chapters) == {"VI", "IV", "V"}
    other = browser(other_officer).get(page("case", in_assessment.case)).context["page"].about
    assert other.sentence == "Complainant 1 against AltynTau Holding"


def test_many_names_are_counted():
    assert _names(["A", "B", "C", "D", "E"]) == "A, B, C and 2 more"


def test_the_risk_of_reprisals_is_told_to_those_who_write_and_call(
    in_assessment, desk, other_officer, member
):
    """Somebody who has not declared saw the tag, and with it more than names."""
    correspondence.report_reprisal(
        in_assessment.case, text="They came to my house.", by=in_assessment.complainant
    )
    said = "Risk of reprisals"
    assert said in desk.get(page("case", in_assessment.case)).text
    assert said in browser(other_officer).get(page("case", in_assessment.case)).text
    assert said not in browser(member).get(page("case", in_assessment.case)).text
    conflicts.declare(in_assessment.case, by=member, has_conflict=False)
    assert said not in browser(member).get(page("case", in_assessment.case)).text


def test_tied_cases_are_shown_as_far_as_they_may_be_seen(in_assessment, desk, officer):
    other = factories.case_in("initial_assessment", officer=officer).case
    relations.link(in_assessment.case, other, why="The same river.", by=officer)
    assert page("case", other) in desk.get(page("case", in_assessment.case)).text
    assert page("case", in_assessment.case) in desk.get(page("case", other)).text
    conflicts.declare(other, by=officer, has_conflict=True)
    assert page("case", other) not in desk.get(page("case", in_assessment.case)).text


def _three(officer):
    cases = [factories.case_in("received", officer=officer).case for _ in range(3)]
    for days, case in enumerate(cases):
        Case.objects.filter(pk=case.pk).update(
            officer=officer, next_due_on=timezone.localdate() + timedelta(days=days // 2)
        )
    return list(Case.objects.filter(officer=officer).order_by("next_due_on", "id"))


def test_previous_and_next_lead_through_my_list(officer, desk, other_officer):
    first, second, third = _three(officer)
    factories.filed_case()  # nobody's
    found = desk.get(page("case", second)).context["neighbours"]
    assert (found.before, found.after) == (first.pk, third.pk)
    assert desk.get(page("case", first)).context["neighbours"].before is None
    assert desk.get(page("case", third)).context["neighbours"].after is None
    conflicts.declare(third, by=officer, has_conflict=True)
    assert desk.get(page("case", second)).context["neighbours"].after is None


def test_previous_and_next_follow_the_list_that_somebody_came_from(officer, desk):
    _three(officer)
    address = reverse("desk:worklist", query={"state": "received", "order": "oldest", "q": ""})
    rows = [row.case for row in desk.get(address).context["rows"]]
    assert f"{page('case', rows[1])}?state=received&amp;order=oldest" in desk.get(address).text
    answer = desk.get(page("case", rows[1]) + "?state=received&order=oldest")
    found = answer.context["neighbours"]
    assert (found.before, found.after) == (rows[0].pk, rows[2].pk)
    assert f"{page('case', rows[2])}?state=received&amp;order=oldest" in answer.text


def test_words_typed_into_the_filter_stay_out_of_the_address():
    assert query_of(QueryDict("q=Aigul&party=Aigul&order=due")) == "?order=due"


def _fill(scene, number):
    case = scene.case
    start = case.issues.count()
    Issue.objects.bulk_create(
        Issue(case=case, number=start + n, title=f"Issue {n}", description="What happened")
        for n in range(1, number + 1)
    )
    Message.objects.bulk_create(
        Message(
            case=case, side="complainant", sender="ncp", sent_by=scene.officer, text=f"Text {n}"
        )
        for n in range(number)
    )
    files = Document.objects.bulk_create(
        Document(data_key=case.data_key, original_name="a.pdf", sha256="0", size=1)
        for _ in range(number)
    )
    CaseDocument.objects.bulk_create(
        CaseDocument(case=case, document=file, title="File", side="complainant") for file in files
    )
    for n in range(number):
        correspondence.send_message(case, side="complainant", text=f"Word {n}", by=scene.officer)
        notes.write_note(case, text=f"Note {n}", by=scene.officer)
        other = factories.case_in("received", officer=scene.officer).case if n % 20 == 0 else None
        if other:
            relations.link(case, other, why="The same river.", by=scene.officer)
    letter = {"language": "en", "subject": "A delay", "text": "It takes longer."}
    for _ in range(number // 3):
        pair = [letters.Letter(side=side, **letter) for side in ("complainant", "respondent")]
        letters.send_letters(case, "delay", pair, by=scene.officer)
    ParallelProceeding.objects.bulk_create(
        ParallelProceeding(case=case, forum=f"Court {n}") for n in range(number)
    )


def _queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries]


@pytest.mark.parametrize("state", ["initial_assessment", "mediation"])
def test_page_takes_the_same_queries_whatever_it_holds(state, officer, desk):
    scene = factories.case_in(state, officer=officer)
    _fill(scene, 3)
    few = _queries(desk, page("case", scene.case))
    _fill(scene, 60)
    many = _queries(desk, page("case", scene.case))
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= 15, "\n".join(sql[:150] for sql in many)


def test_page_with_a_referral_stays_within_its_queries(officer, desk):
    scene = factories.case_in("mediation", officer=officer)
    mediator = factories.person("decision_maker")
    mediation.appoint_internal(
        scene.case, mediator, by=officer, issues=list(scene.case.issues.all())
    )
    found = _queries(desk, page("case", scene.case))
    assert len(found) <= 15, "\n".join(sql[:150] for sql in found)
    text = desk.get(page("case", scene.case)).text
    assert mediator.name in text
    assert "Take the referral back" in text


def test_long_history_is_cut_and_can_be_read_whole(officer, desk):
    scene = factories.case_in("initial_assessment", officer=officer)
    for n in range(40):
        correspondence.send_message(scene.case, side="complainant", text=str(n), by=officer)
    text = desk.get(page("case", scene.case)).text
    assert "entries before" in text and "older entries" in text
    assert page("history", scene.case) in text
    assert desk.get(page("history", scene.case)).status_code == 200
