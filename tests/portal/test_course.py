"""What a party does beside the main course, and what the other side learns of it."""

import pytest

from cases.models import Message
from cases.services import (
    consultations,
    consulted_bodies,
    correspondence,
    ending,
    follow_up,
    lapsing,
    recall,
    settling,
)
from tests import factories
from tests.factories import in_days
from tests.portal.conftest import page, signed_in

pytestmark = pytest.mark.django_db


def send(client, name, case, *more, **data):
    address = page(name, case, *more)
    form = client.get(address).context["form"]
    hidden = "row_version" if "row_version" in form.fields else "token"
    return client.post(address, {hidden: str(form[hidden].value()), **data})


def test_a_free_withdrawal_is_carried_out(scene):
    mine = signed_in(scene.complainant)
    assert send(mine, "withdraw", scene.case, freely="yes", sure="on").status_code == 302
    assert scene.reload().outcome == "withdrawn"
    assert not Message.objects.filter(is_reprisal_report=True).exists()


@pytest.mark.parametrize(
    ("state", "ended_in"),
    [("initial_assessment", "Initial assessment"), ("mediation", "Good offices")],
)
def test_the_stage_in_which_a_case_ended_early_was_never_done(state, ended_in):
    """After a withdrawal during good offices they stood as done; an issue on which nobody had
    decided stood as "not decided yet" for good."""
    scene = factories.case_in(state)
    ending.withdraw(scene.reload(), by=scene.complainant)
    for person in (scene.complainant, scene.enterprise):
        answer = signed_in(person).get(page("case", scene.case))
        places = {stage.label: stage.place for stage in answer.context["page"].stages}
        assert places[ended_in] == "broken_off" and places["Received"] == "done"
        assert places["Final statement"] == "now"
        assert "Ended here" in answer.text and "Not decided yet" not in answer.text


def test_a_complaint_withdrawn_before_service_ended_in_its_assessment():
    scene = factories.case_in("initial_assessment", served=False)
    ending.withdraw(scene.reload(), by=scene.complainant)
    answer = signed_in(scene.complainant).get(page("case", scene.case))
    assert [(stage.label, stage.place) for stage in answer.context["page"].stages] == [
        ("Received", "done"), ("Initial assessment", "broken_off"), ("Withdrawn", "now"),
    ]  # fmt: skip


def test_who_is_pressed_may_stay_and_the_officer_is_told(scene):
    mine = signed_in(scene.complainant)
    response = send(mine, "withdraw", scene.case, freely="pressed_stay", sure="on")
    assert response.status_code == 302
    case = scene.reload()
    assert (case.state, case.reprisal_risk) == ("initial_assessment", True)
    assert Message.objects.filter(case=case, is_reprisal_report=True).exists()
    assert not case.withdrawals.exists()


def test_who_is_pressed_may_withdraw_all_the_same(scene):
    mine = signed_in(scene.complainant)
    assert send(mine, "withdraw", scene.case, freely="pressed", sure="on").status_code == 302
    case = scene.reload()
    assert case.outcome == "withdrawn" and case.withdrawals.get().freely == "pressed"
    other = signed_in(scene.enterprise).get(page("case", case)).text
    link = page("reprisal", case)
    assert "pressure" not in other.lower().replace(link, "").replace("report pressure or", "")


def test_a_last_notice_is_answered_by_the_complainant_alone(scene):
    notice = lapsing.warn_of_lapse(
        scene.reload(), text="Do you want to go on?", tried="Mail", last_on=in_days(60),
        by=scene.officer,
    )  # fmt: skip
    mine, theirs = signed_in(scene.complainant), signed_in(scene.enterprise)
    assert "Say that you want to go on" in mine.get(page("case", scene.case)).text
    assert "Say that you want to go on" not in theirs.get(page("case", scene.case)).text
    assert theirs.get(page("last_notice", scene.case)).status_code == 403
    assert send(mine, "last_notice", scene.case, text="I go on.").status_code == 302
    notice.refresh_from_db()
    assert notice.answer == "I go on."
    assert mine.get(page("last_notice", scene.case)).status_code == 409


def test_a_settlement_is_reported_by_one_side_and_confirmed_by_the_other(scene):
    mine, theirs = signed_in(scene.complainant), signed_in(scene.enterprise)
    day = in_days(0).isoformat()
    assert send(mine, "settlement", scene.case, settled_on=day).status_code == 302
    assert "Say whether the matter is settled" in theirs.get(page("case", scene.case)).text
    assert send(theirs, "settlement", scene.case, confirms="yes").status_code == 302
    assert settling.is_confirmed(scene.reload().settlements.get())
    assert "terms" in theirs.get(page("settlement", scene.case)).text


def test_a_settlement_of_tomorrow_is_none(scene):
    mine = signed_in(scene.complainant)
    response = send(mine, "settlement", scene.case, settled_on=in_days(2).isoformat(), note="Kept")
    assert response.status_code == 200 and "Kept" in response.text


