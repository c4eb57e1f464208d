"""Nobody is left without the next step: what a walk by a secretariat of two found missing."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from cases.actions import available_actions
from cases.models import Case, Decision
from cases.services import (
    assessment,
    auditing,
    conflicts,
    correspondence,
    deadlines,
    ending,
    erasure,
    incoming,
    lapsing,
    recall,
    requests,
    settling,
)
from cases.workflow import State
from notifications.audience import recipients
from notifications.models import OutboxMessage
from statements.services import writing
from tests import factories
from tests.desk.conftest import browser, page
from tests.desk.test_deciding import proposed
from tests.statements.conftest import hear, sign

pytestmark = pytest.mark.django_db


def next_of(case, user):
    case.refresh_from_db()
    return {action.name: action for action in available_actions(case, user) if action.is_next}


def test_last_notice_that_runs_is_the_next_step(officer):
    """After the last day of a notice the case page offered to conclude the good offices, and the
    end of the case lay under “other actions”, two pages deep."""
    scene = factories.case_in(State.MEDIATION, officer=officer)
    assert "end-early" not in next_of(scene.case, officer)
    notice = lapsing.warn_of_lapse(
        scene.case,
        text="Do you want to go on?",
        tried="By telephone",
        last_on=deadlines.today() + timedelta(days=60),
        by=officer,
    )
    assert "end-early" in next_of(scene.case, officer)
    lapsing.answer_lapse_notice(notice, text="Yes", by=officer)
    assert "end-early" not in next_of(scene.case, officer)


def test_settlement_that_was_reported_is_the_next_step(officer):
    scene = factories.case_in(State.MEDIATION, officer=officer)
    reported = settling.report_settlement(
        scene.case, side="complainant", settled_on=deadlines.today(), by=officer
    )
    assert "end-early" in next_of(scene.case, officer)
    settling.drop_settlement(reported, by=officer)
    assert "end-early" not in next_of(scene.case, officer)


def test_recall_waits_for_a_second_person_on_their_pages(officer, other_officer):
    """The second person was told by a mail alone: neither their worklist nor the case said that
    material was stopped and waits for their word."""
    scene = factories.case_in(State.MEDIATION, officer=officer)
    sent = correspondence.send_message(scene.case, side="complainant", text="Oops", by=officer)
    scene.case.refresh_from_db()
    begun = recall.begin(
        scene.case, sent, wrong_side="complainant", reason="Not for them", by=officer
    )
    assert "recalls" not in next_of(scene.case, officer)
    assert "recalls" in next_of(scene.case, other_officer)
    assert "A recall waits" in browser(other_officer).get(reverse("desk:worklist")).text
    recall.reject(begun, by=other_officer)
    assert "recalls" not in next_of(scene.case, other_officer)


def test_erasure_is_told_to_who_may_confirm_it_and_an_erased_case_offers_nothing(
    officer, other_officer
):
    """An erasure that was proposed waited on a page that nobody was led to; a case that was erased
    still offered to begin its follow-up."""
    case = factories.case_in(State.NOT_REGISTERED, officer=officer).case
    row = erasure.propose(case, basis="request", legal_basis="Act 12", by=officer)
    message = OutboxMessage.objects.get(event__kind="erasure.proposed")
    assert other_officer.pk in recipients(message)
    assert "An erasure waits" in browser(other_officer).get(reverse("desk:worklist")).text
    erasure.confirm(row, by=other_officer)
    case.refresh_from_db()
    assert available_actions(case, officer) == []
    assert "was erased" in browser(officer).get(page("case", case)).text


def test_mail_that_waits_is_told_on_the_worklist(officer):
    """Mails that the worker fetched lay on a page that nobody had a reason to open."""
    home = browser(officer).get(reverse("desk:worklist")).text
    assert "waits to be filed" not in home
    incoming.keep(iter([b"Subject: x\n\nText"]), kind="mail", name="a.eml", by=None, limit=10**6)
    assert incoming.mails_wait() == 1
    other = factories.person("officer")  # a page that is kept for somebody may be a minute old
    assert "1 e-mail waits to be filed" in browser(other).get(reverse("desk:worklist")).text


def test_side_is_written_to_in_its_own_language_whoever_acts(officer):
    """Subjects that the system gives to messages stood in the language of the officer: an English
    officer's “Material that reached the wrong side” on a page in Russian."""
    scene = factories.case_in(State.MEDIATION, officer=officer)  # filed in Russian
    report = correspondence.report_reprisal(
        scene.case, text="They threaten us.", by=scene.complainant
    )
    with override("en"):
        answer = correspondence.answer_reprisal(report, text="We see to it.", by=officer)
    assert answer.subject == "Ответ на Ваше сообщение о давлении"


