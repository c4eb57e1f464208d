"""Withdrawn, lapsed, settled outside, the enterprise gone: each way with what must come before."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cases.disclosure import Audience, disclosed
from cases.errors import Conflict, Incomplete
from cases.services import correspondence, ending, good_offices, lapsing, settling
from cases.timeframes import day_text
from statements.draft import first_draft
from tests import factories
from tests.factories import in_days

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(officer):
    return factories.case_in("initial_assessment", officer=officer)


@pytest.fixture
def unserved(officer):
    return factories.case_in("initial_assessment", officer=officer, served=False)


# Withdrawal


def test_before_the_enterprise_was_told_nothing_is_published(unserved):
    ending.withdraw(unserved.case, by=unserved.complainant)
    case = unserved.reload()
    assert case.state == "withdrawn"
    assert case.withdrawals.get().freely == "yes"


def test_after_it_was_told_a_statement_says_the_fact_and_no_reason(scene):
    ending.withdraw(scene.case, by=scene.complainant, reason="My child is ill.", freely="pressed")
    case = scene.reload()
    assert (case.state, case.outcome) == ("final_statement", "withdrawn")
    _title, text = first_draft(case, "final", "en")
    assert "withdrew" in text and "child" not in text and "pressure" not in text


def test_the_statement_of_a_case_that_ended_early_has_its_day(scene):
    """A served case that was withdrawn, lapsed or was settled outside lost every deadline, and the
    statement that it owed got none before somebody began to write it: a case that was forgotten
    stood in no list of what is late."""
    ending.withdraw(scene.case, by=scene.complainant)
    case = scene.reload()
    running = case.deadlines.open().get()
    assert (running.kind, running.owed_by) == ("conclusion", "ncp")
    assert running.opened_on == timezone.localdate(case.ended_at)
    assert case.next_due_on == running.due_on


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("withdrawn", "Withdrawn by the complainant"),
        ("lapsed", "Ended: the last notice to the complainant stayed without an answer"),
        ("settled_outside", "Ended: the parties settled outside the procedure"),
        ("transferred", "Ended here: handed over to another NCP"),
        ("respondent_ceased", "Ended: the enterprise ceased to exist"),
    ],
)
def test_the_history_says_what_ended_a_case(scene, outcome, words):
    """Histories, notices and drafts said "Ended before its conclusion" where the outcome said
    "Withdrawn"."""
    ending.end_early(scene.case, outcome=outcome, by=scene.officer)
    case = scene.reload()
    assert disclosed(case, to=Audience.RESPONDENT).events[-1].label == words
    draft = first_draft(case, "final", "en")[1]
    assert words in draft
    assert "Recommendations" not in draft  # a heading without a word went to both sides


def test_how_free_it_was_stands_in_no_event(scene):
    ending.withdraw(scene.case, by=scene.complainant, freely="pressed")
    assert "pressed" not in str([event.data for event in scene.reload().events.all()])


def test_where_pressure_is_feared_an_officer_says_how_it_was_checked(scene):
    correspondence.report_reprisal(scene.case, text="They came.", by=scene.complainant)
    with pytest.raises(Incomplete):
        ending.withdraw(scene.reload(), by=scene.officer, came_by="letter", freely="yes")
    ending.withdraw(
        scene.reload(), by=scene.officer, came_by="telephone", freely="yes",
        check_note="Called on the safe number.",
    )  # fmt: skip
    assert scene.reload().outcome == "withdrawn"


def test_the_enterprise_withdraws_nothing(scene):
    with pytest.raises(PermissionDenied):
        ending.withdraw(scene.case, by=scene.enterprise)


# Lapse


def warn(scene, days=60):
    return lapsing.warn_of_lapse(
        scene.reload(), text="Do you want to go on?", tried="Two mails.", last_on=in_days(days),
        by=scene.officer,
    )  # fmt: skip


def test_a_case_lapses_only_after_the_last_day_of_a_notice(scene):
    with pytest.raises(Incomplete):
        lapsing.lapse(scene.reload(), by=scene.officer)
    notice = warn(scene)
    with pytest.raises(Incomplete):
        lapsing.lapse(scene.reload(), by=scene.officer)
    with time_machine.travel(timezone.now() + timedelta(days=70), tick=False):
        lapsing.lapse(scene.reload(), by=scene.officer)
    case = scene.reload()
    notice.refresh_from_db()
    assert case.outcome == "lapsed" and notice.lapsed_at
    assert "last notice" in first_draft(case, "final", "en")[1]


def test_a_last_notice_gives_the_time_of_the_rules(scene):
    with pytest.raises(ValidationError):
        warn(scene, days=5)
    warn(scene)
    with pytest.raises(Incomplete):
        warn(scene)


def test_an_answer_is_in_time_as_long_as_the_case_has_not_lapsed(scene):
    notice = warn(scene)
    with time_machine.travel(timezone.now() + timedelta(days=70), tick=False):
        lapsing.answer_lapse_notice(notice, text="I go on.", by=scene.complainant)
        with pytest.raises(Incomplete):
            lapsing.lapse(scene.reload(), by=scene.officer)
    with pytest.raises(Conflict):
        lapsing.answer_lapse_notice(notice, text="Again", by=scene.complainant)


def test_the_enterprise_learns_nothing_of_a_last_notice(scene):
    notice = warn(scene)
    case = scene.reload()
    assert "last_notice" in {d.kind for d in disclosed(case, to=Audience.COMPLAINANT).deadlines}
    assert "last_notice" not in {d.kind for d in disclosed(case, to=Audience.RESPONDENT).deadlines}
    events = {event.kind for event in disclosed(case, to=Audience.RESPONDENT).events}
    assert "lapse.warned" not in events
    with pytest.raises(PermissionDenied):
        lapsing.answer_lapse_notice(notice, text="Go on", by=scene.enterprise)


# Settled outside


def test_a_settlement_is_not_older_than_the_complaint(scene):
    """A year that was mistyped went into the public statement: settled on 20 November 2016."""
    for day in (in_days(-1), in_days(-3650)):
        with pytest.raises(ValidationError):
            settling.report_settlement(
                scene.reload(), side="respondent", settled_on=day, by=scene.enterprise
            )


def test_what_good_offices_came_to_is_no_outcome_of_a_case_settled_later(officer):
    """The statement of a case that was settled during its examination ended with "Refused by the
    enterprise": what an issue had come to in good offices."""
    scene = factories.case_in("mediation", officer=officer)
    good_offices.conclude(
        scene.reload(), outcome="refused_by_respondent", examine=True, by=scene.officer
    )
    ending.end_early(scene.reload(), outcome="settled_outside", by=scene.officer)
    text = first_draft(scene.reload(), "final", "en")[1]
    assert "settled the matter outside" in text and "Refused by the enterprise" not in text