def test_shared_advice_is_read_by_both_sides_and_nothing_else_of_it(scene):
    body = consulted_bodies.save_body(
        None, kind="ministry", name="Ministry of Labour", by=scene.officer
    )
    item = consultations.ask(
        scene.reload(), body=body, way="letter", question="A secret question?",
        due_on=in_days(20), by=scene.officer,
    )  # fmt: skip
    consultations.record_reply(item, text="Whole", replied_on=in_days(0), by=scene.officer)
    mine, theirs = signed_in(scene.complainant), signed_in(scene.enterprise)
    assert mine.get(page("advice", scene.case)).status_code == 409
    consultations.share(item, shared_as="gist", text="The law allows it.", by=scene.officer)
    for client in (mine, theirs):
        text = client.get(page("advice", scene.case)).text
        assert "The law allows it." in text
        assert "Whole" not in text and "A secret question?" not in text


def test_both_sides_report_on_a_commitment(officer):
    scene = factories.case_in("final_statement", officer=officer)
    item = follow_up.add(
        scene.reload(), origin="recommendation", owner="respondent", text="Clean it.", by=officer
    )
    ending.close(scene.reload(), by=officer, statement="x", follow_up_on=in_days(30))
    mine, theirs = signed_in(scene.complainant), signed_in(scene.enterprise)
    assert "The office follows up on" in mine.get(page("case", scene.case)).text
    follow_up.begin(scene.reload(), by=officer)
    # Months into a follow-up the page still announced it for the day on which it began.
    assert "The office follows up on" not in mine.get(page("case", scene.case)).text
    assert "Report what came of it" in mine.get(page("case", scene.case)).text
    assert send(theirs, "commitment", scene.case, item.pk, text="Built it.").status_code == 302
    private = {"text": "The guard said so.", "is_for_office": "on"}
    assert send(mine, "commitment", scene.case, item.pk, **private).status_code == 302
    assert "Built it." in mine.get(page("follow_up", scene.case)).text
    assert "guard" in mine.get(page("follow_up", scene.case)).text
    assert "guard" not in theirs.get(page("follow_up", scene.case)).text
    # While its statement was written the page said that the case was not closed yet, and that the
    # follow-up lay ahead.
    follow_up.assess(item, status="done", text="It is clean.", by=officer)
    follow_up.conclude(scene.reload(), by=officer)
    stages = mine.get(page("case", scene.case)).context["page"].stages
    assert [(stage.label, stage.place) for stage in stages[-3:]] == [
        ("Final statement", "done"), ("Closed", "done"), ("Follow-up", "now"),
    ]  # fmt: skip


def test_what_reached_the_wrong_side_is_gone_there_and_asked_back(scene, other_officer):
    item = correspondence.add_document(
        scene.case, factories.document(scene.case), title="Names of witnesses",
        side="complainant", by=scene.complainant,
    )  # fmt: skip
    factories.share(item, by=scene.officer)
    theirs = signed_in(scene.enterprise)
    file = page("document", scene.case, item.pk)
    opened = theirs.get(file)
    assert opened.status_code == 200 and opened["Cache-Control"] == "no-store"
    b"".join(opened.streaming_content)
    found = recall.begin(
        scene.reload(), item, wrong_side="respondent", owner="complainant", reason="x",
        by=scene.officer,
    )  # fmt: skip
    assert theirs.get(file).status_code == 404
    assert theirs.get(page("deletion", scene.case)).status_code == 409
    recall.confirm(found, to_wrong_side="Delete it.", to_other_side="Sorry.", by=other_officer)
    assert "Delete what reached you by mistake" in theirs.get(page("case", scene.case)).text
    assert "Delete it." in theirs.get(page("message", scene.case)).text
    done = send(theirs, "deletion", scene.case, text="I kept nothing.", sure="on")
    assert done.status_code == 302
    assert found.readers.get().promise == "I kept nothing."
    bundle = theirs.get(page("documents_bundle", scene.case))
    assert b"Names of witnesses" not in b"".join(bundle.streaming_content)


def test_a_recalled_message_names_none_of_its_files(scene, other_officer):
    item = correspondence.add_document(
        scene.case, factories.document(scene.case), title="Letter of Aigul", side="respondent",
        by=scene.officer,
    )  # fmt: skip
    correspondence.send_message(
        scene.reload(), side="respondent", text="See the file.", documents=[item],
        by=scene.officer,
    )  # fmt: skip
    theirs = signed_in(scene.enterprise)
    assert "Letter of Aigul" in theirs.get(page("message", scene.case)).text
    recall.begin(
        scene.reload(), item, wrong_side="respondent", owner="complainant", reason="x",
        by=scene.officer,
    )  # fmt: skip
    text = theirs.get(page("message", scene.case)).text
    assert "See the file." in text and "Letter of Aigul" not in text


@pytest.mark.parametrize(
    "name", ["last_notice", "settlement", "review", "follow_up", "advice", "deletion"]
)
def test_these_pages_are_closed_to_strangers(name, scene, client, officer):
    other = factories.case_in("initial_assessment")
    assert client.get(page(name, scene.case)).status_code == 302
    assert signed_in(officer).get(page(name, scene.case)).status_code == 404
    assert signed_in(other.complainant).get(page(name, scene.case)).status_code == 404