def test_ballots_whose_day_passed_without_a_quorum_are_for_the_officer(officer, member):
    """Members were asked for a vote that they could cast no more, and the officer, who alone could
    go on, was told nothing."""
    scene = factories.case_in(State.INITIAL_ASSESSMENT, officer=officer)
    decision = proposed(scene)
    case = scene.case
    Decision.objects.filter(pk=decision.pk).update(
        closes_on=deadlines.today() - timedelta(days=1), quorum=2, decided_by_rule="vote"
    )
    conflicts.declare(case, by=member, has_conflict=False)
    assert "extend-ballots" in next_of(case, officer)
    assert "has passed without a quorum" in browser(officer).get(reverse("desk:worklist")).text
    assert "Your vote is asked for" not in browser(member).get(reverse("desk:worklist")).text


def test_what_a_case_waits_for_is_one_click_away(officer):
    """The worklist said “An unread message” and offered to conclude the good offices: the message
    was to be looked for on the page of the case."""
    scene = factories.case_in(State.MEDIATION, officer=officer)
    home = reverse("desk:worklist")
    correspondence.send_message(scene.case, side="complainant", text="?", by=scene.complainant)
    assert (
        f'href="{page("case", scene.case)}#messages">An unread' in browser(officer).get(home).text
    )
    auditor = factories.person("auditor")
    auditing.ask(scene.case, reason="Same time for both?", by=auditor)
    place = reverse("desk:audit_requests", args=[scene.case.pk])
    client = browser(officer)
    assert f'href="{place}">An auditor asks' in client.get(home).text
    assert client.get(place).status_code == 200


def waiting_row(person):
    (row,) = browser(person).get(reverse("desk:worklist")).context["waiting"]
    return row


def test_every_reason_of_waiting_leads_to_its_place(officer, other_officer, member):
    """A challenge, a request for time, an erasure or a statement to sign off was named as the
    reason, and nothing led there."""
    scene = factories.case_in(State.INITIAL_ASSESSMENT, officer=officer)
    case = scene.case
    made = conflicts.challenge(
        case, challenged=officer, side="complainant", reasons="Her firm.", by=scene.complainant
    )
    row = waiting_row(officer)
    assert (str(row.reason), row.reason_url) == (
        "A party challenges your impartiality: you may reply", page("declarations", case),
    )  # fmt: skip
    reply = reverse("desk:challenge_reply", args=[case.pk, made.pk])
    assert f'href="{reply}"' in browser(officer).get(row.reason_url).text
    conflicts.reply_to_challenge(made, text="No.", by=officer)
    decide = reverse("desk:decide_challenge", args=[case.pk, made.pk])
    assert decide in follow(waiting_row(declared(case, member)), member)
    conflicts.decide_challenge(made, is_upheld=False, answer="Unrelated.", by=member)

    day = deadlines.today() + timedelta(days=14)
    requests.ask(case, sides=["complainant"], text="Which mine?", due_on=day, by=officer)
    owed = case.requests.get().deadline
    wanted = requests.ask_for_more_time(
        owed, side="complainant", wanted_on=owed.due_on + timedelta(days=7), reason="Harvest",
        by=scene.complainant,
    )  # fmt: skip
    place = reverse("desk:decide_time", args=[case.pk, wanted.pk])
    row = waiting_row(officer)
    assert row.reason_url.endswith("#requests")
    assert 'id="requests"' in follow(row, officer)
    assert place in follow(row, officer)


def test_erasure_and_sign_off_lead_to_their_place(officer, other_officer):
    over = factories.case_in(State.NOT_REGISTERED, officer=officer)
    gone = erasure.propose(over.case, basis="request", legal_basis="Act 12", by=officer)
    settle = reverse("desk:settle_erasure", args=[over.case.pk, gone.pk])
    assert settle in follow(waiting_row(other_officer), other_officer)
    erasure.decline(gone, by=other_officer)

    scene = factories.case_in(State.FINAL_STATEMENT, officer=officer)
    statement = writing.begin(scene.case, kind="final", language="en", by=officer)
    chair = declared(scene.case, scene.members[0])
    workshop = reverse("statements:workshop", args=[scene.case.pk])
    button = f'class="button" href="{workshop}">Read the statement and sign it off'
    assert button not in browser(chair).get(page("case", scene.case)).text
    hear(scene, statement)
    assert button in browser(chair).get(page("case", scene.case)).text
    assert button not in browser(officer).get(page("case", scene.case)).text
    row = waiting_row(chair)
    assert (str(row.reason), row.reason_url) == (
        "A statement waits to be signed off",
        workshop,
    )
    assert reverse("statements:sign_off", args=[statement.pk]) in follow(row, chair)
    sign(scene, statement)
    assert button not in browser(chair).get(page("case", scene.case)).text


