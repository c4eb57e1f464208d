"""Pages beside the main course of a case: who may open them, and that they do what they say."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case, Consultation, Recall
from cases.services import (
    conflicts,
    consultations,
    consulted_bodies,
    correspondence,
    ending,
    follow_up,
    proceedings,
    recall,
)
from cases.services.proceedings import Facts
from tests import factories
from tests.desk.conftest import act, browser, page
from tests.factories import in_days

pytestmark = pytest.mark.django_db

PAGES = (
    "consultations", "consult", "proceedings", "add_proceeding", "endings", "withdraw",
    "warn_of_lapse", "report_settlement", "end_ceased", "follow_up", "recalls",
)  # fmt: skip
READ_BY_NCP = {"consultations", "proceedings", "endings", "follow_up", "recalls"}


@pytest.fixture
def ministry(officer):
    return consulted_bodies.save_body(None, kind="ministry", name="Ministry of Labour", by=officer)


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_to_the_officer_and_to_nobody_outside(
    name, in_assessment, desk, client, other_officer, administrator, member
):
    case = in_assessment.case
    assert desk.get(page(name, case)).status_code == 200
    assert client.get(page(name, case)).status_code == 302
    for outsider in (administrator, in_assessment.complainant, factories.person("expert")):
        assert browser(outsider).get(page(name, case)).status_code == 404
    assert browser(member).get(page(name, case)).status_code == 403
    conflicts.declare(case, by=member, has_conflict=False)
    expected = 200 if name in READ_BY_NCP else 403
    assert browser(member).get(page(name, case)).status_code == expected
    conflicts.declare(case, by=other_officer, has_conflict=True)
    assert browser(other_officer).get(page(name, case)).status_code == 404


def test_a_question_is_asked_answered_shared_and_closed(in_assessment, desk, ministry):
    case = in_assessment.case
    response = act(
        desk, case, "consult", body=str(ministry.pk), way="letter", question="Which law?",
        due_on=in_days(20).isoformat(),
    )  # fmt: skip
    assert response.status_code == 302
    item = Consultation.objects.get()
    letter = desk.get(page("consultation_letter", case, item.pk))
    assert letter.status_code == 200 and letter["Content-Type"] == "application/pdf"
    assert act(desk, case, "consultation_remind", item.pk, note="By phone").status_code == 302
    reply = {"text": "The code.", "replied_on": in_days(0).isoformat()}
    assert act(desk, case, "consultation_reply", item.pk, **reply).status_code == 302
    assert "no decision may rest on it" in desk.get(page("consultation", case, item.pk)).text
    assert act(desk, case, "consultation_share", item.pk, shared_as="whole").status_code == 302
    assert act(desk, case, "consultation_close", item.pk).status_code == 302
    item.refresh_from_db()
    assert (item.shared_text, bool(item.closed_at)) == ("The code.", True)


def test_a_name_in_the_question_gives_the_form_back_with_all_that_was_typed(
    in_assessment, desk, ministry
):
    response = act(
        desk, in_assessment.case, "consult", body=str(ministry.pk), way="letter",
        question="Who is Айгүл Серікқызы?", due_on=in_days(20).isoformat(),
    )  # fmt: skip
    assert response.status_code == 200
    assert "Who is Айгүл Серікқызы?" in response.text
    assert not Consultation.objects.exists()


def test_a_name_that_may_stand_in_a_question_is_read_by_named_officers_alone(
    in_assessment, ministry, officer, desk, other_officer
):
    item = consultations.ask(
        in_assessment.reload(), body=ministry, way="letter", question="Who is Айгүл Серікқызы?",
        due_on=in_days(20), names_reason="She agreed.", by=officer,
    )  # fmt: skip
    address = page("consultation", in_assessment.case, item.pk)
    assert "Айгүл" in desk.get(address).text
    other = browser(other_officer)
    assert "Айгүл" not in other.get(address).text
    letter = page("consultation_letter", in_assessment.case, item.pk)
    assert (desk.get(letter).status_code, other.get(letter).status_code) == (200, 403)


def test_the_letter_holds_no_withheld_name(in_assessment, ministry, officer):
    from desk.views.consultations import letter_of

    item = consultations.ask(
        in_assessment.reload(), body=ministry, way="letter", question="Which law?",
        due_on=in_days(20), by=officer,
    )  # fmt: skip
    _subject, text = letter_of(item)
    assert "Which law?" in text and "[[" not in text and "Айгүл" not in text


def test_an_expert_reads_the_question_after_declaring_and_nothing_else(in_assessment, officer):
    expert = factories.person("expert")
    body = consulted_bodies.save_body(None, kind="expert", name="Dr Lee", expert=expert, by=officer)
    paper = factories.document(in_assessment.case)
    own = correspondence.add_document(
        in_assessment.case, paper, title="Our map", side="", by=officer
    )
    item = consultations.ask(
        in_assessment.reload(), body=body, way="page", question="Is the water safe?",
        due_on=in_days(20), documents=[own], by=officer,
    )  # fmt: skip
    home = reverse("desk:asked_one", args=[item.pk])
    file = reverse("desk:asked_document", args=[item.pk, item.material.get().pk])
    mine = browser(expert)
    first = mine.get(home).text
    assert "Is the water safe?" not in first and "AltynTau" in first and "Айгүл" not in first
    assert mine.get(file).status_code == 403
    assert mine.post(home, {"has_conflict": "no"}).status_code == 302
    assert "Is the water safe?" in mine.get(home).text
    assert b"".join(mine.get(file).streaming_content)
    assert browser(factories.person("expert")).get(home).status_code == 404
    assert mine.get(reverse("desk:case", args=[in_assessment.case.pk])).status_code == 404
    assert mine.get(reverse("desk:consulted_bodies")).status_code == 404
    assert mine.post(home, {"text": "It is not."}).status_code == 302
    consultations.close(Consultation.objects.get(), by=officer)
    assert mine.get(home).status_code == 404 and mine.get(file).status_code == 404


def test_expert_opens_no_more_what_was_recalled(in_assessment, officer, other_officer):
    """A document had reached the wrong side and was recalled: everybody but its owner and the
    office lost it, except the expert, who went on opening it until the question was closed."""
    expert = factories.person("expert")
    body = consulted_bodies.save_body(None, kind="expert", name="Dr Lee", expert=expert, by=officer)
    paper = correspondence.add_document(
        in_assessment.case, factories.document(in_assessment.case), title="Map", side="complainant",
        by=in_assessment.complainant,
    )  # fmt: skip
    factories.share(paper, by=officer)

    item = consultations.ask(
        in_assessment.reload(), body=body, way="page", question="Is the water safe?",
        due_on=in_days(20), documents=[paper], by=officer,
    )  # fmt: skip
    home = reverse("desk:asked_one", args=[item.pk])
    file = reverse("desk:asked_document", args=[item.pk, item.material.get().pk])
    mine = browser(expert)
    mine.post(home, {"has_conflict": "no"})

    def reads():
        answer = mine.get(file)
        b"".join(answer)
        return answer.status_code, file in mine.get(home).text

    assert reads() == (200, True)
    found = recall.begin(
        in_assessment.reload(), paper, wrong_side="respondent", owner="complainant",
        reason="It names her.", by=officer,
    )  # fmt: skip
    assert reads() == (404, False)
    recall.reject(found, by=other_officer)
    assert reads() == (200, True)


def test_a_proceeding_is_recorded_checked_and_paused_for(in_assessment, desk):
    case = in_assessment.case
    issue = case.issues.first()
    form = {
        "forum": "District court", "stage": "pending", "prejudice": "serious",
        "prejudice_reason": "Contempt of court.", "next_check_on": in_days(30).isoformat(),
        f"overlap_{issue.number}": "whole",
    }  # fmt: skip
    assert act(desk, case, "add_proceeding", **form).status_code == 302
    item = case.proceedings.get()
    check = {"finding": "Heard.", "stage": "pending", "next_check_on": in_days(60).isoformat()}
    assert act(desk, case, "check_proceeding", item.pk, **check).status_code == 302
    assert act(desk, case, "pause_for_proceeding", item.pk).status_code == 302
    text = desk.get(page("proceedings", case)).text
    assert "District court" in text and "The same matter" in text and "Heard." in text
    assert "Other proceedings" in desk.get(page("case", case)).text


def test_a_settlement_goes_its_way_on_the_desk(in_assessment, desk):
    case = in_assessment.case
    report = {"side": "complainant", "settled_on": in_days(0).isoformat()}
    assert act(desk, case, "report_settlement", **report).status_code == 302
    assert act(desk, case, "end_settled").status_code == 409
    answer = {"side": "respondent", "confirms": "yes"}
    assert act(desk, case, "answer_settlement", **answer).status_code == 302
    assert act(desk, case, "end_settled").status_code == 302
    assert Case.objects.get(pk=case.pk).outcome == "settled_outside"


def test_a_last_notice_is_given_and_answered(in_assessment, desk):
    case = in_assessment.case
    form = {
        "tried": "Mail and telephone",
        "last_on": in_days(60).isoformat(),
    }
    assert act(desk, case, "warn_of_lapse", **form).status_code == 302
    assert act(desk, case, "lapse").status_code == 409
    assert act(desk, case, "notice_answered", text="She called.").status_code == 302
    assert Case.objects.get(pk=case.pk).state == "initial_assessment"


def test_how_free_a_withdrawal_was_is_for_named_officers(in_assessment, desk, other_officer):
    form = {"came_by": "letter", "freely": "pressed", "check_note": "Called her."}
    assert act(desk, in_assessment.case, "withdraw", **form).status_code == 302
    assert "Called her." in desk.get(page("endings", in_assessment.case)).text
    assert "Called her." not in browser(other_officer).get(page("endings", in_assessment.case)).text


def test_the_follow_up_is_run_from_the_desk(officer, desk):
    scene = factories.case_in("final_statement", officer=officer)
    case = scene.case
    form = {"origin": "recommendation", "owner": "respondent", "text": "Clean the river."}
    assert act(desk, case, "add_commitment", **form).status_code == 302
    ending.close(scene.reload(), by=officer, statement="x")
    assert act(desk, case, "begin_follow_up").status_code == 302
    item = case.commitments.get()
    said = {"side": "respondent", "text": "Done."}
    assert act(desk, case, "commitment_report", item.pk, **said).status_code == 302
    found = {"status": "done", "text": "We saw it."}
    assert act(desk, case, "assess_commitment", item.pk, **found).status_code == 302
    assert "We saw it." in desk.get(page("follow_up", case)).text
    assert act(desk, case, "conclude_follow_up").status_code == 302
    assert Case.objects.get(pk=case.pk).state == "final_statement"


def test_a_recall_takes_two_people_and_brings_the_note_for_the_authority(
    in_assessment, desk, other_officer
):
    case = in_assessment.case
    message = correspondence.send_message(
        case, side="respondent", text="Dear complainant", by=in_assessment.officer
    )
    form = {"wrong_side": "respondent", "owner": "complainant", "reason": "Wrong side chosen."}
    response = act(desk, case, "begin_recall", "message", str(message.pk), **form)
    assert response.status_code == 302
    found = Recall.objects.get()
    assert "Waits for a second person" in desk.get(page("case", case)).text
    assert desk.get(page("settle_recall", case, found.pk)).status_code == 403
    second = browser(other_officer)
    opened = second.get(page("settle_recall", case, found.pk)).context["form"]
    texts = {name: opened.initial[name] for name in ("to_wrong_side", "to_other_side")}
    assert act(second, case, "settle_recall", found.pk, confirm="yes", **texts).status_code == 302
    note = desk.get(page("recall_note", case, found.pk))
    assert note.status_code == 200 and note["Content-Type"] == "application/pdf"
    told = {"told": "yes", "told_on": in_days(0).isoformat(), "note": "No. 7"}
    assert act(desk, case, "recall_authority", found.pk, **told).status_code == 302
    reader = found.readers.first()
    promise = {"text": "They wrote that they deleted it."}
    assert act(desk, case, "recall_promise", found.pk, reader.pk, **promise).status_code == 302
    text = desk.get(page("recall", case, found.pk)).text
    assert "No. 7" in text and "They wrote that they deleted it." in text


def test_nothing_of_another_case_is_recalled_here(in_assessment, desk, officer):
    other = factories.case_in("initial_assessment", officer=officer)
    message = correspondence.send_message(other.case, side="respondent", text="x", by=officer)
    address = page("begin_recall", in_assessment.case, "message", str(message.pk))
    assert desk.get(address).status_code == 404
    for wrong in (("nothing", str(message.pk)), ("document", "x"), ("letter", "x")):
        assert desk.get(page("begin_recall", in_assessment.case, *wrong)).status_code == 404


def _fill(scene, ministry, officer, count):
    case = scene.case
    for number in range(count):
        consultations.ask(
            scene.reload(), body=ministry, way="letter", question="?", due_on=in_days(20),
            by=officer,
        )  # fmt: skip
        proceedings.save(
            scene.reload(), None, Facts(forum=f"Court {number}"), next_check_on=in_days(30),
            by=officer,
        )  # fmt: skip
        message = correspondence.send_message(case, side="respondent", text="x", by=officer)
        recall.begin(scene.reload(), message, wrong_side="respondent", reason="x", by=officer)


def test_lists_ask_the_same_number_of_queries_for_3_and_for_20_rows(officer, ministry):
    counts = {}
    for number in (3, 20):
        scene = factories.case_in("initial_assessment", officer=officer)
        _fill(scene, ministry, officer, number)
        desk = browser(officer)
        desk.get(page("consultations", scene.case))
        for name in ("consultations", "proceedings", "recalls", "case"):
            with CaptureQueriesContext(connection) as asked:
                assert desk.get(page(name, scene.case)).status_code == 200
            counts.setdefault(name, []).append(len(asked))
    assert {name: pair[0] for name, pair in counts.items()} == {
        name: pair[1] for name, pair in counts.items()
    }
    assert all(pair[0] <= 20 for pair in counts.values())


def test_the_follow_up_page_asks_the_same_number_of_queries(officer):
    counts = []
    members = [factories.person("decision_maker") for _ in range(2)]
    for number in (3, 30):
        scene = factories.case_in("final_statement", officer=officer, members=members)
        for _ in range(number):
            follow_up.add(
                scene.reload(), origin="agreement", owner="both", text="Do it.", by=officer
            )
        desk = browser(officer)
        desk.get(page("follow_up", scene.case))
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(page("follow_up", scene.case)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 15


def test_the_ways_to_end_lead_to_the_transfer_where_it_may_be_meant(in_assessment, desk):
    """Whoever looked for the way to end a case by handing it over did not find it there."""
    case = in_assessment.case
    assert page("transfer", case) in desk.get(page("endings", case)).text
    stranger = browser(factories.person("officer"))
    assert page("transfer", case) not in stranger.get(page("endings", case)).text
