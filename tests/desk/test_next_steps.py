"""Nobody is left without the next step: what a walk by a secretariat of two found missing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from cases.actions import available_actions
from cases.models import Decision
from cases.services import (
    auditing,
    conflicts,
    correspondence,
    deadlines,
    erasure,
    incoming,
    lapsing,
    recall,
    settling,
)
from cases.workflow import State
from notifications.audience import recipients
from notifications.models import OutboxMessage
from tests import factories
from tests.desk.conftest import browser, page
from tests.desk.test_deciding import proposed

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