def test_a_settlement_ends_the_case_when_both_sides_confirm(scene):
    settlement = settling.report_settlement(
        scene.reload(), side="complainant", settled_on=in_days(0), by=scene.complainant
    )
    with pytest.raises(Incomplete):
        settling.end_settled(scene.reload(), by=scene.officer)
    settling.answer_settlement(settlement, side="respondent", confirms=False, by=scene.officer)
    with pytest.raises(Incomplete):
        settling.end_settled(scene.reload(), by=scene.officer)
    settling.answer_settlement(settlement, side="respondent", confirms=True, by=scene.officer)
    settling.end_settled(scene.reload(), by=scene.officer)
    case = scene.reload()
    assert case.outcome == "settled_outside"
    said = f"settled the matter on {day_text(in_days(0))}"
    assert said in first_draft(case, "final", "en")[1]


def test_a_side_confirms_for_itself_alone(scene):
    settlement = settling.report_settlement(
        scene.reload(), side="complainant", settled_on=in_days(0), by=scene.complainant
    )
    with pytest.raises(PermissionDenied):
        settling.answer_settlement(
            settlement, side="respondent", confirms=True, by=scene.complainant
        )


def test_a_report_that_does_not_hold_is_set_aside_and_the_case_goes_on(scene):
    settlement = settling.report_settlement(
        scene.reload(), side="complainant", settled_on=in_days(0), by=scene.complainant
    )
    assert scene.reload().deadlines.open().filter(kind="settlement_reply").exists()
    settling.drop_settlement(settlement, by=scene.officer)
    assert not scene.reload().deadlines.open().filter(kind="settlement_reply").exists()
    assert scene.case.state == "initial_assessment"
    with pytest.raises(ValidationError):
        settling.report_settlement(
            scene.case, side="respondent", settled_on=in_days(3), by=scene.officer
        )


# The enterprise ceased to exist


def test_a_case_ends_with_its_only_enterprise_unless_somebody_took_it_over(scene):
    values = {
        "party": scene.case.parties.get(side="respondent"),
        "ceased_on": in_days(-100),
        "proof": "Extract of the register.",
        "heard": "The complainant agrees.",
        "by": scene.officer,
    }
    with pytest.raises(Incomplete):
        ending.end_ceased(scene.reload(), successor="New Mines Ltd", **values)
    with pytest.raises(ValidationError):
        ending.end_ceased(scene.reload(), **{**values, "proof": " "})
    ending.end_ceased(scene.reload(), **values)
    case = scene.reload()
    assert case.outcome == "respondent_ceased"
    assert "ceased to exist" in first_draft(case, "final", "en")[1]