def test_who_has_not_declared_is_led_to_the_declaration_first(officer, member):
    """“Your vote is asked for” led to a page that says: first declare."""
    scene = factories.case_in(State.INITIAL_ASSESSMENT, officer=officer)
    proposed(scene)
    row = waiting_row(member)
    assert str(row.reason) == "Your vote is asked for"
    assert row.reason_url == page("declare", scene.case)
    assert follow(row, member)
    row = waiting_row(declared(scene.case, member))
    assert row.reason_url == page("vote", scene.case)


def test_follow_up_is_the_next_step_only_where_one_is_planned(officer):
    """A withdrawn case whose page says “No follow-up is planned” proposed to begin it first."""
    case = factories.case_in(State.FINAL_STATEMENT, officer=officer).case
    ending.close(case, by=officer, statement=uuid.uuid4())
    for day, first in ((deadlines.today(), True), (None, False)):
        Case.objects.filter(pk=case.pk).update(next_due_on=day)
        case.refresh_from_db()
        (found,) = [a for a in available_actions(case, officer) if a.name == "begin-follow-up"]
        assert found.is_next is first


def test_who_waits_for_the_members_is_told_so(officer, member, other_member):
    """While a proposal was with the members, the worklist gave a dash as the officer's next step
    of a case that was late, and the page of the case a list of what one might do, without a word
    on what everybody waits for."""
    scene = factories.case_in(State.INITIAL_ASSESSMENT, officer=officer)
    correspondence.send_message(scene.case, side="complainant", text="?", by=scene.complainant)
    assert waiting_row(officer).next.url
    decision = proposed(scene)
    row = waiting_row(officer)
    assert (str(row.next.label), row.next.url) == ("Waiting for the members", "")
    told = "The proposal waits for the members."
    shown = browser(officer).get(page("case", scene.case)).text
    assert told in shown
    assert 'id="decisions"' in shown
    assert told not in browser(member).get(page("case", scene.case)).text, "they may not read it"
    assert told not in browser(declared(scene.case, member)).get(page("case", scene.case)).text
    for person in (member, other_member):
        decision.refresh_from_db()
        if decision.state == "open":
            assessment.cast_vote(decision, by=declared(scene.case, person), ballot="for")
    decision.refresh_from_db()
    assert decision.state != "open"
    assert told not in browser(officer).get(page("case", scene.case)).text


def declared(case, person):
    conflicts.declare(case, by=person, has_conflict=False)
    return person


def follow(row, person):
    response = browser(person).get(row.reason_url.partition("#")[0])
    assert response.status_code == 200
    return response.text


def test_report_of_pressure_comes_before_every_other_step(officer, other_officer):
    """Beside “A report of pressure waits for an answer” the worklist proposed to conclude the good
    offices, for the same case; the case page did too."""
    scene = factories.case_in(State.MEDIATION, officer=officer)
    correspondence.report_reprisal(scene.case, text="They threaten us.", by=scene.complainant)
    correspondence.report_reprisal(scene.case, text="Again.", by=scene.complainant)
    report = scene.case.messages.filter(is_reprisal_report=True).earliest("sent_at")
    answer = reverse("desk:answer_report", args=[scene.case.pk, report.pk])
    client = browser(officer)
    (row,) = client.get(reverse("desk:worklist")).context["waiting"]
    assert (str(row.next.label), row.next.url) == ("Answer the report of pressure", answer)
    assert row.next.letter == ""
    shown = client.get(page("case", scene.case)).text
    assert f'class="button" href="{answer}"' in shown
    conclude = reverse("desk:conclude", args=[scene.case.pk])
    assert f'class="button" href="{conclude}"' not in shown
    assert conclude in shown  # still open, under the other actions
    # Whoever may not read such a report learns nothing by what is proposed.
    theirs = browser(other_officer).get(page("case", scene.case)).text
    assert answer not in theirs
    assert f'class="button" href="{conclude}"' in theirs
    for row in scene.case.messages.filter(is_reprisal_report=True):
        correspondence.answer_reprisal(row, text="We see to it.", by=officer)
    after = client.get(page("case", scene.case)).text
    assert f'class="button" href="{conclude}"' in after


def test_draft_is_no_next_step_while_criteria_wait(officer):
    """With none of the criteria answered their page led on, by its one dark button, to the draft
    of the decision."""
    scene = factories.case_in(State.INITIAL_ASSESSMENT, officer=officer)
    client = browser(officer)
    draft = f'href="{reverse("desk:draft", args=[scene.case.pk])}"'
    propose = f'class="button" href="{reverse("desk:propose", args=[scene.case.pk])}"'
    before = client.get(page("assess", scene.case)).text
    assert f'class="button button--secondary" {draft}' in before
    assert propose not in before
    factories.answer_everything(scene.case, by=officer)
    assert propose in client.get(page("assess", scene.case)).text
