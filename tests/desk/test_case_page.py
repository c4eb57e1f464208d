"""The page of a case: all of it, for those who may read it, in a constant number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import CaseDocument, Issue, Message
from cases.services import conflicts, correspondence
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
    assert "older entries" in text
    whole = desk.get(page("history", scene.case)).text
    assert whole.count("<li><time") > 40
